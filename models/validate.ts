import type { DescMessage, MessageShape } from "@bufbuild/protobuf";
import { toIssue } from "./_finding.ts";
import { isSurelyRight } from "./_quick.ts";
import { walk } from "./_walk.ts";
import type { ValidationIssue } from "./issue.ts";
import { ValidationError } from "./validation_error.ts";

/**
 * Checks a message against the rules of the platform, itself and all it holds.
 *
 * All issues come at once, in document order: fields as the .proto file
 * declares them, then elements. One fault makes one issue.
 *
 * @example
 * ```ts
 * import { createModel, validate } from "@oprc/models";
 * import { OPackageSchema } from "@oprc/proto/package";
 *
 * const pkg = createModel(OPackageSchema, { name: "images", version: "one" });
 * for (const { code, path } of validate(OPackageSchema, pkg)) {
 *   console.log(code, path); // InvalidVersion version
 * }
 * ```
 *
 * @param schema The type of the message.
 * @param value The message; it is not changed.
 * @returns The issues; none for a message that is right.
 */
export function validate<Desc extends DescMessage>(
  schema: Desc,
  value: MessageShape<Desc>,
): ValidationIssue[] {
  if (isSurelyRight(schema, value)) return [];
  return walk(schema, value).findings.map((finding) => toIssue(schema, finding));
}

/**
 * Does nothing for a message that is right, and throws for any other.
 *
 * @param schema The type of the message.
 * @param value The message; it is not changed.
 * @throws {ValidationError} If the message breaks rules; `issues` holds what
 * {@linkcode validate} returns.
 */
export function assertValid<Desc extends DescMessage>(
  schema: Desc,
  value: MessageShape<Desc>,
): void {
  if (isSurelyRight(schema, value)) return;
  const issues = validate(schema, value);
  if (issues.length > 0) throw new ValidationError(schema.typeName, issues);
}
