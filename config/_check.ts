/** Checking the merged layers: the value, and every problem. */
import type { ConfigIssue } from "./errors.ts";
import type { ExplainedSource } from "./explanation.ts";
import { fields, type Path, variableName } from "./_names.ts";
import { nearest, type Problems } from "./_problems.ts";
import type { Layers, ReadOptions } from "./_read_layers.ts";
import { gatherSecrets, isSecret, REDACTED, type Secrets } from "./_redact.ts";
import { checkScalar, checkText, expectation, inRange } from "./_scalars.ts";
import { type Branch, branch, type Leaf, type Node, type Origin, plain } from "./_tree.ts";
import type { FileReader, ObjectSchema, RuleIssue, Schema } from "./schema.ts";
import type { StandardSchemaV1 } from "./standard_schema.ts";

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

export async function finish(
  schema: StandardSchemaV1,
  native: Schema<unknown> | undefined,
  layers: Layers,
  options: ReadOptions,
): Promise<{ readonly state: LoadState; readonly issues: readonly ConfigIssue[] }> {
  const { problems, secrets, sources } = layers;
  let root: Node = layers.root;
  if (layers.joins) {
    const { fillRests } = await import("./_rest.ts");
    root = fillRests(native, root);
  }
  secrets.later(() => gatherSecrets(native, root, [], secrets));
  let value: unknown;
  if (native !== undefined) {
    const later: ((read: FileReader) => Promise<void>)[] = [];
    const context = { problems, secrets, prefix: options.prefix, later };
    value = check(native, root, [], root.origin, context);
    // One after the other, so that the same faults always come in the same order.
    if (options.checkFiles) { for (const ask of later) await ask(options.readFile); }
  } else if (problems.list.length === 0) {
    // A schema of another library would report what broken values leave out.
    const result = await schema["~standard"].validate(plain(root));
    if (result.issues === undefined) value = result.value;
    else {
      const { foreign } = await import("./_foreign.ts");
      for (const issue of result.issues) problems.add(foreign(issue, root, layers));
    }
  }
  const state: LoadState = {
    schema: native,
    root,
    value: problems.list.length === 0 ? value : undefined,
    secrets,
    sources,
    prefix: options.prefix,
  };
  if (problems.list.length === 0) return { state, issues: [] };
  const { placeAll } = await import("./_place.ts");
  return { state, issues: await placeAll(problems.list, sources) };
}

export interface CheckContext {
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
      if (node.type === "list" && inRange(schema, node.items.length)) {
        return node.items.map((item, index) =>
          check(schema.item!, item, [...path, index], node.origin, context)
        );
      }
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
  if ((rule ?? fileRule) !== undefined && !context.problems.touch(path)) {
    const report = (issue: RuleIssue) => reportRule(schema, node, path, issue, context);
    rule?.(value).forEach(report);
    if (fileRule !== undefined) {
      context.later?.push(async (read) => (await fileRule(value, read)).forEach(report));
    }
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
  if ("value" in result) return result.value;
  const near =
    schema.kind === "enum" && typeof node.value === "string" && !isHidden(schema, node, path)
      ? nearest(node.value, schema.values!)
      : undefined;
  return wrong(schema, node, path, context, near);
}

function wrong(
  schema: Schema<unknown>,
  node: Node,
  path: Path,
  context: CheckContext,
  near?: string,
): undefined {
  const found = isHidden(schema, node, path)
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
    return JSON.stringify(value.length > 60 ? value.slice(0, 60) + "…" : value);
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
