/** Lines and columns of values in YAML files, by npm yaml: loaded only when somebody asks. */
import type { Document, LineCounter, Node as YamlNode, Pair, YAMLMap } from "yaml";
import { withoutDebugVariables } from "./_runtime_later.ts";
import type { Origin, Position, Source } from "./values.ts";

/** Finds positions; keeps each file parsed. */
export class Positions {
  readonly #files = new Map<Source, Promise<YamlPositions | undefined>>();

  /** Where a key or value stands, or undefined when its source has no lines. */
  async find({ source, at }: Origin, point: "key" | "value"): Promise<Position | undefined> {
    if (source.position !== undefined) return source.position;
    if (source.yaml === undefined || (at.length === 0 && point === "key")) return undefined;
    let file = this.#files.get(source);
    if (file === undefined) {
      file = YamlPositions.parse(source.yaml);
      this.#files.set(source, file);
    }
    return (await file)?.find(at, point);
  }
}

/** A place for people: `config/default.yaml:3:5`, or the name alone. */
export function formatWhere({ source }: Origin, position: Position | undefined): string {
  return position === undefined
    ? source.name
    : `${source.name}:${position.line}:${position.column}`;
}

type Yaml = typeof import("yaml");

/** How many merge keys may lead to one another. */
const MAX_MERGES = 16;

class YamlPositions {
  readonly #yaml: Yaml;
  readonly #document: Document.Parsed;
  readonly #lines: LineCounter;
  readonly #pairs = new Map<YAMLMap, ReadonlyMap<string, Pair>>();

  private constructor(yaml: Yaml, document: Document.Parsed, lines: LineCounter) {
    this.#yaml = yaml;
    this.#document = document;
    this.#lines = lines;
  }

  static async parse(text: string): Promise<YamlPositions | undefined> {
    const yaml = await import("yaml");
    const lines = new yaml.LineCounter();
    try {
      const document = withoutDebugVariables(() =>
        yaml.parseDocument(text, {
          lineCounter: lines,
          prettyErrors: false,
          logLevel: "silent",
          uniqueKeys: false,
        })
      );
      return new YamlPositions(yaml, document, lines);
    } catch {
      // What @std/yaml could read and this library can't has no positions.
      return undefined;
    }
  }

  /** The position that a way of keys leads to, or of the last of them that is there. */
  find(at: readonly (string | number)[], point: "key" | "value"): Position | undefined {
    let node: YamlNode | undefined = this.#document.contents ?? undefined;
    let offset = node?.range?.[0];
    for (const [index, key] of at.entries()) {
      const inside = this.#resolve(node);
      if (typeof key === "number") {
        if (!this.#yaml.isSeq(inside)) break;
        node = inside.items[key] as YamlNode | undefined;
        offset = node?.range?.[0] ?? offset;
        continue;
      }
      const pair = this.#pair(inside, key, 0);
      if (pair === undefined) break;
      const start = (pair.key as YamlNode | null)?.range?.[0] ?? offset;
      node = (pair.value as YamlNode | null) ?? undefined;
      const [from, to] = node?.range ?? [];
      // A value that isn't written has no place of its own.
      const unwritten = from === undefined || from === to;
      const keyWanted = index === at.length - 1 && point === "key";
      offset = keyWanted || unwritten ? start : from;
    }
    if (offset === undefined) return undefined;
    const { line, col } = this.#lines.linePos(offset);
    return { line, column: col };
  }

  #resolve(node: YamlNode | undefined): YamlNode | undefined {
    return this.#yaml.isAlias(node) ? node.resolve(this.#document) : node;
  }

  /** The pair of a key, also one that came by a merge key. */
  #pair(node: YamlNode | undefined, key: string, merges: number): Pair | undefined {
    if (merges > MAX_MERGES) return undefined;
    const inside = this.#resolve(node);
    if (this.#yaml.isSeq(inside)) {
      for (const item of inside.items) {
        const pair = this.#pair(item as YamlNode, key, merges + 1);
        if (pair !== undefined) return pair;
      }
    }
    if (!this.#yaml.isMap(inside)) return undefined;
    const pairs = this.#pairsOf(inside);
    const own = pairs.get(key);
    if (own !== undefined) return own;
    const merged = pairs.get("<<");
    return merged && this.#pair(merged.value as YamlNode, key, merges + 1);
  }

  #pairsOf(map: YAMLMap): ReadonlyMap<string, Pair> {
    let pairs = this.#pairs.get(map);
    if (pairs === undefined) {
      const named = new Map<string, Pair>();
      for (const pair of map.items) {
        if (!this.#yaml.isScalar(pair.key)) continue;
        // The two libraries read some keys differently, `0o17` for one: both spellings lead here.
        for (const name of [pair.key.source, String(pair.key.value)]) {
          if (name !== undefined && !named.has(name)) named.set(name, pair);
        }
      }
      pairs = named;
      this.#pairs.set(map, pairs);
    }
    return pairs;
  }
}
