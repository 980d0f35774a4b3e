/**
 * The values of a configuration, from what a layer says to what a program gets: problems and
 * explanations, names, the tree that knows where each value came from, secrets, the check.
 *
 * This file, `schema.ts` and `loader.ts` hold several concepts each, against the rule of one
 * concept a file: on Node 24 every `import` costs a program's start 0.1 ms, also of a file that
 * is loaded already, and every file 0.15 ms besides. In the 21 files with 60 imports that
 * these once were, importing the package from npm and loading a first configuration took
 * 27 ms of processor time instead of 20. What only some loads need stands in files of its own,
 * which those import that need them.
 */
import type { Layers, ReadOptions } from "./loader.ts";
import type { FileReader, ObjectSchema, RuleIssue, Schema } from "./schema.ts";
import type { StandardSchemaV1 } from "./standard_schema.ts";

// --- Problems as a caller gets them

/**
 * What kind of problem an issue is:
 * - `invalid_value`: a value of the wrong type or outside its rules
 * - `missing`: a required setting that nothing sets
 * - `unknown_key`: a key, variable or argument that names no setting
 * - `ambiguous`: one setting given twice in one place
 * - `unset_variable`: `${NAME}` of a variable that isn't set
 * - `malformed`: a file or text that can't be parsed, or is too large to be a configuration
 * - `unreadable`: a file that should be there and can't be read
 */
export type ConfigIssueCode =
  | "invalid_value"
  | "missing"
  | "unknown_key"
  | "ambiguous"
  | "unset_variable"
  | "malformed"
  | "unreadable";

/** One problem of a configuration. Never holds a secret. */
export interface ConfigIssue {
  /** What kind of problem it is. */
  readonly code: ConfigIssueCode;
  /** The setting, as files spell it: `server.port`, `storage.etcd.endpoints[1]`; empty for a whole file. */
  readonly path: string;
  /** What was found and what is right. */
  readonly message: string;
  /** `config/default.yaml:3:5`, the variable `OAAS_SERVER__PORT`, `--set server.port` or `overrides`. */
  readonly where: string;
  /** What was probably meant, in the spelling of `where`. */
  readonly suggestion?: string;
}

/**
 * A configuration that can't be used, with every problem that was found. Its
 * message holds one line an issue: `where: path: message`.
 */
export class ConfigError extends Error {
  /** The name by which {@link isConfigError} knows the class across copies of this package. */
  override readonly name = "ConfigError";
  /** What failed: the configuration isn't valid. */
  readonly code = "invalid_config";
  /** Every problem, sorted by layer and position. */
  readonly issues: readonly ConfigIssue[];

  /**
   * An error that says all the issues.
   *
   * @param issues Every problem, at least one.
   */
  constructor(issues: readonly ConfigIssue[]) {
    super(issues.map(formatIssue).join("\n"));
    this.issues = issues;
  }
}

function formatIssue(issue: ConfigIssue): string {
  return [issue.where, issue.path, issue.message].filter((part) => part !== "").join(": ");
}

/**
 * Whether a value is a {@link ConfigError}, of this or another copy of the package.
 *
 * @param error What was caught.
 */
export function isConfigError(error: unknown): error is ConfigError {
  return error instanceof Error && error.name === "ConfigError" &&
    (error as { code?: unknown }).code === "invalid_config";
}

// --- Where values came from

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
  return text.length > 80 ? text.slice(0, 80) + "\u2026" : text;
}

// --- Names of settings: camelCase in TypeScript, snake_case in files, upper case in variables

/** A way from the root of a configuration to one value, as files spell it. */
export type Path = readonly (string | number)[];

/** How many answers are kept; keys of maps come from files and have no end. */
const MAX_KNOWN = 2000;

/** Remembers what a function of one text answers: a load asks for the same names many times. */
export function remembered<T>(answer: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    let found = known.get(text);
    if (found === undefined) {
      found = answer(text);
      if (known.size >= MAX_KNOWN) known.clear();
      known.set(text, found);
    }
    return found;
  };
}

/**
 * `keyPrefix` as files spell it: `key_prefix`; `HTTPPort` is `http_port`. Without
 * expressions, whose first use takes a noticeable part of a program's start.
 */
export const fileName: (field: string) => string = remembered((field) => {
  // Most names in files are spelled so already.
  if (field === field.toLowerCase()) return field;
  let name = "";
  for (let at = 0; at < field.length; at++) {
    name += beginsWord(field, at) ? `_${field[at]}` : field[at];
  }
  return name.toLowerCase();
});

function beginsWord(text: string, at: number): boolean {
  if (!isUpper(text[at])) return false;
  const before = text[at - 1];
  return isLower(before) || isDigit(before) || (isUpper(before) && isLower(text[at + 1]));
}

function isUpper(letter: string = ""): boolean {
  return letter >= "A" && letter <= "Z";
}

function isLower(letter: string = ""): boolean {
  return letter >= "a" && letter <= "z";
}

function isDigit(letter: string = ""): boolean {
  return letter >= "0" && letter <= "9";
}

/** Whether something is one letter or digit of ASCII. */
export function isPlain(letter: string | undefined): boolean {
  return isLower(letter) || isUpper(letter) || isDigit(letter);
}

/** `key_prefix` or `eu-west` as a segment of a variable: `KEY_PREFIX`, `EU_WEST`. */
export const variableSegment: (key: string) => string = remembered((key) =>
  fileName(key).replace(/[-. ]/g, "_").toUpperCase()
);

/** The variable that sets a path, or undefined where a variable can't spell it. */
export function variableName(prefix: string, path: Path): string | undefined {
  const segments: string[] = [];
  for (const key of path) {
    if (typeof key === "number") return undefined;
    const segment = variableSegment(key);
    if (!/^[A-Z0-9]+(?:_[A-Z0-9]+)*$/.test(segment)) return undefined;
    segments.push(segment);
  }
  return `${prefix}_${segments.join("__")}`;
}

/** A folder's path without the slashes at its end. */
export function trimSlashes(path: string): string {
  let end = path.length;
  while (end > 1 && (path[end - 1] === "/" || path[end - 1] === "\\")) end--;
  return path.slice(0, end);
}

/** A path for people: `storage.etcd.endpoints[1]`, odd keys quoted. */
export function formatPath(path: Path): string {
  let text = "";
  for (const key of path) {
    if (typeof key === "number") text += `[${key}]`;
    else if (/^[A-Za-z0-9_-]+$/.test(key) && key.length <= 100) text += text ? `.${key}` : key;
    else text += `[${JSON.stringify(key.length > 100 ? key.slice(0, 100) + "\u2026" : key)}]`;
  }
  return text;
}

/** A field of a section. */
interface Field {
  readonly name: string;
  readonly schema: Schema<unknown>;
}

const fieldsOf = new WeakMap<object, ReadonlyMap<string, Field>>();

/** The fields of a section by their spelling in files. Kept by its `fields`, which sections may share. */
export function fields(schema: Schema<unknown>): ReadonlyMap<string, Field> {
  const all = (schema as ObjectSchema<Record<string, unknown>>).fields;
  let known = fieldsOf.get(all);
  if (known === undefined) {
    const named = new Map<string, Field>();
    for (const name of Object.keys(all)) named.set(fileName(name), { name, schema: all[name]! });
    known = named;
    fieldsOf.set(all, named);
  }
  return known;
}

/** Refuses a section with names that a file or variable couldn't spell without ambiguity. */
export function assertFieldNames(schema: Schema<unknown>): void {
  const known = fields(schema);
  for (const name of Object.keys((schema as ObjectSchema<Record<string, unknown>>).fields)) {
    if (!/^[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)*$/.test(name)) {
      throw new TypeError(
        `Cannot use ${JSON.stringify(name)} as a field: a name is letters and digits, ` +
          `begins with a letter, and has single underscores inside only`,
      );
    }
    const spelled = fileName(name);
    const other = known.get(spelled)!.name;
    // Of two fields with one spelling the later one is known.
    if (other !== name) {
      throw new TypeError(
        `Cannot tell the fields ${name} and ${other} apart: both are ${spelled}`,
      );
    }
  }
}

// --- What the layers say, before it is checked: values that know where they came from

/** One place that settings come from: a file, a variable, an argument, the code. */
export interface Source {
  readonly layer: LayerName;
  /** What a person calls it: the file's path, the variable, `--set a.b`, `overrides`. */
  readonly name: string;
  /** The text of a YAML file, for finding positions. */
  readonly yaml?: string;
  /** The place in the file where that is known already, as in `.env`. */
  readonly position?: Position;
}

export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Where one value stands: its source and, in a file, the keys that lead to it as written. */
export interface Origin {
  readonly source: Source;
  readonly at: readonly (string | number)[];
}

interface Located {
  readonly origin: Origin;
  /** What lower layers said, nearest first. */
  shadowed: readonly Node[];
}

/** A mapping; keys of sections are the file's spelling. */
export interface Branch extends Located {
  readonly type: "map";
  readonly entries: Map<string, Node>;
}

interface Items extends Located {
  readonly type: "list";
  readonly items: readonly Node[];
  /** The index at which the values of the layers below go, when the list asks for them. */
  readonly rest?: number;
}

interface Leaf extends Located {
  readonly type: "leaf";
  readonly value: unknown;
  /** The value is text that the schema has yet to read: from a variable, an argument or `${}`. */
  readonly text: boolean;
  /** The value came out of a variable whose name says that it's a secret. */
  readonly secret: boolean;
  /** A problem with the value is reported already. */
  readonly broken: boolean;
}

export type Node = Branch | Items | Leaf;

export function branch(origin: Origin, entries: Map<string, Node> = new Map()): Branch {
  return { type: "map", entries, origin, shadowed: [] };
}

export function list(origin: Origin, items: readonly Node[], rest?: number): Items {
  return { type: "list", items, origin, shadowed: [], ...(rest === undefined ? {} : { rest }) };
}

function leaf(
  origin: Origin,
  value: unknown,
  marks: { text?: boolean; secret?: boolean; broken?: boolean } = {},
): Leaf {
  return {
    type: "leaf",
    value,
    text: marks.text ?? false,
    secret: marks.secret ?? false,
    broken: marks.broken ?? false,
    origin,
    shadowed: [],
  };
}

/**
 * Puts `upper` over `lower`: maps key by key, everything else replaced, except
 * that a list may ask for the values below it.
 */
export function merge(lower: Node | undefined, upper: Node): Node {
  if (lower === undefined) return upper;
  if (lower.type !== "map" || upper.type !== "map") {
    const joins = upper.type === "list" && upper.rest !== undefined;
    // What isn't a list can't be joined, and is left for the schema to refuse.
    if (joins && lower.type !== "list") return lower;
    const node = joins ? join(lower as Items, upper) : upper;
    node.shadowed = [lower, ...lower.shadowed];
    return node;
  }
  for (const [key, node] of upper.entries) {
    lower.entries.set(key, merge(lower.entries.get(key), node));
  }
  return lower;
}

/** A list with the values below at the place that it keeps for them. */
function join(lower: Items, { items, rest = 0, origin }: Items): Items {
  const next = lower.rest === undefined ? undefined : rest + lower.rest;
  return list(origin, [...items.slice(0, rest), ...lower.items, ...items.slice(rest)], next);
}

/** The plain value of a node, as a schema of another library takes it. */
export function plain(node: Node): unknown {
  switch (node.type) {
    case "leaf":
      return node.value;
    case "list":
      return node.items.map(plain);
    case "map":
      return Object.fromEntries([...node.entries].map(([key, value]) => [key, plain(value)]));
  }
}

// --- Problems as they are found, before their positions are looked up, and what was probably meant

export interface Problem {
  readonly code: ConfigIssueCode;
  readonly path: Path;
  readonly message: string;
  readonly origin: Origin;
  /** Whether the key or the value is at fault; both lead to a position. */
  readonly point: "key" | "value";
  readonly suggestion?: string;
  /** The setting that was probably meant, so that its absence isn't reported as well. */
  readonly meant?: string;
}

/**
 * The problems of one load. The methods of this class and of `Secrets` say no more than where
 * they go on: a bundle that wraps this module has classes compiled twice before a start.
 */
export class Problems {
  readonly list: Problem[] = [];
  readonly allowUnknown: boolean;

  constructor({ allowUnknown = false }: { readonly allowUnknown?: boolean } = {}) {
    this.allowUnknown = allowUnknown;
  }

  add(problem: Problem): void {
    addProblem(this, problem);
  }

  explain(path: Path): boolean {
    return explainsAbsence(this.list, path);
  }

  touch(path: Path): boolean {
    return touchesPath(this.list, path);
  }
}

function addProblem({ list, allowUnknown }: Problems, problem: Problem): void {
  const unknown = problem.code === "unknown_key" && problem.origin.source.layer !== "arguments";
  if (!unknown || !allowUnknown) list.push(problem);
}

/**
 * Whether a problem explains why nothing stands at a path: a misspelled key
 * that meant it, something wrong with what should hold it, a lost file.
 */
function explainsAbsence(problems: readonly Problem[], path: Path): boolean {
  const text = formatPath(path);
  return problems.some((problem) =>
    problem.meant === text || isLost(problem) ||
    (problem.code !== "unknown_key" && problem.path.length > 0 && isPrefix(problem.path, path))
  );
}

/** Whether what is known of a path is incomplete: a problem there, below it, or above it. */
function touchesPath(problems: readonly Problem[], path: Path): boolean {
  return problems.some((problem) =>
    isLost(problem) || problem.meant?.startsWith(`${formatPath(path)}.`) ||
    (problem.path.length > 0 && (isPrefix(path, problem.path) || isPrefix(problem.path, path)))
  );
}

/** Whether a whole file or text is missing from the configuration. */
function isLost(problem: Problem): boolean {
  return problem.path.length === 0 &&
    (problem.code === "malformed" || problem.code === "unreadable");
}

function isPrefix(short: Path, long: Path): boolean {
  return short.length <= long.length && short.every((key, index) => key === long[index]);
}

/** Edits between two words: insert, delete, replace, swap of neighbours. */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(
        previous[j]! + 1,
        row[j - 1]! + 1,
        previous[j - 1]! + (same ? 0 : 1),
      );
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, before[j - 2]! + 1);
      }
      row.push(cost);
    }
    before = previous;
    previous = row;
  }
  return previous[b.length]!;
}

/** How many words of one load are looked up; who misspells a thousand has the wrong file. */
const MAX_SUGGESTIONS = 1000;

/** The candidate that `word` most likely meant, or undefined when none is near. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  // A word of hundreds of letters is no slip of the finger, and would cost time.
  if (word.length > 100) return undefined;
  const plain = (text: string) => text.toLowerCase().replace(/[^a-z0-9]/g, "");
  const wanted = plain(word);
  let best: string | undefined;
  let least = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  for (const candidate of candidates) {
    const edits = distance(wanted, plain(candidate));
    if (edits < least) [best, least] = [candidate, edits];
  }
  return best;
}

// --- Keeping secrets out of everything that is printed

/** What stands in the place of a secret. */
export const REDACTED = "[secret]";

const SECRET_NAME =
  /pass(?:word|wd|phrase)|(?:^|_)(?:pass|pwd|pat|jwt|dsn)(?:$|_)|secret|token|credential|cookie|(?:api|private|access|signing|encryption|secret|auth|shared)_?key/;

/** Whether a name says that its value is a secret. */
export const isSecretName: (name: string) => boolean = remembered((name) =>
  SECRET_NAME.test(fileName(name).replace(/[-. ]/g, "_"))
);

/** Whether the value at a path is a secret: by the schema's word, else by the names on the way. */
export function isSecret(schema: Schema<unknown> | undefined, path: Path): boolean {
  if (schema?.secret !== undefined) return schema.secret;
  return path.some((key) => typeof key === "string" && isSecretName(key));
}

/** Whether a secret may stand at a path or anywhere below it. */
export function holdsSecret(schema: Schema<unknown>, path: Path): boolean {
  if (isSecret(schema, path)) return true;
  if (schema.item !== undefined) return holdsSecret(schema.item, [...path, "*"]);
  return schema.kind === "object" &&
    [...fields(schema)].some(([name, field]) => holdsSecret(field.schema, [...path, name]));
}

/** Hides the user and password of every URL in a text. */
export function hideUrlCredentials(text: string): string {
  return text.replace(/([A-Za-z][A-Za-z0-9+.-]*:\/\/)[^\s/?#]*@/g, `$1${REDACTED}@`);
}

/** Gathers the secrets of one load, so that no text made by others can show one. */
export class Secrets {
  readonly values: Set<string> = new Set();
  /** Gathers them when a text is first to be hidden: most loads print nothing. */
  gather: ((secrets: Secrets) => void) | undefined;

  /** The text without any of the secrets. */
  hide(text: string): string {
    return hideSecrets(this, text);
  }
}

/** Remembers a value. Very short ones would blot out harmless text, and are left to the marks. */
function addSecret(secrets: Secrets, value: unknown): void {
  if (typeof value === "string" && value.length >= 4) secrets.values.add(value);
  else if (typeof value === "object" && value !== null) {
    for (const item of Object.values(value)) addSecret(secrets, item);
  }
}

function hideSecrets(secrets: Secrets, text: string): string {
  secrets.gather?.(secrets);
  secrets.gather = undefined;
  let hidden = hideUrlCredentials(text);
  // The longest first: a secret may be part of another.
  for (const value of [...secrets.values].sort((a, b) => b.length - a.length)) {
    hidden = hidden.replaceAll(value, REDACTED);
    const quoted = JSON.stringify(value).slice(1, -1);
    if (quoted !== value) hidden = hidden.replaceAll(quoted, REDACTED);
  }
  return hidden;
}

/** Gathers every secret of a tree, also those that higher layers shadow. */
function gatherSecrets(
  schema: Schema<unknown> | undefined,
  node: Node,
  path: Path,
  secrets: Secrets,
): void {
  for (const each of node.shadowed) gatherSecrets(schema, each, path, secrets);
  if (node.type === "leaf") {
    if (node.secret || isSecret(schema, path)) addSecret(secrets, node.value);
  } else if (node.type === "list") {
    for (const [index, item] of node.items.entries()) {
      gatherSecrets(schema?.item, item, [...path, index], secrets);
    }
  } else {
    for (const [key, item] of node.entries) {
      const inner = schema?.kind === "object" ? fields(schema).get(key)?.schema : schema?.item;
      gatherSecrets(inner, item, [...path, key], secrets);
    }
  }
}

// --- Turning what a layer says into nodes under the spelling of files, with the schema's help

/** A text after `${NAME}` was replaced. */
interface Expanded {
  readonly text: string;
  readonly secret: boolean;
}

export interface Context {
  readonly problems: Problems;
  /** The schema of the whole configuration, for pointing at misplaced keys. */
  readonly root: Schema<unknown> | undefined;
  /** Replaces `${NAME}`: the text, undefined when nothing was replaced, null when it failed. */
  readonly expand?: (text: string, origin: Origin, path: Path) => Expanded | undefined | null;
  /** Whether layers lie below, whose values `...` in a list stands for. */
  readonly layered?: { joins: boolean };
  /** How many values may still come; shared aliases count each time. */
  readonly budget: { left: number };
}

/** The number of values one source may hold, aliases counted at each use. */
export const MAX_VALUES = 50_000;
/** How deep values may be nested. */
const MAX_DEPTH = 64;

/** Thrown when a source is beyond what a configuration can be. */
export class TooLarge extends Error {}

/** Nodes of a value that has its own types: from YAML, JSON or code. */
export function fromValue(
  schema: Schema<unknown> | undefined,
  value: unknown,
  origin: Origin,
  path: Path,
  context: Context,
): Node | undefined {
  spend(path, context);
  if (typeof value === "string") return fromString(schema, value, origin, path, context);
  if (Array.isArray(value)) return fromArray(schema, value, origin, path, context);
  if (isMapping(value)) {
    if (schema === undefined || schema.kind === "map") {
      return fromMap(schema, value, origin, path, context);
    }
    if (schema.kind === "object") return fromSection(schema, value, origin, path, context);
    // The content doesn't matter any more, and may be without end.
    return leaf(origin, {});
  }
  // `storage:` with every line below it commented out says nothing about storage.
  if ((value === null || value === undefined) && isContainer(schema)) return undefined;
  if (value === undefined) return undefined;
  return leaf(origin, value);
}

function fromArray(
  schema: Schema<unknown> | undefined,
  value: readonly unknown[],
  origin: Origin,
  path: Path,
  context: Context,
): Node {
  if (schema !== undefined && schema.kind !== "list") return leaf(origin, []);
  return fromItems(
    value,
    origin,
    path,
    context,
    (item, index) =>
      fromValue(schema?.item, item, step(origin, index), [...path, index], context) ??
        leaf(step(origin, index), null),
  );
}

/** Nodes of a text whose type the schema decides: from a variable, an argument or `${NAME}`. */
function fromText(
  schema: Schema<unknown> | undefined,
  text: string,
  origin: Origin,
  path: Path,
  context: Context,
  secret: boolean = false,
): Node | undefined {
  spend(path, context);
  if (schema === undefined || (schema.kind !== "list" && !isContainer(schema))) {
    return leaf(origin, text, { text: true, secret });
  }
  return fromContainerText(schema, text.trim(), origin, path, context, secret);
}

function fromContainerText(
  schema: Schema<unknown>,
  bare: string,
  origin: Origin,
  path: Path,
  context: Context,
  secret: boolean,
): Node | undefined {
  const untouched = { ...context, expand: undefined };
  if (schema.kind !== "list" || bare.startsWith("[")) {
    return fromJson(schema, bare, origin, path, untouched, secret);
  }
  const parts = bare === "" ? [] : bare.split(",").map((part) => part.trim());
  return fromItems(
    parts,
    origin,
    path,
    context,
    (part, index) =>
      fromText(schema.item, part, origin, [...path, index], untouched, secret) ??
        leaf(origin, null),
  );
}

/** What stands in a list for the values of the layers below. */
export const REST = "...";

/** A list, whose first `...` keeps a place for the layers below; `\...` is the plain text. */
function fromItems<T>(
  values: readonly T[],
  origin: Origin,
  path: Path,
  context: Context,
  read: (value: T, index: number) => Node,
): Node {
  // Below a list inside a list there is nothing that could be meant.
  const layered = context.layered && path.every((key) => typeof key === "string");
  const items: Node[] = [];
  let rest: number | undefined;
  for (const [index, value] of values.entries()) {
    if (layered && value === REST) {
      if (rest !== undefined) {
        context.problems.add({
          code: "ambiguous",
          path,
          message: `has "${REST}" twice, which stands for the values of the layers below`,
          origin,
          point: "value",
        });
      }
      rest ??= items.length;
    } else items.push(read(layered ? unescapeRest(value) : value, index));
  }
  if (rest !== undefined) context.layered!.joins = true;
  return list(origin, items, rest);
}

/** A text of backslashes before `...` without the first of them. */
function unescapeRest<T>(value: T): T {
  return typeof value === "string" && /^\\+\.\.\.$/.test(value) ? value.slice(1) as T : value;
}

function fromJson(
  schema: Schema<unknown>,
  text: string,
  origin: Origin,
  path: Path,
  context: Context,
  secret: boolean,
): Node | undefined {
  const brackets = schema.kind === "list" ? "[" : "{";
  let value: unknown;
  try {
    value = text.startsWith(brackets) ? JSON.parse(text) : undefined;
  } catch {
    // The parser's message quotes the text, which may hold a secret.
  }
  if (value === undefined) {
    const right = schema.kind === "list" ? "a JSON array or texts with commas" : "a JSON object";
    context.problems.add({
      code: "malformed",
      path,
      message: `must be ${right} when given as one text, and isn't valid JSON`,
      origin,
      point: "value",
    });
    return leaf(origin, undefined, { broken: true });
  }
  const node = fromValue(schema, value, { ...origin, at: origin.at }, path, context);
  return secret && node !== undefined ? markSecret(node) : node;
}

function markSecret(node: Node): Node {
  if (node.type === "leaf") return { ...node, secret: true };
  if (node.type === "list") return { ...node, items: node.items.map(markSecret) };
  return {
    ...node,
    entries: new Map([...node.entries].map(([key, item]) => [key, markSecret(item)])),
  };
}

function fromString(
  schema: Schema<unknown> | undefined,
  value: string,
  origin: Origin,
  path: Path,
  context: Context,
): Node | undefined {
  const expanded = context.expand?.(value, origin, path);
  if (expanded === null) return leaf(origin, undefined, { broken: true });
  if (expanded === undefined) return leaf(origin, value);
  return fromText(schema, expanded.text, origin, path, context, expanded.secret);
}

function fromMap(
  schema: Schema<unknown> | undefined,
  value: Readonly<Record<string, unknown>>,
  origin: Origin,
  path: Path,
  context: Context,
): Node {
  const entries = new Map<string, Node>();
  for (const key of Object.keys(value)) {
    const at = step(origin, key);
    if (refuseKey(key, at, [...path, key], context)) continue;
    const node = fromValue(schema?.item, value[key], at, [...path, key], context) ??
      (isContainer(schema?.item) ? branch(at) : undefined);
    if (node !== undefined) entries.set(key, node);
  }
  return branch(origin, entries);
}

function fromSection(
  schema: Schema<unknown>,
  value: Readonly<Record<string, unknown>>,
  origin: Origin,
  path: Path,
  context: Context,
): Node {
  const known = fields(schema);
  const entries = new Map<string, Node>();
  const spelled = new Map<string, string>();
  for (const key of Object.keys(value)) {
    const name = known.has(key) ? key : fileName(key);
    const field = known.get(name);
    const at = step(origin, key);
    if (field === undefined || (key !== name && key !== field.name)) {
      if (!refuseKey(key, at, [...path, key], context)) unknownKey(schema, key, at, path, context);
      continue;
    }
    const other = spelled.get(name);
    if (other !== undefined) {
      reportSpellings(other, key, at, [...path, name], context);
      continue;
    }
    spelled.set(name, key);
    const node = fromValue(field.schema, value[key], at, [...path, name], context);
    if (node !== undefined) entries.set(name, node);
  }
  return branch(origin, entries);
}

function reportSpellings(
  one: string,
  other: string,
  origin: Origin,
  path: Path,
  { problems }: Context,
): void {
  const message = `is given twice here, as ${one} and as ${other}`;
  problems.add({ code: "ambiguous", path, message, origin, point: "key" });
}

/** Reports a key that the section doesn't have, with what was probably meant. */
export function unknownKey(
  schema: Schema<unknown>,
  key: string,
  origin: Origin,
  path: Path,
  context: Context,
): void {
  const many = context.problems.list.length > MAX_SUGGESTIONS;
  const near = many ? undefined : nearest(key, fields(schema).keys());
  const meant = near !== undefined
    ? formatPath([...path, near])
    : many
    ? undefined
    : elsewhere(context.root, fileName(key), []);
  context.problems.add({
    code: "unknown_key",
    path: [...path, key],
    message: `is not a known setting` + (meant ? `, did you mean ${meant}?` : ""),
    origin,
    point: "key",
    ...(meant ? { suggestion: meant, meant } : {}),
  });
}

/** The one place in the schema where a field of that name stands. */
function elsewhere(
  schema: Schema<unknown> | undefined,
  name: string,
  path: Path,
): string | undefined {
  if (schema?.kind !== "object") return undefined;
  for (const [key, field] of fields(schema)) {
    if (key === name && path.length > 0) return formatPath([...path, key]);
    const found = elsewhere(field.schema, name, [...path, key]);
    if (found !== undefined) return found;
  }
  return undefined;
}

function refuseKey(key: string, origin: Origin, path: Path, { problems }: Context): boolean {
  if (key !== "__proto__") return false;
  const message = "can't be used as a key";
  problems.add({ code: "invalid_value", path, message, origin, point: "key" });
  return true;
}

function spend(path: Path, context: Context): void {
  if (path.length > MAX_DEPTH) {
    throw new TooLarge(`is nested deeper than ${MAX_DEPTH} levels`);
  }
  if (--context.budget.left < 0) {
    throw new TooLarge(`holds more than ${MAX_VALUES} values, aliases counted at each use`);
  }
}

export function isContainer(schema: Schema<unknown> | undefined): boolean {
  return schema?.kind === "object" || schema?.kind === "map";
}

/** Whether a value is a mapping, not an instance of some class such as Date. */
export function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function step(origin: Origin, key: string | number): Origin {
  return { source: origin.source, at: [...origin.at, key] };
}

// --- Which setting a variable names

/** A setting that a name leads to. */
export interface Target {
  readonly path: readonly string[];
  readonly schema: Schema<unknown> | undefined;
}

/** A variable with its place. */
export interface Variable {
  readonly name: string;
  readonly text: string;
  /** Whether `$NAME` in the text counts. */
  readonly expandable: boolean;
  /** The variable that this one gives the value of, when its own name is another. */
  readonly stands?: string;
  /** Whether the text is a secret whatever the schema says: it came from a file of its own. */
  readonly secret?: boolean;
  /** Whether the text couldn't be read, which is reported already. */
  readonly broken?: boolean;
  readonly source: Source;
}

/** What a variable ends in that names a file with the value, not the value. */
export const FILE_SUFFIX = "_FILE";

const RESERVED = ["ENV", "CONFIG_DIR", "SECRETS_DIR"];

/** Variables that say how to load, not what is loaded. */
export function reservedNames(prefix: string): readonly string[] {
  return RESERVED.map((name) => `${prefix}_${name}`);
}

/** Every variable that the schema and the keys of known maps give, with its setting. */
export function variableNames(
  prefix: string,
  schema: Schema<unknown> | undefined,
  known: Node | undefined,
): Map<string, Path> {
  const names = new Map<string, Path>();
  const walk = (at: Schema<unknown> | undefined, node: Node | undefined, path: Path) => {
    const name = path.length === 0 ? undefined : variableName(prefix, path);
    if (name !== undefined && !names.has(name)) names.set(name, path);
    const entries = node?.type === "map" ? node.entries : new Map<string, Node>();
    if (at?.kind === "object") {
      for (const [key, field] of fields(at)) walk(field.schema, entries.get(key), [...path, key]);
    } else if (at === undefined || at.kind === "map") {
      for (const [key, item] of entries) walk(at?.item, item, [...path, key]);
    }
  };
  walk(schema, known, []);
  return names;
}

/** Refuses a schema whose variables would collide with the reserved ones. */
export function assertVariables(prefix: string, schema: Schema<unknown>): void {
  if (schema.kind !== "object") return;
  for (const key of RESERVED) {
    const field = fields(schema).get(key.toLowerCase());
    if (field === undefined) continue;
    throw new TypeError(
      `Cannot load a configuration with the field ${field.name}: ${prefix}_${key} is reserved`,
    );
  }
}

/** The nodes of one layer of variables; `known` is what the layers below say. */
export function fromVariables(
  prefix: string,
  schema: Schema<unknown> | undefined,
  variables: readonly Variable[],
  known: Branch,
  context: Context,
): Branch | undefined {
  let names: Map<string, Path> | undefined;
  const given: Given = new Map();
  for (const variable of [...variables].sort((a, b) => a.name < b.name ? -1 : 1)) {
    const target = resolveName(prefix, variable.stands ?? variable.name, schema, known);
    if (target === undefined) {
      reportUnknown(variable, names ??= variableNames(prefix, schema, known), context);
    } else if (target === "ambiguous") reportKeys(variable, context);
    else {
      const path = target.path.join("\0");
      const other = given.get(path);
      if (other === undefined) given.set(path, { variable, target });
      else reportTwice(target.path, other.variable, variable, context);
    }
  }
  let root: Node | undefined;
  for (const { variable, target } of given.values()) {
    const above = givenAbove(target.path, given);
    if (above === undefined) root = placeVariable(root, variable, target, context);
    else reportTwice(target.path, above.variable, variable, context);
  }
  return root?.type === "map" ? root : undefined;
}

/** The variables of a layer by the settings that they give. */
type Given = Map<string, { readonly variable: Variable; readonly target: Target }>;

/** The variable that gives what a path lies in. */
function givenAbove(path: readonly string[], given: Given): { variable: Variable } | undefined {
  let above = "";
  for (const key of path) {
    const found = given.get(above);
    if (found !== undefined) return found;
    above = above === "" ? key : `${above}\0${key}`;
  }
}

function placeVariable(
  root: Node | undefined,
  variable: Variable,
  target: Target,
  context: Context,
): Node | undefined {
  const origin: Origin = { source: variable.source, at: [] };
  if (variable.broken) return place(root, target, null, origin, context);
  const expanded = variable.expandable
    ? context.expand?.(variable.text, origin, target.path)
    : undefined;
  return place(root, target, expanded === undefined ? variable : expanded, origin, context);
}

/** Reads a text at its setting, under branches that lead there; null is one reported already. */
export function place(
  root: Node | undefined,
  target: Target,
  given: { readonly text: string; readonly secret?: boolean } | null,
  origin: Origin,
  context: Context,
): Node | undefined {
  let node = given === null
    ? leaf(origin, undefined, { broken: true })
    : fromText(target.schema, given.text, origin, target.path, context, given.secret);
  if (node === undefined) return root;
  for (const key of [...target.path].reverse()) node = branch(origin, new Map([[key, node]]));
  return merge(root, node);
}

/** The setting that a variable names. */
export function resolveName(
  prefix: string,
  name: string,
  schema: Schema<unknown> | undefined,
  known: Node | undefined,
): Target | "ambiguous" | undefined {
  return resolve(schema, name.slice(prefix.length + 1).split("__"), known);
}

function reportKeys({ source }: Variable, { problems }: Context): void {
  const message = "names more than one key of a map; write the map as JSON";
  const origin = { source, at: [] };
  problems.add({ code: "ambiguous", path: [], message, origin, point: "key" });
}

function reportTwice(path: Path, one: Variable, other: Variable, { problems }: Context): void {
  const message = `is given twice, by ${one.name} and by ${other.name}`;
  const origin = { source: other.source, at: [] };
  problems.add({ code: "ambiguous", path, message, origin, point: "key" });
}

function reportUnknown(
  variable: Variable,
  names: ReadonlyMap<string, Path>,
  context: Context,
): void {
  const name = variable.stands ?? variable.name;
  const near = (text: string) =>
    context.problems.list.length > MAX_SUGGESTIONS ? undefined : nearest(text, names.keys());
  const [own, file] = [near(name), name.replace(/_FILE$/, "")];
  const base = own ?? (file === name ? undefined : near(file));
  const meant = own ?? (base && `${base}_FILE`);
  const placed = variable.source.position !== undefined;
  context.problems.add({
    code: "unknown_key",
    path: [],
    message: `${placed ? `${variable.name} ` : ""}names no known setting` +
      (meant ? `, did you mean ${meant}?` : ""),
    origin: { source: variable.source, at: [] },
    point: "key",
    ...(meant ? { suggestion: meant, meant: formatPath(names.get(base!)!) } : {}),
  });
}

/** The keys of a map that a segment of a variable may mean. */
function keysOf(node: Node | undefined, segment: string): string[] {
  if (node?.type !== "map") return [];
  return [...node.entries.keys()].filter((name) => variableSegment(name) === segment);
}

function resolve(
  schema: Schema<unknown> | undefined,
  segments: readonly string[],
  known: Node | undefined,
): Target | "ambiguous" | undefined {
  const path: string[] = [];
  let at = schema;
  let node = known;
  const open = schema === undefined;
  for (const segment of segments) {
    if (segment === "") return undefined;
    let key: string | undefined;
    if (at?.kind === "object") {
      // Fields are letters, digits and underscores, in lower case.
      const name = segment.toLowerCase();
      const field = segment === name.toUpperCase() ? fields(at).get(name) : undefined;
      key = field && name;
      at = field?.schema;
    } else if (at?.kind === "map" || open) {
      const keys = keysOf(node, segment);
      if (keys.length > 1) return "ambiguous";
      key = keys[0] ?? segment.toLowerCase();
      at = at?.item;
    }
    if (key === undefined) return undefined;
    path.push(key);
    node = node?.type === "map" ? node.entries.get(key) : undefined;
  }
  return { path, schema: at };
}

// --- Reading and checking single values

/** A checked value, or what it should have been. */
type Checked = { readonly value: unknown } | { readonly expected: string };

/** Checks a value that has its own type. */
export function checkScalar(schema: Schema<unknown>, value: unknown): Checked {
  if (schema.kind === "duration" || schema.kind === "size") return checkQuantity(schema, value);
  return isRight(schema, value) ? { value } : { expected: expectation(schema) };
}

function isRight(schema: Schema<unknown>, value: unknown): boolean {
  switch (schema.kind) {
    case "string":
      return typeof value === "string" && inRange(schema, value.length) && matches(schema, value);
    case "enum":
      return typeof value === "string" && schema.values!.includes(value);
    case "url":
      return typeof value === "string" && isUrl(schema, value);
    case "boolean":
      return typeof value === "boolean";
    case "integer":
      return typeof value === "number" && Number.isSafeInteger(value) && inRange(schema, value);
    default:
      return typeof value === "number" && Number.isFinite(value) && inRange(schema, value);
  }
}

/** Checks a number of milliseconds or bytes, or a text with a unit. */
function checkQuantity(schema: Schema<unknown>, value: unknown): Checked {
  const parse = schema.kind === "duration" ? parseDuration : parseSize;
  const count = typeof value === "string" ? parse(value) : value;
  return typeof count === "number" && Number.isSafeInteger(count) && count >= 0 &&
      inRange(schema, count)
    ? { value: count }
    : { expected: expectation(schema) };
}

/** Reads a text as the schema's type, then checks it. */
export function checkText(schema: Schema<unknown>, text: string): Checked {
  switch (schema.kind) {
    case "integer":
      return checkScalar(schema, /^\s*[+-]?\d+\s*$/.test(text) ? Number(text) : text);
    case "string":
      return checkScalar(schema, text);
    default:
      return checkOtherText(schema, text, text.trim());
  }
}

function checkOtherText(schema: Schema<unknown>, text: string, bare: string): Checked {
  switch (schema.kind) {
    case "duration":
    case "size":
      return checkQuantity(schema, /^\d+$/.test(bare) ? Number(bare) : bare);
    case "number":
      return checkScalar(
        schema,
        /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(bare) ? Number(bare) : text,
      );
    case "boolean": {
      const word = bare.toLowerCase();
      if (word === "true" || word === "1") return { value: true };
      if (word === "false" || word === "0") return { value: false };
      return { expected: "true or false" };
    }
    case "enum":
    case "url":
      return checkScalar(schema, bare);
    default:
      return checkScalar(schema, text);
  }
}

/** What is right, in words that follow "must be". */
export function expectation(schema: Schema<unknown>): string {
  if (schema.expected !== undefined) return schema.expected;
  switch (schema.kind) {
    case "string":
      return `a string${bounds(schema, " of ", "character")}` +
        (schema.pattern ? ` that matches ${schema.pattern}` : "");
    case "enum":
      return `one of ${schema.values!.join(", ")}`;
    case "url":
      return schema.protocols
        ? `a URL that begins with ${schema.protocols.map((name) => `${name}://`).join(" or ")}`
        : "a URL";
    case "boolean":
      return "true or false";
    case "integer":
      return `an integer${bounds(schema, " of ", "")}`;
    case "number":
      return `a number${bounds(schema, " of ", "")}`;
    case "duration":
      return `a duration${amounts(schema, formatDuration)}, such as 30s or 250ms`;
    case "size":
      return `a size${amounts(schema, formatSize)}, such as 64MiB or 10MB`;
    case "list":
      return `a list${bounds(schema, " of ", "value")}`;
    case "map":
      return `a mapping${bounds(schema, " of ", "key")}`;
    case "object":
      return "a mapping";
  }
}

/** The bounds of a schema in words, or nothing when it has none. */
function bounds({ min, max }: Schema<unknown>, before: string, unit: string): string {
  const counted = (count: number) =>
    unit === "" ? `${count}` : `${count} ${unit}${count === 1 ? "" : "s"}`;
  if (min !== undefined && max !== undefined) {
    return `${unit === "" ? " from " : before}${min} to ${counted(max)}`;
  }
  if (min !== undefined) return `${before}at least ${counted(min)}`;
  if (max !== undefined) return `${before}at most ${counted(max)}`;
  return "";
}

function amounts({ min, max }: Schema<unknown>, format: (value: number) => string): string {
  if (min !== undefined && max !== undefined) return ` from ${format(min)} to ${format(max)}`;
  if (min !== undefined) return ` of at least ${format(min)}`;
  return max === undefined ? "" : ` of at most ${format(max)}`;
}

function inRange({ min, max }: Schema<unknown>, value: number): boolean {
  return (min === undefined || value >= min) && (max === undefined || value <= max);
}

function matches({ pattern }: Schema<unknown>, value: string): boolean {
  if (pattern === undefined) return true;
  pattern.lastIndex = 0;
  return pattern.test(value);
}

function isUrl({ protocols }: Schema<unknown>, value: string): boolean {
  let url: URL;
  try {
    url = new URL(value);
  } catch {
    return false;
  }
  return protocols === undefined || protocols.includes(url.protocol.slice(0, -1));
}

const MS_IN: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** The bytes of `k`, `kB`, `Ki` or `KiB`, and so on up to `T`; one for `B` and no unit. */
function bytesIn(unit: string): number {
  const power = unit === "" ? 0 : "KMGT".indexOf(unit[0]!.toUpperCase()) + 1;
  return (unit[1] === "i" ? 1024 : 1000) ** power;
}

/** What a duration is written as: the sources are also those of the JSON Schema. */
export const DURATION = String.raw`^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+$`;
/** What a size is written as. */
export const SIZE = String.raw`^\d+(?:\.\d+)? ?(?:[kMGT]B?|KB|[KMGT]iB?|B)?$`;

/** The milliseconds of `30s`, `1m30s` or `250ms`; undefined for anything else, or no whole number. */
export function parseDuration(text: string): number | undefined {
  if (!new RegExp(DURATION).test(text)) return undefined;
  let total = 0;
  let last = Infinity;
  for (const [, count, unit] of text.matchAll(/([\d.]+)(ms|[smhd])/g)) {
    const ms = MS_IN[unit!]!;
    // `30s1m` and `1s1s` are slips, not sums.
    if (ms >= last) return undefined;
    last = ms;
    total += Number(count) * ms;
  }
  return whole(total);
}

/** The bytes of `64MiB`, `64Mi`, `10MB`, `1.5 GiB` or `512`; undefined for anything else. */
export function parseSize(text: string): number | undefined {
  if (!new RegExp(SIZE).test(text)) return undefined;
  const [, count, unit] = /^([\d.]+) ?([A-Za-z]*)$/.exec(text)!;
  return whole(Number(count) * bytesIn(unit!));
}

/** `1.1s` is 1100, though 1.1 * 1000 is a little more. */
function whole(value: number): number | undefined {
  const rounded = Math.round(value);
  return Number.isSafeInteger(rounded) && Math.abs(value - rounded) < 1e-6 ? rounded : undefined;
}

/** Milliseconds as a person writes them: `1m30s`. */
export function formatDuration(ms: number): string {
  if (ms === 0) return "0s";
  let text = "";
  let left = ms;
  for (const [unit, size] of Object.entries(MS_IN).reverse()) {
    const count = Math.floor(left / size);
    if (count > 0) text += `${count}${unit}`;
    left -= count * size;
  }
  return text;
}

/** Bytes as a person writes them: `64MiB`, and plain where no unit fits. */
export function formatSize(bytes: number): string {
  for (const unit of ["TiB", "GiB", "MiB", "KiB"]) {
    const size = bytesIn(unit);
    if (bytes >= size && bytes % size === 0) return `${bytes / size}${unit}`;
  }
  return `${bytes}B`;
}

// --- Checking the merged layers: the value, and every problem

/** What a load leaves behind. */
export interface LoadState {
  readonly schema: Schema<unknown> | undefined;
  readonly root: Node;
  /** The value given to the caller, undefined when the load failed. */
  readonly value: unknown;
  readonly secrets: Secrets;
  readonly sources: readonly ExplainedSource[];
  readonly prefix: string;
}

/**
 * The end of a load: the value, and every problem in its place. What only some loads need
 * stands in functions of its own here, which others needn't compile.
 */
export async function finish(
  schema: StandardSchemaV1,
  native: Schema<unknown> | undefined,
  layers: Layers,
  options: ReadOptions,
): Promise<{ readonly state: LoadState; readonly issues: readonly ConfigIssue[] }> {
  const { problems: { list }, secrets, sources } = layers;
  const root = layers.joins ? await fillRests(native, layers.root) : layers.root;
  secrets.gather = () => gatherSecrets(native, root, [], secrets);
  const value = native === undefined
    ? await checkForeign(schema, root, layers)
    : await checkNative(native, root, layers, options);
  const state: LoadState = {
    schema: native,
    root,
    value: list.length === 0 ? value : undefined,
    secrets,
    sources,
    prefix: options.prefix,
  };
  return { state, issues: list.length === 0 ? [] : await placeAll(list, sources) };
}

async function checkNative(
  schema: Schema<unknown>,
  root: Node,
  { problems, secrets }: Layers,
  { prefix, checkFiles, readFile }: ReadOptions,
): Promise<unknown> {
  const later: ((read: FileReader) => Promise<void>)[] = [];
  const value = check(schema, root, [], root.origin, { problems, secrets, prefix, later });
  // One after the other, so that the same faults always come in the same order.
  if (checkFiles) { for (const ask of later) await ask(readFile); }
  return value;
}

async function checkForeign(
  schema: StandardSchemaV1,
  root: Node,
  layers: Layers,
): Promise<unknown> {
  // It would report what broken values leave out.
  if (layers.problems.list.length > 0) return undefined;
  const result = await schema["~standard"].validate(plain(root));
  if (result.issues === undefined) return result.value;
  const { foreign } = await import("./_foreign.ts");
  for (const issue of result.issues) layers.problems.add(foreign(issue, root, layers));
}

async function fillRests(schema: Schema<unknown> | undefined, root: Branch): Promise<Node> {
  const rest = await import("./_rest.ts");
  return rest.fillRests(schema, root);
}

async function placeAll(
  problems: readonly Problem[],
  sources: readonly ExplainedSource[],
): Promise<readonly ConfigIssue[]> {
  const place = await import("./_place.ts");
  return await place.placeAll(problems, sources);
}

interface CheckContext {
  readonly problems: Problems;
  readonly secrets: Secrets;
  /** The prefix of variables, for naming the one that sets a missing value. */
  readonly prefix: string | undefined;
  /** Gathers the rules that need files; none are asked without it. */
  readonly later?: ((read: FileReader) => Promise<void>)[];
}

/** The value of a node; undefined also when a problem was added. */
export function check(
  schema: Schema<unknown>,
  node: Node | undefined,
  path: Path,
  parent: Origin,
  context: CheckContext,
): unknown {
  if (node === undefined) return absent(schema, path, parent, context);
  if (node.type === "leaf" && node.broken) return undefined;
  switch (schema.kind) {
    case "object":
      if (node.type === "map") return checkSection(schema, node, path, context);
      break;
    case "map":
      if (node.type === "map") return checkMap(schema, node, path, context);
      break;
    case "list":
      if (node.type === "list") return checkList(schema, node, path, context);
      break;
    default:
      if (node.type === "leaf") return checkLeaf(schema, node, path, context);
  }
  return wrong(schema, node, path, context);
}

function absent(
  schema: Schema<unknown>,
  path: Path,
  parent: Origin,
  context: CheckContext,
): unknown {
  const { default: given } = schema;
  if (given !== undefined) return typeof given === "object" ? structuredClone(given) : given;
  if (schema.optional) return undefined;
  if (schema.kind === "object") {
    return checkSection(schema, branch(parent), path, context);
  }
  return lacking(schema, path, parent, context);
}

function lacking(
  schema: Schema<unknown>,
  path: Path,
  parent: Origin,
  context: CheckContext,
): undefined {
  if (context.problems.explain(path)) return undefined;
  const variable = context.prefix === undefined ? undefined : variableName(context.prefix, path);
  context.problems.add({
    code: "missing",
    path,
    message: `is required and must be ${expectation(schema)}` +
      (variable ? `; set it in a file or as ${variable}` : ""),
    origin: parent,
    point: "key",
  });
  return undefined;
}

function checkSection(
  schema: Schema<unknown>,
  node: Branch,
  path: Path,
  context: CheckContext,
): unknown {
  const value: Record<string, unknown> = {};
  for (const [name, field] of fields(schema)) {
    const item = check(field.schema, node.entries.get(name), [...path, name], node.origin, context);
    if (item !== undefined) value[field.name] = item;
  }
  const { rule, fileRule } = schema as ObjectSchema<Record<string, unknown>>;
  // A rule sees only sections whose fields are right, as its type says.
  if ((rule ?? fileRule) === undefined || context.problems.touch(path)) return value;
  const report = (issue: RuleIssue) => reportRule(schema, node, path, issue, context);
  rule?.(value).forEach(report);
  if (fileRule !== undefined) {
    context.later?.push(async (read) => (await fileRule(value, read)).forEach(report));
  }
  return value;
}

function reportRule(
  schema: Schema<unknown>,
  node: Branch,
  path: Path,
  issue: RuleIssue,
  context: CheckContext,
): void {
  const full: (string | number)[] = [...path];
  let section: Schema<unknown> | undefined = schema;
  let at: Node | undefined = node;
  let origin = node.origin;
  for (const key of issue.path) {
    const field: [string, { schema: Schema<unknown> }] | undefined = section?.kind === "object"
      ? [...fields(section)].find(([name, { name: own }]) => name === key || own === key)
      : undefined;
    const name = field?.[0] ?? key;
    full.push(name);
    section = field?.[1].schema ?? section?.item;
    at = at?.type === "map" ? at.entries.get(name) : undefined;
    if (at !== undefined) origin = at.origin;
  }
  context.problems.add({
    code: "invalid_value",
    path: full,
    message: context.secrets.hide(issue.message),
    origin,
    // What isn't there is placed at the section that lacks it.
    point: at === undefined ? "key" : "value",
  });
}

function checkList(
  schema: Schema<unknown>,
  node: Items,
  path: Path,
  context: CheckContext,
): unknown {
  if (!inRange(schema, node.items.length)) return wrong(schema, node, path, context);
  return node.items.map((item, index) =>
    check(schema.item!, item, [...path, index], node.origin, context)
  );
}

function checkMap(
  schema: Schema<unknown>,
  node: Branch,
  path: Path,
  context: CheckContext,
): unknown {
  if (!inRange(schema, node.entries.size)) return wrong(schema, node, path, context);
  return Object.fromEntries(
    [...node.entries].map((
      [key, item],
    ) => [key, check(schema.item!, item, [...path, key], node.origin, context)]),
  );
}

function checkLeaf(
  schema: Schema<unknown>,
  node: Leaf,
  path: Path,
  context: CheckContext,
): unknown {
  // The default was right when the schema was made, and files like to spell it out.
  if (node.value === schema.default && !node.text && node.value !== undefined) return node.value;
  const result = node.text
    ? checkText(schema, node.value as string)
    : checkScalar(schema, node.value);
  return "value" in result ? result.value : wrong(schema, node, path, context);
}

function wrong(
  schema: Schema<unknown>,
  node: Node,
  path: Path,
  context: CheckContext,
): undefined {
  const hidden = isHidden(schema, node, path);
  const near =
    schema.kind === "enum" && node.type === "leaf" && typeof node.value === "string" && !hidden
      ? nearest(node.value, schema.values!)
      : undefined;
  const found = hidden
    ? `${REDACTED}${node.type === "leaf" ? ` (${typeName(node.value)})` : ""}`
    : context.secrets.hide(describe(schema, node));
  const bare = schema.kind === "string" && node.origin.source.yaml !== undefined &&
    node.type === "leaf" && (typeof node.value === "number" || typeof node.value === "boolean");
  context.problems.add({
    code: "invalid_value",
    path,
    message: `must be ${expectation(schema)}, found ${found}` +
      (bare ? "; quote it to make it a string" : "") +
      (near ? `, did you mean ${near}?` : ""),
    origin: node.origin,
    point: "value",
    ...(near ? { suggestion: near } : {}),
  });
  return undefined;
}

function isHidden(schema: Schema<unknown>, node: Node, path: Path): boolean {
  return isSecret(schema, path) || (node.type === "leaf" && node.secret);
}

/** What was found, in a few words; a container is never quoted, since it may hold secrets. */
function describe(schema: Schema<unknown>, node: Node): string {
  const section = schema.kind === "object" || schema.kind === "map" || schema.kind === "list";
  if (node.type === "map") {
    return schema.kind === "map" ? `${node.entries.size} keys` : "a mapping";
  }
  if (node.type === "list") {
    return schema.kind === "list" ? `${node.items.length} values` : "a list";
  }
  const { value } = node;
  if (typeof value === "string" && !section) {
    return JSON.stringify(value.length > 60 ? value.slice(0, 60) + "\u2026" : value);
  }
  return typeof value === "number" || typeof value === "boolean" ? String(value) : typeName(value);
}

function typeName(value: unknown): string {
  if (value === null) return "nothing";
  if (value instanceof Date) return "a date; quote it to make it a string";
  if (value instanceof Uint8Array) return "binary data";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "a mapping" : `a ${typeof value}`;
}
