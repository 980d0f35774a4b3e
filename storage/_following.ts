import { pause } from "./_pause.ts";
import { isStorageError } from "./errors.ts";
import type { FollowBatch, FollowOptions } from "./follow.ts";
import type { Event, KeyValueStore, Revision } from "./port.ts";

/** The keys that a follower knows, with the revisions it knows of them. A map is one. */
export interface Known {
  get(key: string): Revision | undefined;
  set(key: string, revision: Revision): void;
  delete(key: string): void;
  keys(): Iterable<string>;
}

/** Options of {@linkcode following}. */
export interface FollowingOptions extends FollowOptions {
  /** Told each time that a list begins. */
  readonly onList?: (() => void) | undefined;
}

const LONGEST_PAUSE_MS = 1000;

/** Does what `follow` does, from whatever is known already. */
export async function* following(
  store: KeyValueStore,
  prefix: string,
  { pageSize, signal, onUnavailable, onList, random = Math.random }: FollowingOptions,
  stopped: AbortSignal,
  known: Known = new Map(),
): AsyncGenerator<FollowBatch, void, void> {
  const end = signal ? AbortSignal.any([signal, stopped]) : stopped;
  let at: Revision | undefined;
  let failures = 0;
  for (;;) {
    try {
      if (at === undefined) {
        onList?.();
        // A list may be ahead of the watch that goes on after it.
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
            if (found === undefined || found >= event.revision) return false;
            known.delete(event.key);
            return true;
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
