import type { KeyValueStore } from "../port.ts";
import type { Feed } from "./_feed.ts";

/** What the parts of a cache have in common. */
export interface PartOptions {
  readonly store: KeyValueStore;
  readonly keyPrefix: string;
  /** The most bytes of values to hold in this part. */
  readonly maxBytes: number;
  readonly maxStaleMs: number;
  readonly maxWaitMs: number;
  /** Throws if the cache is closed, or the call aborted. */
  readonly checkOpen: (what: string, signal: AbortSignal | undefined) => void;
}

/** What can be counted of an index. */
export interface Counted {
  readonly size: number;
  readonly bytes: number;
  readonly undecodable: number;
}

/** A part of a cache: the records of one kind. */
export interface CachePart {
  readonly feeds: readonly Feed[];
  readonly indexes: readonly Counted[];
}
