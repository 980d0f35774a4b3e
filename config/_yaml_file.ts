/** Reading one YAML file into nodes. */
import { parse } from "@std/yaml";
import { type Context, fromValue, isMapping, TooLarge } from "./_normalize.ts";
import { type Branch, branch, type Node, type Origin, type Source } from "./_tree.ts";
import { MAX_FILE_BYTES } from "./_runtime.ts";
import type { Schema } from "./schema.ts";

/** How much work merge keys may cause: aliases times length. */
const MAX_MERGE_WORK = 20_000_000;

/** The nodes of a file, or undefined when it says nothing or can't be used. */
export function fromYaml(
  schema: Schema<unknown> | undefined,
  source: Source & { readonly yaml: string },
  context: Context,
): Branch | undefined {
  const origin: Origin = { source, at: [] };
  const refuse = (message: string, at: Origin = origin): undefined => {
    context.problems.add({ code: "malformed", path: [], message, origin: at, point: "value" });
  };
  const oversized = tooMuch(source.yaml);
  if (oversized !== undefined) return refuse(oversized, unplaced(source));
  let value: unknown;
  try {
    value = parse(source.yaml);
  } catch (error) {
    const { message, position } = malformed(error);
    return refuse(message, { source: { ...source, yaml: undefined, position }, at: [] });
  }
  if (value === null || value === undefined) return undefined;
  if (!isMapping(value)) {
    return refuse(
      `must be a mapping of settings, found ${Array.isArray(value) ? "a list" : "one value"}`,
    );
  }
  let node: Node | undefined;
  try {
    node = fromValue(schema, value, origin, [], context);
  } catch (error) {
    if (!(error instanceof TooLarge)) throw error;
    return refuse(error.message, unplaced(source));
  }
  if (node === undefined || node.type === "map") return node;
  return branch(origin);
}

function unplaced(source: Source): Origin {
  return { source: { ...source, yaml: undefined }, at: [] };
}

function tooMuch(text: string): string | undefined {
  if (text.length > MAX_FILE_BYTES) return `is larger than ${MAX_FILE_BYTES} bytes`;
  if (!text.includes("<<")) return undefined;
  const aliases = text.match(/\*[^\s,[\]{}]/g)?.length ?? 0;
  return aliases * text.length > MAX_MERGE_WORK ? "merges too much for a configuration" : undefined;
}

/**
 * The reason and place that the parser gives. Its message goes on with a piece
 * of the file, and quotes names from it, either of which may be a secret.
 */
function malformed(error: unknown): {
  message: string;
  position: { line: number; column: number } | undefined;
} {
  if (!(error instanceof SyntaxError)) {
    return { message: "is not valid YAML: nested too deeply", position: undefined };
  }
  const match = /^([\s\S]*?) at line (\d+), column (\d+)/.exec(error.message);
  const reason = (match?.[1] ?? "")
    .replace(/^Cannot [^:"]*: /, "")
    .replace(/(?:: )?"[\s\S]*"|!<[\s\S]*>/g, "")
    .replace(/\s+/g, " ")
    .trim();
  return {
    message: "is not valid YAML" + (reason ? `: ${lowerFirst(reason)}` : ""),
    position: match === null ? undefined : { line: Number(match[2]), column: Number(match[3]) },
  };
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
