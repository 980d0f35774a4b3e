/** What the layers say, before it is checked: values that know where they came from. */
import type { LayerName } from "./explanation.ts";

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

export interface Items extends Located {
  readonly type: "list";
  readonly items: readonly Node[];
  /** The index at which the values of the layers below go, when the list asks for them. */
  readonly rest?: number;
}

export interface Leaf extends Located {
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

export function leaf(
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
    let node = upper;
    if (upper.type === "list" && upper.rest !== undefined) {
      // What isn't a list can't be joined, and is left for the schema to refuse.
      if (lower.type !== "list") return lower;
      node = join(lower, upper);
    }
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
