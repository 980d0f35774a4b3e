import type { CachePart } from "./_part.ts";
import type { CacheState, CacheStatus } from "./status.ts";

// From best to worst.
const STATES: readonly CacheState[] = ["live", "filling", "reconnecting", "closed"];

/** The status of all parts together. */
export function statusOf(parts: readonly CachePart[], closed: boolean): CacheStatus {
  const feeds = parts.flatMap((part) => part.feeds);
  const indexes = parts.flatMap((part) => part.indexes);
  const sum = (count: (index: typeof indexes[number]) => number) =>
    indexes.reduce((total, index) => total + count(index), 0);
  const revisions = feeds.map((feed) => feed.revision);
  const worst = Math.max(0, ...feeds.map((feed) => STATES.indexOf(feed.state)));
  return {
    state: closed ? "closed" : STATES[worst]!,
    revision: revisions.includes(undefined) ? undefined : (revisions as string[]).toSorted()[0],
    quietMs: Math.max(0, ...feeds.map((feed) => feed.quietMs)),
    unansweredMs: Math.max(0, ...feeds.map((feed) => feed.unansweredMs)),
    records: sum((index) => index.size),
    undecodable: sum((index) => index.undecodable),
    valueBytes: sum((index) => index.bytes),
    error: feeds.find((feed) => feed.error)?.error,
  };
}
