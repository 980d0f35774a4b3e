import type { Revision } from "../port.ts";

/**
 * How a cache stands to its store:
 *
 * - `filling`: a list is under way, the first or one after the store dropped history that the cache
 *   hadn't seen; reads go to the store
 * - `live`: changes come as they happen
 * - `reconnecting`: the store doesn't answer; reads are answered from memory for `maxStaleMs`, and
 *   then go to the store
 * - `closed`: the cache or its store was disposed of
 */
export type CacheState = "filling" | "live" | "reconnecting" | "closed";

/** How a cache of `cached` is. All its parts together: the worst state, the lowest revision. */
export interface CacheStatus {
  /** How it stands to its store. */
  readonly state: CacheState;
  /** What it holds is the store's at this revision; `undefined` before it was filled. */
  readonly revision: Revision | undefined;
  /** For how many milliseconds neither a change nor a bookmark has come. */
  readonly quietMs: number;
  /**
   * For how many milliseconds the store has not answered: neither by a change, nor by a bookmark,
   * nor to the check that is made every `checkEveryMs`.
   */
  readonly unansweredMs: number;
  /** How many records it knows. */
  readonly records: number;
  /** How many of them can't be decoded. Reads that meet one fail with `"corrupt"` and its key. */
  readonly undecodable: number;
  /** How many bytes of values it holds. */
  readonly valueBytes: number;
  /** Why it is reconnecting. */
  readonly error: Error | undefined;
}
