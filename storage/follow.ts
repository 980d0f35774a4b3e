import { pause } from "./_pause.ts";
import { stoppable } from "./_watch.ts";
import { isStorageError, type StorageError } from "./errors.ts";
import type { Batch, CallOptions, Event, KeyValueStore, Revision } from "./port.ts";

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

const LONGEST_PAUSE_MS = 1000;

async function* following(
  store: KeyValueStore,
  prefix: string,
  { pageSize, signal, onUnavailable, random = Math.random }: FollowOptions,
  stopped: AbortSignal,
): AsyncGenerator<FollowBatch, void, void> {
  const end = signal ? AbortSignal.any([signal, stopped]) : stopped;
  // What the consumer knows. A list may be ahead of the watch that goes on after it.
  const known = new Map<string, Revision>();
  let at: Revision | undefined;
  let failures = 0;
  for (;;) {
    try {
      if (at === undefined) {
        const gone = new Set(known.keys());
        let cursor: string | undefined;
        let revision: Revision;
        do {
          const page = await store.list(prefix, { limit: pageSize, cursor, signal: end });
          const events: Event[] = [];
          for (const entry of page.entries) {
            gone.delete(entry.key);
            if (known.get(entry.key) === entry.revision) continue;
            known.set(entry.key, entry.revision);
            events.push({ type: "put", ...entry });
          }
          ({ revision, cursor } = page);
          if (events.length > 0) yield { revision, events, complete: false };
        } while (cursor !== undefined);
        const events = [...gone].map((key): Event => ({ type: "delete", key, revision }));
        for (const key of gone) known.delete(key);
        at = revision;
        yield { revision, events, complete: true };
      }
      for await (const batch of store.watch(prefix, { from: at, signal: end })) {
        const events = batch.events.filter((event) => {
          const found = known.get(event.key);
          if (event.type === "delete") {
            return found !== undefined && found < event.revision && known.delete(event.key);
          }
          if (found !== undefined && found >= event.revision) return false;
          known.set(event.key, event.revision);
          return true;
        });
        failures = 0;
        at = batch.revision;
        yield { revision: at, events, complete: true };
      }
    } catch (error) {
      if (isStorageError(error, "compacted")) {
        at = undefined;
      } else if (isStorageError(error, "unavailable")) {
        onUnavailable?.(error);
        failures++;
        await pause((0.5 + random() / 2) * Math.min(10 * 2 ** failures, LONGEST_PAUSE_MS), end);
      } else {
        throw error;
      }
    }
  }
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
