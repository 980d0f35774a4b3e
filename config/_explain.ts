/** Building an explanation from the nodes of a load. */
import {
  checkText,
  type ExplainedValue,
  type Explanation,
  fields,
  formatExplanation,
  formatPath,
  isContainer,
  isMapping,
  isSecret,
  isSecretName,
  type LayerValue,
  type LoadState,
  type Node,
  type Path,
  REDACTED,
  REST,
  type Secrets,
  variableName,
} from "./values.ts";
import { formatWhere, Positions } from "./_positions.ts";
import type { Schema } from "./schema.ts";

export async function explainLoad(state: LoadState): Promise<Explanation> {
  const positions = new Positions();
  const values: ExplainedValue[] = [];

  const say = async (
    schema: Schema<unknown> | undefined,
    node: Node,
    path: Path,
  ): Promise<LayerValue> => ({
    value: reveal(schema, node, path, state.secrets),
    layer: node.origin.source.layer,
    where: formatWhere(node.origin, await positions.find(node.origin, "value")),
  });

  const add = async (
    schema: Schema<unknown> | undefined,
    node: Node | undefined,
    path: Path,
    fallback: unknown,
  ) => {
    const variable = variableName(state.prefix, path);
    const hidden = isSecret(schema, path) || (node?.type === "leaf" && node.secret);
    const own: LayerValue = node === undefined
      ? {
        value: hidden ? REDACTED : revealDefault(schema, fallback, path, state.secrets),
        layer: "defaults",
        where: "schema",
      }
      : await say(schema, node, path);
    const shadowed: LayerValue[] = [];
    for (const each of node?.shadowed ?? []) shadowed.push(await say(schema, each, path));
    if (node !== undefined && schema?.default !== undefined) {
      shadowed.push({
        value: hidden ? REDACTED : revealDefault(schema, schema.default, path, state.secrets),
        layer: "defaults",
        where: "schema",
      });
    }
    values.push({
      path: formatPath(path),
      ...own,
      secret: hidden,
      ...(schema?.description ? { description: schema.description } : {}),
      ...(variable ? { variable } : {}),
      shadowed,
    });
  };

  const walk = async (
    schema: Schema<unknown> | undefined,
    node: Node | undefined,
    value: unknown,
    path: Path,
  ): Promise<void> => {
    if (schema?.kind === "object" && (node === undefined || node.type === "map")) {
      if (node === undefined && schema.optional) return;
      for (const [name, field] of fields(schema)) {
        const own = isMapping(value) ? value[field.name] : undefined;
        await walk(field.schema, node?.entries.get(name), own, [...path, name]);
      }
      return;
    }
    const entries = node?.type === "map" && (schema === undefined || schema.kind === "map")
      ? node.entries
      : undefined;
    if (entries !== undefined && entries.size > 0) {
      const keys = new Set(entries.keys());
      // A schema of another library may have added defaults.
      if (schema === undefined && isMapping(value)) {
        for (const key of Object.keys(value)) keys.add(key);
      }
      for (const key of keys) {
        const own = isMapping(value) ? value[key] : undefined;
        await walk(schema?.item, entries.get(key), own, [...path, key]);
      }
      return;
    }
    if (node === undefined && schema === undefined && isMapping(value)) {
      for (const key of Object.keys(value)) {
        await walk(undefined, undefined, value[key], [...path, key]);
      }
      return;
    }
    const fallback = schema?.default ?? value;
    if (node !== undefined || fallback !== undefined) await add(schema, node, path, fallback);
  };

  await walk(state.schema, state.root, state.value, []);
  return {
    sources: state.sources,
    values,
    toString: () => formatExplanation(values),
  };
}

/** The data of a node with its secrets hidden. */
function reveal(
  schema: Schema<unknown> | undefined,
  node: Node,
  path: Path,
  secrets: Secrets,
): unknown {
  if (isSecret(schema, path)) return REDACTED;
  switch (node.type) {
    case "leaf": {
      if (node.secret) return REDACTED;
      // What stands in the place of a section may be one of its secrets.
      if (isContainer(schema) || schema?.kind === "list") return node.broken ? undefined : REDACTED;
      const unit = schema?.kind === "duration" || schema?.kind === "size";
      if (!node.text && !(unit && typeof node.value === "string")) {
        return revealPlain(node.value, secrets);
      }
      const text = node.value as string;
      const read = schema === undefined ? undefined : checkText(schema, text);
      return revealPlain(read !== undefined && "value" in read ? read.value : text, secrets);
    }
    case "list": {
      const items = node.items.map((item, index) =>
        reveal(schema?.item, item, [...path, index], secrets)
      );
      if (node.rest !== undefined) items.splice(node.rest, 0, REST);
      return items;
    }
    case "map":
      return Object.fromEntries(
        [...node.entries].map(([key, item]) => {
          const inner = schema?.kind === "object" ? fields(schema).get(key)?.schema : schema?.item;
          return [key, reveal(inner, item, [...path, key], secrets)];
        }),
      );
  }
}

/** A value under the names of TypeScript with its secrets hidden. */
function revealDefault(
  schema: Schema<unknown> | undefined,
  value: unknown,
  path: Path,
  secrets: Secrets,
): unknown {
  if (schema === undefined) return revealPlain(value, secrets);
  if (isSecret(schema, path)) return REDACTED;
  if (Array.isArray(value)) {
    return value.map((item, index) => revealDefault(schema.item, item, [...path, index], secrets));
  }
  if (!isMapping(value)) return revealPlain(value, secrets);
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      const inner = schema.kind === "object"
        ? [...fields(schema).values()].find(({ name }) => name === key)?.schema
        : schema.item;
      return [key, revealDefault(inner, item, [...path, key], secrets)];
    }),
  );
}

function revealPlain(value: unknown, secrets: Secrets): unknown {
  if (typeof value === "string") return secrets.hide(value);
  if (Array.isArray(value)) return value.map((item) => revealPlain(item, secrets));
  if (!isMapping(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      isSecretName(key) ? REDACTED : revealPlain(item, secrets),
    ]),
  );
}
