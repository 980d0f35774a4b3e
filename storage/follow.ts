import { following } from "./_following.ts";
import { stoppable } from "./_watch.ts";
import type { StorageError } from "./errors.ts";
import type { Batch, CallOptions, KeyValueStore } from "./port.ts";

/** Options of {@linkcode follow}. */
export interface FollowOptions extends CallOptions {
  /**
   * How many entries to list at a time.
   *
   * @default {500}
   */
  readonly pageSize?: number | undefined;
  /**
   * Told each time that the store is unavailable, before it is tried again.
   *
   * @default {undefined}
   */
  readonly onUnavailable?: ((error: StorageError) => void) | undefined;
  /**
   * The source of chance for the pauses, in [0, 1).
   *
   * @default {Math.random}
   */
  readonly random?: (() => number) | undefined;
}

/** What {@linkcode follow} delivers: changes to apply to what is known, in order. */
export interface FollowBatch extends Batch {
  /**
   * Whether all that was there at `revision` has been delivered. It is false while a list is
   * under way, whose pages are of different moments.
   */
  readonly complete: boolean;
}

/**
 * Follows what is under a prefix: lists it, and then watches it. When the history that the watch
 * needs is gone it lists again, and delivers what differs from what it delivered before. So the
 * events, applied in order, always lead to the state of the store; what was overwritten before it
 * could be listed is not among them. While the store is unavailable it is tried again.
 *
 * It goes on until the consumer stops, the signal fires (`"aborted"`) or the store is closed
 * (`"closed"`); other failures are thrown. It remembers the keys, not the values.
 *
 * @example
 * ```ts
 * import { follow, memoryStore, put } from "@oprc/storage";
 * import { assertEquals } from "@std/assert";
 *
 * const store = memoryStore();
 * await put(store, "a", new Uint8Array([1]));
 * const state = new Map<string, Uint8Array>();
 * for await (const { events, complete } of follow(store, "")) {
 *   for (const event of events) {
 *     if (event.type === "put") state.set(event.key, event.value);
 *     else state.delete(event.key);
 *   }
 *   if (complete) break;
 * }
 * assertEquals([...state.keys()], ["a"]);
 * ```
 */
export function follow(
  store: KeyValueStore,
  prefix: string,
  options: FollowOptions = {},
): AsyncIterable<FollowBatch> {
  return stoppable((_, stopped) => following(store, prefix, options, stopped));
}
