import { pause } from "./_pause.ts";
import { isConflict } from "./errors.ts";
import type { CallOptions, Entry, Expect, KeyValueStore, Revision } from "./port.ts";

/** Options of {@linkcode put}. */
export interface PutOptions extends CallOptions {
  /**
   * What must be there: a revision, or `null` for no such key.
   *
   * @default {undefined}, anything
   */
  readonly expect?: Expect;
}

/** Options of {@linkcode remove}. */
export interface RemoveOptions extends CallOptions {
  /**
   * The revision at which the key must be.
   *
   * @default {undefined}, any, or none
   */
  readonly expect?: Revision | undefined;
}

/** Options of {@linkcode update}. */
export interface UpdateOptions extends CallOptions {
  /**
   * How often to try before the conflict is the caller's.
   *
   * @default {20}
   */
  readonly attempts?: number;
  /**
   * The source of chance for the pauses, in [0, 1).
   *
   * @default {Math.random}
   */
  readonly random?: () => number;
}

/** Options of {@linkcode listAll}. */
export interface ListAllOptions extends CallOptions {
  /**
   * How many entries to fetch at a time.
   *
   * @default {500}
   */
  readonly pageSize?: number;
}

/** Writes one key. See {@linkcode KeyValueStore.commit}. */
export function put(
  store: KeyValueStore,
  key: string,
  value: Uint8Array,
  { expect, signal }: PutOptions = {},
): Promise<Revision> {
  return store.commit([{ type: "put", key, value, expect }], { signal });
}

/** Deletes one key; fine if there is none and none is expected. */
export function remove(
  store: KeyValueStore,
  key: string,
  { expect, signal }: RemoveOptions = {},
): Promise<Revision> {
  return store.commit([{ type: "delete", key, expect }], { signal });
}

const LONGEST_PAUSE_MS = 250;

/**
 * Reads a key, has its new value computed and writes it if the key hasn't changed in between;
 * otherwise all again, after a pause of random length that grows.
 *
 * @example
 * ```ts
 * import { memoryStore, update } from "@oprc/storage";
 * import { assertEquals } from "@std/assert";
 *
 * const store = memoryStore();
 * const count = (value?: Uint8Array) => new Uint8Array([(value?.[0] ?? 0) + 1]);
 * await Promise.all(
 *   Array.from({ length: 10 }, () => update(store, "counter", (entry) => count(entry?.value))),
 * );
 * assertEquals((await store.get("counter"))?.value, new Uint8Array([10]));
 * ```
 *
 * @param change Gets the entry, `undefined` if there is none, and returns the value to write;
 * `undefined` leaves the key as it is. It may be called more than once
 * @returns the entry as it is now
 */
export async function update(
  store: KeyValueStore,
  key: string,
  change: (entry: Entry | undefined) => Uint8Array | undefined | Promise<Uint8Array | undefined>,
  { signal, attempts = 20, random = Math.random }: UpdateOptions = {},
): Promise<Entry | undefined> {
  for (let attempt = 1;; attempt++) {
    const entry = await store.get(key, { signal });
    const value = await change(entry);
    if (value === undefined) return entry;
    try {
      const revision = await put(store, key, value, { expect: entry?.revision ?? null, signal });
      return { key, value, revision };
    } catch (error) {
      if (!isConflict(error) || attempt >= attempts) throw error;
    }
    await pause(random() * Math.min(2 ** attempt, LONGEST_PAUSE_MS), signal);
  }
}

/** Reads all entries that start with a prefix, a page at a time. */
export async function* listAll(
  store: KeyValueStore,
  prefix: string,
  { signal, pageSize }: ListAllOptions = {},
): AsyncGenerator<Entry, void, void> {
  let cursor: string | undefined;
  do {
    const page = await store.list(prefix, { limit: pageSize, cursor, signal });
    yield* page.entries;
    cursor = page.cursor;
  } while (cursor !== undefined);
}
