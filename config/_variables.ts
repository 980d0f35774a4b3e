/** Which setting a variable names. */
import { fields, formatPath, type Path, variableName, variableSegment } from "./_names.ts";
import { type Context, fromText } from "./_normalize.ts";
import { MAX_SUGGESTIONS, nearest } from "./_problems.ts";
import { type Branch, branch, leaf, merge, type Node, type Origin, type Source } from "./_tree.ts";
import type { Schema } from "./schema.ts";

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
  const given = new Map<string, string>();
  const targets: { variable: Variable; target: Target }[] = [];
  for (const variable of [...variables].sort((a, b) => a.name < b.name ? -1 : 1)) {
    const target = resolveName(prefix, variable.stands ?? variable.name, schema, known);
    const origin: Origin = { source: variable.source, at: [] };
    if (target === undefined) {
      reportUnknown(variable, origin, names ??= variableNames(prefix, schema, known), context);
    } else if (target === "ambiguous") {
      context.problems.add({
        code: "ambiguous",
        path: [],
        message: `names more than one key of a map; write the map as JSON`,
        origin,
        point: "key",
      });
    } else {
      const path = target.path.join("\0");
      const other = given.get(path);
      if (other === undefined) targets.push({ variable, target });
      else reportTwice(target.path, other, variable, context);
      given.set(path, variable.name);
    }
  }
  let root: Node | undefined;
  for (const { variable, target } of targets) {
    const origin: Origin = { source: variable.source, at: [] };
    const above = target.path.map((_, index) => given.get(target.path.slice(0, index).join("\0")))
      .find((name) => name !== undefined);
    if (above !== undefined) {
      reportTwice(target.path, above, variable, context);
      continue;
    }
    const expanded = variable.broken
      ? null
      : variable.expandable
      ? context.expand?.(variable.text, origin, target.path)
      : undefined;
    root = place(root, target, expanded === undefined ? variable : expanded, origin, context);
  }
  return root?.type === "map" ? root : undefined;
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

function reportTwice(path: Path, other: string, variable: Variable, context: Context): void {
  context.problems.add({
    code: "ambiguous",
    path,
    message: `is given twice, by ${other} and by ${variable.name}`,
    origin: { source: variable.source, at: [] },
    point: "key",
  });
}

function reportUnknown(
  variable: Variable,
  origin: Origin,
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
    origin,
    point: "key",
    ...(meant ? { suggestion: meant, meant: formatPath(names.get(base!)!) } : {}),
  });
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
      const matches = node?.type === "map"
        ? [...node.entries.keys()].filter((name) => variableSegment(name) === segment)
        : [];
      if (matches.length > 1) return "ambiguous";
      key = matches[0] ?? segment.toLowerCase();
      at = at?.item;
    }
    if (key === undefined) return undefined;
    path.push(key);
    node = node?.type === "map" ? node.entries.get(key) : undefined;
  }
  return { path, schema: at };
}
