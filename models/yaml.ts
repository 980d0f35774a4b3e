import type { DescMessage, MessageShape } from "@bufbuild/protobuf";
import { parse, stringify } from "@std/yaml";
import { type Finding, type Position, type Segment, toIssue } from "./_finding.ts";
import { positionAt } from "./_json_text.ts";
import { camelCase } from "./_keys.ts";
import { read } from "./_read.ts";
import type { ValidationIssue } from "./issue.ts";
import { type ReadOptions, toJsonValue } from "./json.ts";
import { ValidationError } from "./validation_error.ts";

/**
 * In longer texts no places are looked for: finding them costs seconds and hundreds
 * of megabytes for each million characters.
 */
const MAX_LOCATED_LENGTH = 1_000_000;

/** What aliases may add to the values that a text holds itself. */
const ALIASED_VALUES = 100_000;

/**
 * Writes a message as YAML, with the field names of the .proto files. Texts that
 * YAML would take for something else are quoted.
 *
 * @throws {TypeError} If the message holds what its types don't allow.
 */
export function toYaml<Desc extends DescMessage>(schema: Desc, value: MessageShape<Desc>): string {
  return stringify(toJsonValue(schema, value));
}

/**
 * Reads a message from YAML 1.2 (core schema, one document). Keys may be in
 * snake_case or camelCase, and an oaas.common.Timestamp may be an RFC 3339 text.
 * A plain number where a text belongs, as in `version: 1.10` or `cpu_request: 2`,
 * is taken as it is written.
 *
 * @example
 * ```ts
 * import { fromYaml } from "@oprc/models";
 * import { OPackageSchema } from "@oprc/proto/package";
 *
 * const pkg = await fromYaml(OPackageSchema, `
 * name: images
 * version: 1.10
 * `);
 * console.log(pkg.version); // 1.10
 * ```
 *
 * @returns The message; a promise, because what finds lines and columns is loaded
 * only when there is something to report.
 * @throws {ValidationError} If the text is no YAML, doesn't fit the message, or
 * breaks rules; it carries every issue, with line and column. (In Deno these two
 * need the permission `--allow-env=LOG_STREAM,LOG_TOKENS`; in a text of more than
 * 1,000,000 characters they are not looked for.)
 */
export async function fromYaml<Desc extends DescMessage>(
  schema: Desc,
  text: string,
  options?: ReadOptions,
): Promise<MessageShape<Desc>> {
  const subject = `${schema.typeName} in YAML`;
  let value: unknown;
  try {
    value = parse(text, { schema: "core" });
  } catch (cause) {
    throw new ValidationError(subject, [syntaxIssue(cause as Error, text)], { cause });
  }
  const { message, findings } = read(schema, value, {
    ignoresUnknown: options?.unknownFields === "ignore",
    rulesFollow: options?.validate !== false,
    budget: text.length + ALIASED_VALUES,
    textOfValue: textLookup(text),
  });
  if (findings.length > 0) {
    const positions = text.length > MAX_LOCATED_LENGTH ? [] : await locate(text, findings);
    const issues = findings.map((finding, i) => toIssue(schema, finding, positions[i]));
    throw new ValidationError(subject, issues);
  }
  return message as MessageShape<Desc>;
}

async function locate(
  text: string,
  findings: readonly Finding[],
): Promise<(Position | undefined)[]> {
  const { positionsIn } = await import("./_yaml_position.ts");
  return positionsIn(text, findings);
}

/**
 * Finds the text of a plain number or boolean. YAML's failsafe schema reads every
 * scalar as the text it is written in; the second reading happens when first
 * needed.
 */
function textLookup(text: string): (segments: readonly Segment[]) => string | undefined {
  let root: unknown;
  let isRead = false;
  return (segments) => {
    if (!isRead) {
      isRead = true;
      try {
        root = parse(text, { schema: "failsafe" });
      } catch {
        // The failsafe schema knows no tags: `!!int "3"` stays a number.
      }
    }
    let node = root;
    for (const segment of segments) {
      if (typeof node !== "object" || node === null) return undefined;
      const children = node as Record<Segment, unknown>;
      const key = typeof segment === "number" || Object.hasOwn(node, segment)
        ? segment
        : camelCase(segment);
      node = Object.hasOwn(node, key) ? children[key] : undefined;
    }
    return typeof node === "string" ? node : undefined;
  };
}

/** What the parser says, and where. */
function syntaxIssue(error: Error, text: string): ValidationIssue {
  const issue = (what: string) => ({ code: "InvalidType", path: "", message: what } as const);
  if (error instanceof RangeError) return issue("the text is no YAML to read: it nests too deeply");
  const place = / at line (\d+), column (\d+)/.exec(error.message);
  if (place === null) return issue(`the text is no YAML: ${error.message}`);
  const end = positionAt(text, text.length);
  const position = { line: Number(place[1]), column: Number(place[2]) };
  return {
    ...issue(`the text is no YAML: ${error.message.slice(0, place.index)}`),
    // The parser adds a last line break; a fault at the end would lie behind the text.
    ...(position.line > end.line ? end : position),
  };
}
