/** Settings by their path: the arguments of a program, `--set server.port=8080`, and remote ones. */
import {
  type Context,
  fields,
  fileName,
  type Node,
  type Origin,
  place,
  type Target,
  unknownKey,
} from "./values.ts";
import type { Schema } from "./schema.ts";

/** The nodes of `--set path=value` among the arguments of a program, lowest first. */
export function fromArguments(
  schema: Schema<unknown> | undefined,
  args: readonly string[],
  context: Context,
): Node[] {
  const nodes: Node[] = [];
  for (const text of settings(args)) {
    const equals = text.indexOf("=");
    // What has no `=` may be a secret that went astray, and isn't shown.
    const name = equals > 0 ? `--set ${shown(text.slice(0, equals))}` : "--set";
    const origin: Origin = { source: { layer: "arguments", name }, at: [] };
    if (equals <= 0) {
      context.problems.add({
        code: "malformed",
        path: [],
        message: "must be written --set path=value, such as --set server.port=8080",
        origin,
        point: "key",
      });
      continue;
    }
    const target = resolveArgument(schema, text.slice(0, equals).split("."), origin, context);
    if (target === undefined) continue;
    const node = place(
      undefined,
      target,
      { text: text.slice(equals + 1) },
      origin,
      context,
    );
    if (node !== undefined) nodes.push(node);
  }
  return nodes;
}

/** The nodes of texts by their path, from a remote layer. */
export function fromPaths(
  schema: Schema<unknown> | undefined,
  name: string,
  values: Readonly<Record<string, string>>,
  context: Context,
): Node[] {
  const nodes: Node[] = [];
  // A section as a whole comes before its parts, which win.
  for (const path of Object.keys(values).sort()) {
    const text = values[path];
    const origin: Origin = { source: { layer: "remote", name: `${name} ${shown(path)}` }, at: [] };
    if (typeof text !== "string") {
      throw new TypeError(`Cannot use the remote layer ${name}: its values must be strings`);
    }
    const target = resolveArgument(schema, path.split("."), origin, context);
    const node = target && place(undefined, target, { text }, origin, context);
    if (node !== undefined) nodes.push(node);
  }
  return nodes;
}

function settings(args: readonly string[]): string[] {
  const found: string[] = [];
  for (const [index, arg] of args.entries()) {
    if (arg === "--") break;
    if (arg === "--set") found.push(args[index + 1] ?? "");
    else if (arg.startsWith("--set=")) found.push(arg.slice("--set=".length));
  }
  return found;
}

function shown(path: string): string {
  return /^[\w.-]{1,200}$/.test(path) ? path : JSON.stringify(path.slice(0, 200));
}

function resolveArgument(
  schema: Schema<unknown> | undefined,
  segments: readonly string[],
  origin: Origin,
  context: Context,
): Target | undefined {
  const path: string[] = [];
  let at = schema;
  for (const segment of segments) {
    if (at?.kind === "object") {
      const name = fields(at).has(segment) ? segment : fileName(segment);
      const field = fields(at).get(name);
      if (field === undefined || (segment !== name && segment !== field.name)) {
        unknownKey(at, segment, origin, path, context);
        return undefined;
      }
      path.push(name);
      at = field.schema;
    } else if (
      segment === "" || segment === "__proto__" || (at !== undefined && at.kind !== "map")
    ) {
      context.problems.add({
        code: "unknown_key",
        path: [...path, segment],
        message: "is not a known setting",
        origin,
        point: "key",
      });
      return undefined;
    } else {
      path.push(segment);
      at = at?.item;
    }
  }
  return { path, schema: at };
}
