/** A step of a path: a key in quotes and brackets, an index in brackets, or a name. */
const STEP = /\[("(?:[^"\\]|\\.)*")\]|\[(\d+)\]|(?:^|\.)([A-Za-z_][A-Za-z0-9_]*)/y;

/**
 * Writes the path of an issue as a JSON Pointer (RFC 6901), for tools that point
 * into the JSON of a message: `classes[2].functions[0].function_key` is
 * `/classes/2/functions/0/function_key`. The empty path, which is the message
 * itself, is the empty pointer. (Keys of more than 64 characters stand in paths cut
 * short, with an ellipsis, and so they do in pointers.)
 *
 * @example
 * ```ts
 * import { createModel, toJsonPointer, validate } from "@oprc/models";
 * import { OPackageSchema } from "@oprc/proto/package";
 *
 * const pkg = createModel(OPackageSchema, { name: "images", dependencies: [""] });
 * console.log(validate(OPackageSchema, pkg).map(({ path }) => toJsonPointer(path)));
 * // [ "/dependencies/0" ]
 * ```
 *
 * @param path The `path` of a `ValidationIssue`.
 * @throws {SyntaxError} If the text is no path of an issue.
 */
export function toJsonPointer(path: string): string {
  let pointer = "";
  STEP.lastIndex = 0;
  while (STEP.lastIndex < path.length) {
    const step = STEP.exec(path);
    if (step === null) {
      throw new SyntaxError(
        `Cannot convert path ${JSON.stringify(path)}: expected the path of an issue, ` +
          `such as "classes[0].key"`,
      );
    }
    const [, quoted, index, name] = step;
    const token: string = quoted === undefined ? (index ?? name)! : JSON.parse(quoted);
    pointer += `/${token.replaceAll("~", "~0").replaceAll("/", "~1")}`;
  }
  return pointer;
}
