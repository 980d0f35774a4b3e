/**
 * A layer of the configuration:
 * - `defaults`: the defaults of the schema
 * - `base`: `default.yaml`
 * - `environment`: `<environment>.yaml`, one file for each profile
 * - `secrets`: the files of the secrets directory
 * - `remote`: what a remote source says, when watching
 * - `dotenv`: `OAAS_*` variables in the `.env` file
 * - `variables`: `OAAS_*` variables of the process
 * - `overrides`: values given in code
 * - `arguments`: `--set path=value` on the command line
 */
export type LayerName =
  | "defaults"
  | "base"
  | "environment"
  | "secrets"
  | "remote"
  | "dotenv"
  | "variables"
  | "overrides"
  | "arguments";

/**
 * The layers by rising precedence: a later one wins. Maps are merged key by
 * key; lists and single values are replaced, except that `...` in a list
 * stands for the values of the layers below.
 */
export const LAYERS: readonly LayerName[] = [
  "defaults",
  "base",
  "environment",
  "secrets",
  "remote",
  "dotenv",
  "variables",
  "overrides",
  "arguments",
];

/** What one layer said about a setting. */
export interface LayerValue {
  /** The value; `[secret]` in the place of a secret. */
  readonly value: unknown;
  /** The layer that said so. */
  readonly layer: LayerName;
  /** `config/default.yaml:3:5`, `.env:2:1`, the variable, `--set server.port`, `overrides` or `schema`. */
  readonly where: string;
}

/** A setting with the layer that decided it. */
export interface ExplainedValue extends LayerValue {
  /** The setting, as files spell it. */
  readonly path: string;
  /** Whether the value is a secret, and so not shown. */
  readonly secret: boolean;
  /** What the setting does, by its schema. */
  readonly description?: string;
  /** The variable that sets it, where one can. */
  readonly variable?: string;
  /** What lower layers said, nearest first. */
  readonly shadowed: readonly LayerValue[];
}

/** A place that was looked at for settings. */
export interface ExplainedSource {
  /** The layer. */
  readonly layer: LayerName;
  /** The file, or what stands for the variables. */
  readonly where: string;
  /**
   * `read`; `absent` when there is no such file; `unreadable` when it can't be
   * read; `not permitted` when the
   * process may not look (a `.env` outside `--allow-read`); `named only` when
   * it may read variables by name but not list them, so that misspelled ones
   * can't be found.
   */
  readonly state: "read" | "absent" | "unreadable" | "not permitted" | "named only";
}

/** Where every value of a configuration came from. */
export interface Explanation {
  /** The places that were looked at, by rising precedence. */
  readonly sources: readonly ExplainedSource[];
  /** Every value, in the order of the schema. */
  readonly values: readonly ExplainedValue[];
  /** The values as a table for people: path, value, place, what it shadowed. */
  toString(): string;
}

/**
 * An explanation as a table: one line a value, under a heading.
 *
 * @param values The values of {@link Explanation}.
 */
export function formatExplanation(values: readonly ExplainedValue[]): string {
  const rows = values.map(({ path, value, where, shadowed }) => [
    path,
    show(value),
    where,
    shadowed.map((each) => `${show(each.value)} (${each.where})`).join(", "),
  ]);
  const table = [["SETTING", "VALUE", "FROM", "INSTEAD OF"], ...rows];
  const widths = [0, 1, 2].map((column) => Math.max(...table.map((row) => row[column]!.length)));
  return table
    .map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ").trimEnd())
    .join("\n");
}

function show(value: unknown): string {
  if (typeof value === "string" && /^[\x21-\x7e]+$/.test(value)) return value;
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? text.slice(0, 80) + "…" : text;
}
