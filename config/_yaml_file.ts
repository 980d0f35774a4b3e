/** Reading one YAML file into nodes. */
import { parse } from "@std/yaml/parse";
import { type Context, fromValue, isMapping, TooLarge } from "./_normalize.ts";
import { MAX_FILE_BYTES } from "./_runtime.ts";
import type { Schema } from "./schema.ts";
import type { Node, Origin, Source } from "./_tree.ts";

/** How much work aliases may cause in merges and keys: their number times the length of the text. */
const MAX_ALIAS_WORK = 20_000_000;

/** The nodes of a file, or undefined when it says nothing or can't be used. */
export async function fromYaml(
  schema: Schema<unknown> | undefined,
  source: Source & { readonly yaml: string },
  context: Context,
): Promise<Node | undefined> {
  const refuse = (message: string, at: Source): undefined => {
    context.problems.add({
      code: "malformed",
      path: [],
      message,
      origin: { source: at, at: [] },
      point: "value",
    });
  };
  const { yaml, ...unplaced } = source;
  const oversized = tooMuch(yaml);
  if (oversized !== undefined) return refuse(oversized, unplaced);
  let value: unknown;
  try {
    value = parse(yaml);
  } catch (error) {
    const { explainMalformed } = await import("./_malformed.ts");
    const { message, position } = await explainMalformed(yaml, error);
    return refuse(message, { ...unplaced, position });
  }
  if (yaml.includes("\t") && /^ *\t/m.test(yaml)) {
    const { findTabIndent } = await import("./_malformed.ts");
    const found = await findTabIndent(yaml);
    if (found !== undefined) {
      return refuse(found.message, { ...unplaced, position: found.position });
    }
  }
  if (value === null || value === undefined) return undefined;
  if (!isMapping(value)) {
    const found = Array.isArray(value) ? "a list" : "a single value";
    return refuse(`must be a mapping of settings, found ${found}`, source);
  }
  try {
    const origin: Origin = { source, at: [] };
    return fromValue(schema, value, origin, [], context);
  } catch (error) {
    if (!(error instanceof TooLarge)) throw error;
    return refuse(error.message, unplaced);
  }
}

function tooMuch(text: string): string | undefined {
  if (text.length > MAX_FILE_BYTES) return `is larger than ${MAX_FILE_BYTES} bytes`;
  if (!text.includes("*")) return undefined;
  // Merge keys copy what an alias names, and a list as a key becomes one text.
  if (!/<<|\]\s*:|\?\s/.test(text)) return undefined;
  const aliases = text.match(/\*[^\s,[\]{}]/g)?.length ?? 0;
  return aliases * text.length > MAX_ALIAS_WORK ? "has too many aliases to merge" : undefined;
}
