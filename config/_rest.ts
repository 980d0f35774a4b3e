/** Putting the default of a list where `...` found nothing in the layers. */
import { fields, fromValue, list, MAX_VALUES, type Node, type Origin, Problems } from "./values.ts";
import type { Schema } from "./schema.ts";

const ORIGIN: Origin = { source: { layer: "defaults", name: "schema" }, at: [] };

/** The node with no list left that waits for the layers below. */
export function fillRests(schema: Schema<unknown> | undefined, node: Node): Node {
  if (node.type === "map") {
    for (const [key, item] of node.entries) {
      const inner = schema?.kind === "object" ? fields(schema).get(key)?.schema : schema?.item;
      node.entries.set(key, fillRests(inner, item));
    }
    return node;
  }
  if (node.type !== "list" || node.rest === undefined) return node;
  const { items, rest, origin, shadowed } = node;
  const filled = list(origin, [
    ...items.slice(0, rest),
    ...defaultItems(schema),
    ...items.slice(rest),
  ]);
  filled.shadowed = shadowed;
  return filled;
}

function defaultItems(schema: Schema<unknown> | undefined): readonly Node[] {
  if (schema?.default === undefined) return [];
  const problems = new Problems();
  const budget = { left: MAX_VALUES };
  const node = fromValue(schema, schema.default, ORIGIN, [], { problems, root: schema, budget });
  return node?.type === "list" ? node.items : [];
}
