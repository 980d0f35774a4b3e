import {
  type DescMessage,
  type JsonValue,
  type MessageShape,
  toJson as toProtoJson,
} from "@bufbuild/protobuf";
import { type Finding, type Position, toIssue } from "./_finding.ts";
import { duplicateKeys, positionAt } from "./_json_text.ts";
import { isSurelyRight, readQuickly } from "./_quick.ts";
import { read } from "./_read.ts";
import type { ValidationIssue } from "./issue.ts";
import { ValidationError } from "./validation_error.ts";

/** How a document is read. */
export interface ReadOptions {
  /**
   * Whether the message must keep the rules of the platform. Without it only the
   * document itself is checked: syntax, types, keys.
   *
   * @default true
   */
  readonly validate?: boolean;
  /**
   * What becomes of keys that no field has: an issue each, or nothing. Ignore
   * them where newer peers may have written the document.
   *
   * @default "error"
   */
  readonly unknownFields?: "error" | "ignore";
}

/** How JSON is written. */
export interface ToJsonOptions {
  /**
   * By how many spaces a level is indented; 0 writes everything in one line.
   *
   * @default 0
   */
  readonly indent?: number;
}

/**
 * Writes a message as JSON: ProtoJSON with the field names of the .proto files.
 *
 * @example
 * ```ts
 * import { createModel, toJson } from "@oprc/models";
 * import { OPackageSchema } from "@oprc/proto/package";
 *
 * const pkg = createModel(OPackageSchema, { name: "images", version: "1.0.0" });
 * console.log(toJson(OPackageSchema, pkg)); // {"name":"images","version":"1.0.0"}
 * ```
 *
 * @throws {TypeError} If the message holds what its types don't allow.
 */
export function toJson<Desc extends DescMessage>(
  schema: Desc,
  value: MessageShape<Desc>,
  options?: ToJsonOptions,
): string {
  return JSON.stringify(toJsonValue(schema, value), undefined, options?.indent ?? 0);
}

/**
 * Makes a message a JSON value, of the shape that {@linkcode toJson} writes.
 *
 * @throws {TypeError} If the message holds what its types don't allow.
 */
export function toJsonValue<Desc extends DescMessage>(
  schema: Desc,
  value: MessageShape<Desc>,
): JsonValue {
  try {
    return toProtoJson(schema, value, { useProtoFieldName: true });
  } catch (cause) {
    throw new TypeError(
      `Cannot write message ${schema.typeName}: ${(cause as Error).message}`,
      { cause },
    );
  }
}

/**
 * Reads a message from JSON. Keys may be in snake_case or camelCase, and an
 * oaas.common.Timestamp may be an RFC 3339 text.
 *
 * @example
 * ```ts
 * import { fromJson } from "@oprc/models";
 * import { FunctionBindingSchema } from "@oprc/proto/package";
 *
 * const binding = fromJson(FunctionBindingSchema, `{"functionKey":"resize"}`);
 * console.log(binding.functionKey);
 * ```
 *
 * @throws {ValidationError} If the text is no JSON, doesn't fit the message, or
 * breaks rules; it carries every issue.
 */
export function fromJson<Desc extends DescMessage>(
  schema: Desc,
  text: string,
  options?: ReadOptions,
): MessageShape<Desc> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const issue = syntaxIssue(cause as Error, text);
    throw new ValidationError(`${schema.typeName} in JSON`, [issue], { cause });
  }
  const message = readQuickly(schema, text, value);
  if (message !== undefined && (options?.validate === false || isSurelyRight(schema, message))) {
    return message as MessageShape<Desc>;
  }
  return readValue(schema, value, options, duplicateKeys(schema, text));
}

/**
 * Reads a message from a JSON value; see {@linkcode fromJson}.
 *
 * @throws {ValidationError} If the value doesn't fit the message or breaks rules;
 * it carries every issue.
 */
export function fromJsonValue<Desc extends DescMessage>(
  schema: Desc,
  value: unknown,
  options?: ReadOptions,
): MessageShape<Desc> {
  return readValue(schema, value, options, []);
}

function readValue<Desc extends DescMessage>(
  schema: Desc,
  value: unknown,
  options: ReadOptions | undefined,
  duplicates: readonly (Finding & { readonly at: Position })[],
): MessageShape<Desc> {
  const { message, findings } = read(schema, value, {
    ignoresUnknown: options?.unknownFields === "ignore",
    rulesFollow: options?.validate !== false,
  }, duplicates);
  if (findings.length > 0) {
    const issues = findings.map((finding) =>
      toIssue(schema, finding, (finding as { at?: Position }).at)
    );
    throw new ValidationError(`${schema.typeName} in JSON`, issues);
  }
  return message as MessageShape<Desc>;
}

/** What JSON.parse says, and where; engines put the place into the message. */
function syntaxIssue(error: Error, text: string): ValidationIssue {
  const place = /at position (\d+)|\(line (\d+) column (\d+)\)/.exec(error.message);
  const what = error.message.replace(/ (?:in JSON )?at position \d+.*$/s, "");
  const position = place?.[1] !== undefined
    ? positionAt(text, Number(place[1]))
    : /end of JSON input/.test(error.message)
    ? positionAt(text, text.length)
    : undefined;
  return { code: "InvalidType", path: "", message: `the text is no JSON: ${what}`, ...position };
}
