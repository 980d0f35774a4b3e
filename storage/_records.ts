import { type Codec, decodeEntry } from "./_codec.ts";
import { MAX_PAGE, quote } from "./_limits.ts";
import { decodeStart, encodeStart, pageLimit } from "./_page.ts";
import { isConflict, StorageError } from "./errors.ts";
import type { Batch, CallOptions, KeyValueStore, Op, Revision, WatchOptions } from "./port.ts";
import type {
  Change,
  ChangeBatch,
  DeleteOptions,
  PageOptions,
  Stored,
  StoredPage,
  WriteOptions,
} from "./stored.ts";

const ATTEMPTS = 20;

/** The records of one kind under one prefix, each named by the rest of its key. */
export class Records<T> {
  constructor(
    readonly store: KeyValueStore,
    readonly prefix: string,
    readonly codec: Codec<T>,
  ) {}

  /** The name in a key, unless the key is of something below a record. */
  #name(key: string): string | undefined {
    const name = key.slice(this.prefix.length);
    return name === "" || name.includes("/") ? undefined : name;
  }

  async get(key: string, options: CallOptions = {}): Promise<Stored<T> | undefined> {
    const entry = await this.store.get(key, { signal: options.signal });
    return entry && decodeEntry(this.codec, entry);
  }

  async exists(key: string, options: CallOptions = {}): Promise<boolean> {
    return await this.store.get(key, { signal: options.signal }) !== undefined;
  }

  put(key: string, value: T, options: WriteOptions = {}): Promise<Revision> {
    const op: Op = {
      type: "put",
      key,
      value: this.codec.encode(value),
      expect: options.expect,
    };
    return this.store.commit([op, ...options.with ?? []], { signal: options.signal });
  }

  /**
   * Deletes a record together with what `beside` says depends on it.
   *
   * @returns the revision of the commit, `undefined` if there was no record
   */
  async delete(
    key: string,
    { expect, with: more = [], signal }: DeleteOptions = {},
    beside: () => readonly Op[] | Promise<readonly Op[]> = () => [],
  ): Promise<Revision | undefined> {
    for (let attempt = 1;; attempt++) {
      const entry = await this.store.get(key, { signal });
      if (!entry && expect === undefined) return undefined;
      // If there is none the commit says so, as a conflict.
      const op: Op = { type: "delete", key, expect: expect ?? entry?.revision };
      const dependent = await beside();
      try {
        return await this.store.commit([op, ...dependent, ...more], { signal });
      } catch (error) {
        const ours = isConflict(error) && error.key !== undefined &&
          (error.key === key ? expect === undefined : dependent.some((d) => d.key === error.key));
        if (!ours || attempt >= ATTEMPTS) throw error;
      }
    }
  }

  /**
   * A page of the records that a filter lets through.
   *
   * @param narrow What the names start with; less is read then
   */
  async list(
    options: PageOptions,
    matches?: (value: T) => boolean,
    narrow = "",
  ): Promise<StoredPage<T>> {
    const { cursor, signal } = options;
    const prefix = this.prefix + narrow;
    const limit = pageLimit(options);
    const start = cursor === undefined ? undefined : decodeStart(cursor, prefix);
    let page = start?.page ?? undefined;
    let revision = start?.revision;
    let behind = start?.behind ?? "";
    const items: Stored<T>[] = [];
    // One more than asked for shows whether there is a further page.
    const size = matches ? MAX_PAGE : Math.min(limit + 1, MAX_PAGE);
    for (;;) {
      const { entries, ...read } = await this.store.list(prefix, {
        limit: size,
        cursor: page,
        signal,
      });
      revision ??= read.revision;
      for (const entry of entries) {
        if (entry.key <= behind || this.#name(entry.key) === undefined) continue;
        const stored = decodeEntry(this.codec, entry);
        if (matches && !matches(stored.value)) continue;
        if (items.length === limit) {
          const next = { page: page ?? null, behind, revision };
          return { items, revision, cursor: encodeStart(next, prefix) };
        }
        items.push(stored);
        behind = entry.key;
      }
      if (read.cursor === undefined) return { items, revision };
      page = read.cursor;
    }
  }

  /** The changes to the records. */
  watch(options?: WatchOptions): AsyncIterable<ChangeBatch<T>> {
    const batches = this.store.watch(this.prefix, options);
    return {
      // No generator: one that waits can't be ended by its consumer.
      [Symbol.asyncIterator]: () => {
        const inner = batches[Symbol.asyncIterator]();
        return {
          next: async () => {
            const { done, value } = await inner.next();
            if (done) return { done: true, value: undefined };
            try {
              return { done: false, value: this.#changes(value) };
            } catch (error) {
              await inner.return?.();
              throw error;
            }
          },
          return: async () => {
            await inner.return?.();
            return { done: true, value: undefined };
          },
        };
      },
    };
  }

  #changes({ revision, events }: Batch): ChangeBatch<T> {
    const changes: Change<T>[] = [];
    for (const event of events) {
      const name = this.#name(event.key);
      if (name === undefined) continue;
      if (event.type === "delete") changes.push({ type: "delete", name, revision });
      else changes.push({ type: "put", name, ...decodeEntry(this.codec, event) });
    }
    return { revision, changes };
  }

  /** Deletes keys in as many commits as it takes. */
  async deleteAll(keys: readonly string[], options: CallOptions = {}): Promise<void> {
    for (let start = 0; start < keys.length; start += 64) {
      const ops = keys.slice(start, start + 64).map((key): Op => ({ type: "delete", key }));
      await this.store.commit(ops, { signal: options.signal });
    }
  }

  /** Says that a record depends on too many others to be deleted at once. */
  tooMany(key: string, found: number, most: number): StorageError {
    return new StorageError(
      "too_large",
      `Cannot delete key ${quote(key)}: ${found} cluster mappings don't go into one commit, ` +
        `at most ${most} do; remove some first`,
      { key },
    );
  }
}
