import { fields, formatPath, type Path, variableName } from "./_names.ts";
import { holdsSecret, isSecret } from "./_redact.ts";
import { expectation, formatDuration, formatSize } from "./_scalars.ts";
import type { Schema } from "./schema.ts";

/** Options of {@link toEnvExample}. */
export interface EnvExampleOptions {
  /**
   * What the names of variables begin with, before an underscore.
   *
   * @default {"OAAS"}
   */
  readonly envPrefix?: string;
  /**
   * The settings that files of the program give already, as files spell them:
   * `["service_name"]`. They stand behind a `#`, so that a copy of the text
   * doesn't empty them.
   *
   * @default {[]}
   */
  readonly given?: readonly string[];
}

/**
 * The text of a `.env.example`: every variable of a schema with what it does,
 * what is right, and its default. What must be set stands ready to be filled
 * in, everything else behind a `#`.
 *
 * @example
 * ```ts
 * import { serviceConfigSchema, toEnvExample } from "@oprc/config";
 *
 * const text = toEnvExample(serviceConfigSchema);
 * console.log(text.includes("# OAAS_SERVER__PORT=8080")); // true
 * ```
 *
 * @param schema A schema of this package, of a section.
 * @param options The prefix of the variables, and what needn't be set.
 */
export function toEnvExample(
  schema: Schema<unknown>,
  { envPrefix = "OAAS", given = [] }: EnvExampleOptions = {},
): string {
  const lines = [
    "# Settings as variables. Copy this file to .env and set what you need; a variable of",
    "# the process wins over .env.",
  ];
  walk(schema, [], undefined, { prefix: envPrefix, given: new Set(given), lines });
  return lines.join("\n") + "\n";
}

interface Sheet {
  readonly prefix: string;
  readonly given: ReadonlySet<string>;
  readonly lines: string[];
}

function walk(schema: Schema<unknown>, path: Path, within: Path | undefined, sheet: Sheet): void {
  if (schema.kind !== "object") return setting(schema, path, within, sheet);
  if (path.length > 0) {
    const about = schema.description === undefined ? "" : `: ${schema.description}`;
    sheet.lines.push("", `# --- ${formatPath(path)}${about}`);
  }
  const optional = schema.optional ? path : within;
  // What stands alone goes before sections, so that nobody takes it for a part of one.
  const known = [...fields(schema)];
  for (const sections of [false, true]) {
    for (const [name, field] of known) {
      const isSection = field.schema.kind === "object";
      if (isSection === sections) walk(field.schema, [...path, name], optional, sheet);
    }
  }
}

function setting(schema: Schema<unknown>, path: Path, within: Path | undefined, sheet: Sheet) {
  const name = variableName(sheet.prefix, path)!;
  const secret = isSecret(schema, path);
  const required = !schema.optional && schema.default === undefined;
  const notes = [`${expectation(schema)}${howWritten(schema)}`];
  const ready = sheet.given.has(formatPath(path));
  if (ready) notes.push("given in the files");
  else if (required) {
    notes.push(within === undefined ? "required" : `required with ${formatPath(within)}`);
  }
  if (schema.optional) notes.push("optional");
  if (secret) notes.push(`a secret; ${name}_FILE may name a file that holds it`);
  const about = schema.description === undefined ? "" : `${oneLine(schema.description)}: `;
  const shown = schema.default === undefined || holdsSecret(schema, path)
    ? ""
    : quote(asText(schema, schema.default));
  const off = required && within === undefined && !ready ? "" : "# ";
  sheet.lines.push("", `# ${about}${notes.map(oneLine).join("; ")}`, `${off}${name}=${shown}`);
}

function howWritten(schema: Schema<unknown>): string {
  if (schema.kind === "map") return " as a JSON object";
  return schema.kind === "list" ? ", as a,b or as a JSON array" : "";
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ");
}

/** A value as a variable gives it. */
function asText(schema: Schema<unknown>, value: unknown): string {
  switch (schema.kind) {
    case "duration":
      return formatDuration(value as number);
    case "size":
      return formatSize(value as number);
    case "list": {
      const items = (value as readonly unknown[]).map((item) =>
        // What would stand for the layers below must be told from it.
        typeof item === "string" && /^\\*\.\.\.$/.test(item) ? `\\${item}` : item
      );
      const plain = items.every((item) => /^[\w./:@+-]+$/.test(String(item)));
      return plain ? items.join(",") : asJson(items);
    }
    case "map":
      return asJson(value);
    default:
      return String(value);
  }
}

/** JSON that single quotes can hold. */
function asJson(value: unknown): string {
  return JSON.stringify(value).replaceAll("'", "\\u0027");
}

/** A text as a `.env` file holds it; nothing for one that no quotes can hold. */
function quote(text: string): string {
  if (/^[\w./:,@+-]*$/.test(text)) return text;
  if (!text.includes("'")) return `'${text}'`;
  return /["\\]/.test(text) ? "" : `"${text}"`;
}
