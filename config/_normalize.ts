/** Turning what a layer says into nodes under the spelling of files, with the schema's help. */
import { fields, fileName, formatPath, type Path } from "./_names.ts";
import { MAX_SUGGESTIONS, nearest, type Problems } from "./_problems.ts";
import { branch, leaf, list, type Node, type Origin } from "./_tree.ts";
import type { Schema } from "./schema.ts";

/** A text after `${NAME}` was replaced. */
export interface Expanded {
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
export const MAX_DEPTH = 64;

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
  if (Array.isArray(value)) {
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

/** Nodes of a text whose type the schema decides: from a variable, an argument or `${NAME}`. */
export function fromText(
  schema: Schema<unknown> | undefined,
  text: string,
  origin: Origin,
  path: Path,
  context: Context,
  secret: boolean = false,
): Node | undefined {
  spend(path, context);
  const bare = text.trim();
  const untouched = { ...context, expand: undefined };
  switch (schema?.kind) {
    case "object":
    case "map":
      return fromJson(schema, bare, origin, path, untouched, secret);
    case "list": {
      if (bare.startsWith("[")) return fromJson(schema, bare, origin, path, untouched, secret);
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
    default:
      return leaf(origin, text, { text: true, secret });
  }
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
      context.problems.add({
        code: "ambiguous",
        path: [...path, name],
        message: `is given twice here, as ${other} and as ${key}`,
        origin: at,
        point: "key",
      });
      continue;
    }
    spelled.set(name, key);
    const node = fromValue(field.schema, value[key], at, [...path, name], context);
    if (node !== undefined) entries.set(name, node);
  }
  return branch(origin, entries);
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

function refuseKey(key: string, origin: Origin, path: Path, context: Context): boolean {
  if (key !== "__proto__") return false;
  context.problems.add({
    code: "invalid_value",
    path,
    message: "can't be used as a key",
    origin,
    point: "key",
  });
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
