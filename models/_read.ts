import type { DescMessage } from "@bufbuild/protobuf";
import { readerOf } from "./_decode.ts";
import { Decoding, type DecodingOptions } from "./_decoding.ts";
import { type Finding, inOrder, MAX_FINDINGS, type Segment } from "./_finding.ts";
import { isSurelyRight } from "./_quick.ts";
import { walk } from "./_walk.ts";

/** A message that was read, and everything that is wrong with it. */
export interface Reading {
  readonly message: unknown;
  /** In document order. */
  readonly findings: readonly Finding[];
}

/** Makes a message of a JSON value and asks the rules, if they are to be asked. */
export function read(
  schema: DescMessage,
  value: unknown,
  options: DecodingOptions,
  earlier: readonly Finding[] = [],
): Reading {
  const decoding = new Decoding(options);
  const message = readerOf(schema)(value, decoding);
  const found = [...earlier, ...decoding.findings];
  if (found.length === 0 && (!options.rulesFollow || isSurelyRight(schema, message))) {
    return { message, findings: [] };
  }
  const broken = options.rulesFollow ? walk(schema, message).findings : [];
  if (found.length === 0) return { message, findings: broken };
  const findings = inOrder(schema, [...found, ...withoutEchoes(broken, found)]);
  return { message, findings: findings.slice(0, MAX_FINDINGS) };
}

/**
 * Leaves out what the rules say only because something could not be read: the
 * field itself is empty now, and what refers to it refers to nothing.
 */
function withoutEchoes(broken: readonly Finding[], found: readonly Finding[]): Finding[] {
  const lost = found.map(lostPath);
  const paths = new Set(lost.map(keyOf));
  const partsLost = new Set<string>();
  for (const path of lost) {
    // Of a package's functions the whole list may be lost, one of them, or its key.
    const list = path.findLastIndex((it) => it === "functions" || it === "dependencies");
    const rest = path.slice(list + 1);
    if (list >= 0 && (rest.length < 2 || rest[1] === "key")) {
      partsLost.add(keyOf(path.slice(0, list)));
    }
  }
  return broken.filter(({ code, segments }) => {
    for (let i = 0; i <= segments.length; i++) {
      if (paths.has(keyOf(segments.slice(0, i)))) return false;
    }
    // The package stands above classes[i].functions[j].function_key.
    return code !== "UnknownFunction" || !partsLost.has(keyOf(segments.slice(0, -5)));
  });
}

/** The field that has no value because of a finding. */
function lostPath({ segments, meant }: Finding): readonly Segment[] {
  return meant === undefined ? segments : [...segments.slice(0, -1), meant];
}

function keyOf(path: readonly Segment[]): string {
  return JSON.stringify(path);
}
