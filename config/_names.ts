/** Names of settings: camelCase in TypeScript, snake_case in files, upper case in variables. */
import type { ObjectSchema, Schema } from "./schema.ts";

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

const isUpper = (letter = "") => letter >= "A" && letter <= "Z";
const isLower = (letter = "") => letter >= "a" && letter <= "z";
const isDigit = (letter = "") => letter >= "0" && letter <= "9";

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
    else text += `[${JSON.stringify(key.length > 100 ? key.slice(0, 100) + "…" : key)}]`;
  }
  return text;
}

/** A field of a section. */
export interface Field {
  readonly name: string;
  readonly schema: Schema<unknown>;
}

const fieldsOf = new WeakMap<object, ReadonlyMap<string, Field>>();

/** The fields of a section by their spelling in files. Kept by its `fields`, which sections may share. */
export function fields(schema: Schema<unknown>): ReadonlyMap<string, Field> {
  const all = (schema as ObjectSchema<Record<string, unknown>>).fields;
  let known = fieldsOf.get(all);
  if (known === undefined) {
    known = new Map(
      Object.entries(all).map(([name, field]) => [fileName(name), { name, schema: field }]),
    );
    fieldsOf.set(all, known);
  }
  return known;
}

const FIELD_NAME = /^[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)*$/;

/** Refuses a section with names that a file or variable couldn't spell without ambiguity. */
export function assertFieldNames(schema: Schema<unknown>): void {
  const known = fields(schema);
  for (const name of Object.keys((schema as ObjectSchema<Record<string, unknown>>).fields)) {
    if (!FIELD_NAME.test(name)) {
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
