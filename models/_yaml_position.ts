import type { Document, LineCounter, Node, Pair, YAMLMap } from "yaml";
import type { Finding, Position, Segment } from "./_finding.ts";
import { camelCase } from "./_keys.ts";

type Yaml = typeof import("yaml");

/** Finds where findings stand in a text; undefined where that can't be told. */
export async function positionsIn(
  text: string,
  findings: readonly Finding[],
): Promise<(Position | undefined)[]> {
  // Loading it costs more than reading most documents, so only those with faults pay.
  const yaml = await import("yaml");
  const lines = new yaml.LineCounter();
  let document: Document;
  try {
    document = yaml.parseDocument(text, { lineCounter: lines, uniqueKeys: false });
  } catch {
    // Too deep for the library, or no permission for the variables it looks at
    // (LOG_STREAM, LOG_TOKENS): the issues matter more than their places.
    return findings.map(() => undefined);
  }
  const targets = aliasTargets(yaml, document);
  const pairs = new PairIndex(yaml);
  return findings.map((finding) => {
    const offset = offsetOf(yaml, document, targets, pairs, finding);
    return offset === undefined ? undefined : positionAt(lines, offset);
  });
}

function positionAt(lines: LineCounter, offset: number): Position {
  const { line, col } = lines.linePos(offset);
  return { line, column: col };
}

/** What each alias stands for, in one pass; the library would search anew for each. */
function aliasTargets(yaml: Yaml, document: Document): Map<unknown, Node> {
  const anchors = new Map<string, Node>();
  const targets = new Map<unknown, Node>();
  yaml.visit(document, {
    Value: (_, node) => {
      if (node.anchor !== undefined) anchors.set(node.anchor, node as Node);
    },
    Alias: (_, alias) => {
      const target = anchors.get(alias.source);
      if (target !== undefined) targets.set(alias, target);
    },
  });
  return targets;
}

/** Offset of a path, or of what is left of it in the document. */
function offsetOf(
  yaml: Yaml,
  document: Document,
  targets: Map<unknown, Node>,
  pairs: PairIndex,
  { segments, ofKey }: Finding,
): number | undefined {
  let node: unknown = document.contents;
  let offset = startOf(node);
  for (let i = 0; i < segments.length; i++) {
    node = targets.get(node) ?? node;
    const segment = segments[i]!;
    if (yaml.isSeq(node) && typeof segment === "number") {
      node = node.items[segment];
      offset = startOf(node) ?? offset;
    } else if (yaml.isMap(node)) {
      const pair = pairs.find(node, segment);
      if (pair === undefined) return offset;
      const isLast = i === segments.length - 1;
      node = pair.value;
      // A value that is left empty has no text to point at.
      const pointsAtKey = (ofKey === true && isLast) || isEmpty(yaml, node);
      offset = startOf(pointsAtKey ? pair.key : node) ?? offset;
    } else return offset;
  }
  return offset;
}

/** Finds the entries of maps by key; a map is gone through once, however much is wrong in it. */
class PairIndex {
  readonly #yaml: Yaml;
  readonly #maps = new Map<YAMLMap, Map<string, Pair>>();

  constructor(yaml: Yaml) {
    this.#yaml = yaml;
  }

  find(map: YAMLMap, segment: Segment): Pair | undefined {
    let pairs = this.#maps.get(map);
    if (pairs === undefined) {
      pairs = new Map();
      for (const pair of map.items) {
        if (this.#yaml.isScalar(pair.key)) pairs.set(String(pair.key.value), pair);
      }
      this.#maps.set(map, pairs);
    }
    const key = String(segment);
    return pairs.get(key) ?? pairs.get(camelCase(key));
  }
}

function isEmpty(yaml: Yaml, node: unknown): boolean {
  return node === null || (yaml.isScalar(node) && node.range?.[0] === node.range?.[1]);
}

function startOf(node: unknown): number | undefined {
  return (node as Node | null | undefined)?.range?.[0];
}
