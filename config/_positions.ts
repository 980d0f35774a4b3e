/** Lines and columns of values in YAML files, by npm yaml: loaded only when somebody asks. */
import type { Document, LineCounter, Node as YamlNode, Pair } from "yaml";
import type { Origin, Position, Source } from "./_tree.ts";

interface Parsed {
  readonly document: Document.Parsed;
  readonly lines: LineCounter;
}

/** Finds positions; keeps each file parsed. */
export class Positions {
  readonly #parsed = new Map<Source, Promise<Parsed | undefined>>();

  /** Where a key or value stands, or undefined when its source has no lines. */
  async find(origin: Origin, point: "key" | "value"): Promise<Position | undefined> {
    const { source, at } = origin;
    if (source.position !== undefined) return source.position;
    if (source.yaml === undefined || (at.length === 0 && point === "key")) return undefined;
    let parsed = this.#parsed.get(source);
    if (parsed === undefined) {
      parsed = parse(source.yaml);
      this.#parsed.set(source, parsed);
    }
    const { isAlias, isMap, isScalar, isSeq } = await import("yaml");
    const file = await parsed;
    if (file === undefined) return undefined;

    /** The pair of a key, also one that came by a merge key. */
    const pairOf = (map: YamlNode | undefined, key: string, depth: number): Pair | undefined => {
      const node = resolve(map);
      if (depth > 16) return undefined;
      if (isSeq(node)) {
        for (const item of node.items) {
          const pair = pairOf(item as YamlNode, key, depth + 1);
          if (pair !== undefined) return pair;
        }
      }
      if (!isMap(node)) return undefined;
      const named = (name: string) =>
        node.items.find(({ key: own }) =>
          isScalar(own) && (String(own.value) === name || own.source === name)
        );
      const own = named(key);
      if (own !== undefined) return own;
      const merged = named("<<");
      return merged === undefined ? undefined : pairOf(merged.value as YamlNode, key, depth + 1);
    };
    const resolve = (node: YamlNode | undefined): YamlNode | undefined =>
      isAlias(node) ? node.resolve(file.document) : node;

    let node: YamlNode | undefined = file.document.contents ?? undefined;
    let offset = node?.range?.[0];
    for (const [index, key] of at.entries()) {
      const last = index === at.length - 1;
      const inside = resolve(node);
      if (typeof key === "number" && isSeq(inside)) {
        node = inside.items[key] as YamlNode | undefined;
        offset = node?.range?.[0] ?? offset;
        continue;
      }
      const pair = pairOf(inside, String(key), 0);
      if (pair === undefined) break;
      const start = (pair.key as YamlNode | null)?.range?.[0];
      node = (pair.value as YamlNode | null) ?? undefined;
      const [from, to] = node?.range ?? [];
      // A value that isn't written has no place of its own.
      offset = (last && point === "key") || from === to ? start ?? offset : from ?? start ?? offset;
    }
    if (offset === undefined) return undefined;
    const { line, col } = file.lines.linePos(offset);
    return { line, column: col };
  }
}

async function parse(text: string): Promise<Parsed | undefined> {
  const { LineCounter, parseDocument } = await import("yaml");
  const lines = new LineCounter();
  try {
    const document = parseDocument(text, {
      lineCounter: lines,
      prettyErrors: false,
      logLevel: "silent",
      uniqueKeys: false,
    });
    return { document, lines };
  } catch {
    // What @std/yaml could read and this library can't has no positions.
    return undefined;
  }
}

/** A place for people: `config/default.yaml:3:5`, or the name alone. */
export function formatWhere({ source }: Origin, position: Position | undefined): string {
  return position === undefined
    ? source.name
    : `${source.name}:${position.line}:${position.column}`;
}
