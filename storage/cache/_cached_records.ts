import { type Codec, decodeEntry } from "../_codec.ts";
import { decodeStart, encodeStart, pageLimit } from "../_page.ts";
import { answers, type Query, type Term } from "../_terms.ts";
import type { Event, KeyValueStore, Revision } from "../port.ts";
import type { PageOptions, Stored, StoredPage } from "../stored.ts";
import type { Held } from "./_held.ts";
import { RecordIndex } from "./_record_index.ts";

/** What {@linkcode CachedRecords} is made of. */
export interface CachedRecordsParts<T> {
  /** Where values are read that were dropped. */
  readonly store: KeyValueStore;
  readonly prefix: string;
  readonly codec: Codec<T>;
  /** What a record can be found by. */
  readonly termsOf: (value: T) => readonly Term[];
  /** What it can be found by beside. */
  readonly moreTermsOf?: (name: string) => readonly Term[];
  readonly maxBytes: number;
}

const AT_A_TIME = 50;

/** The records of one kind as the cache has them. */
export class CachedRecords<T> {
  readonly #parts: CachedRecordsParts<T>;
  readonly #moreTermsOf: (name: string) => readonly Term[];
  readonly index: RecordIndex;

  constructor(parts: CachedRecordsParts<T>) {
    const { prefix, codec, termsOf, moreTermsOf = () => [], maxBytes } = parts;
    this.#parts = parts;
    this.#moreTermsOf = moreTermsOf;
    this.index = new RecordIndex({
      prefix,
      termsOf: (value) => termsOf(codec.decode(value)),
      moreTermsOf: (key) => moreTermsOf(key.slice(prefix.length)),
      maxBytes,
    });
  }

  /** Takes over a change, unless it is to something below a record. */
  apply(event: Event): void {
    const name = event.key.slice(this.#parts.prefix.length);
    if (name === "" || name.includes("/")) return;
    if (event.type === "put") this.index.put(event);
    else this.index.delete(event.key);
  }

  has(key: string): boolean {
    return this.index.record(key) !== undefined;
  }

  async get(key: string, signal: AbortSignal | undefined): Promise<Stored<T> | undefined> {
    const held = this.index.record(key);
    if (!held) return undefined;
    return held.value ? this.#decode(held, held.value) : await this.#fetch(held, signal);
  }

  /** A page of what is here, which is of one moment but for values that were dropped. */
  async list(query: Query, options: PageOptions, at: Revision): Promise<StoredPage<T>> {
    const limit = pageLimit(options);
    // Cursors are those of a list of the store, so that one can go on where the other stopped.
    const prefix = this.#parts.prefix + (query.name?.prefix ?? "");
    const start = options.cursor === undefined ? undefined : decodeStart(options.cursor, prefix);
    const revision = start?.revision ?? at;
    let behind = start?.behind ?? "";
    let after = behind;
    const items: Stored<T>[] = [];
    for (;;) {
      // One more than asked for shows whether there is a further page.
      const most = limit + 1 - items.length;
      const found = this.index.find(query, after, most);
      // Without waiting if all are here, so that nothing changes in between.
      const read = found.every((held) => held.value)
        ? found.map((held) => this.#decode(held, held.value!))
        : await this.#readAll(found, query, options.signal);
      for (const [i, stored] of read.entries()) {
        if (!stored) continue;
        if (items.length === limit) {
          return { items, revision, cursor: encodeStart({ page: null, behind, revision }, prefix) };
        }
        items.push(stored);
        behind = found[i]!.key;
      }
      after = found.at(-1)?.key ?? after;
      if (found.length < most) return { items, revision };
    }
  }

  #decode(held: Held, value: Uint8Array): Stored<T> {
    this.index.touch(held);
    return decodeEntry(this.#parts.codec, { key: held.key, value, revision: held.revision });
  }

  /** Reads a record whose value was dropped; it may have changed, or be gone. */
  async #fetch(held: Held, signal: AbortSignal | undefined): Promise<Stored<T> | undefined> {
    const entry = await this.#parts.store.get(held.key, { signal });
    if (!entry) return undefined;
    this.index.refill(held, entry);
    return decodeEntry(this.#parts.codec, entry);
  }

  /** Reads records, leaving out those that no longer are what a query asks for. */
  async #readAll(
    found: readonly Held[],
    query: Query,
    signal: AbortSignal | undefined,
  ): Promise<(Stored<T> | undefined)[]> {
    const read: (Stored<T> | undefined)[] = [];
    for (let i = 0; i < found.length; i += AT_A_TIME) {
      const part = found.slice(i, i + AT_A_TIME).map(async (held) => {
        if (held.value) return this.#decode(held, held.value);
        const { revision } = held;
        const stored = await this.#fetch(held, signal);
        if (!stored || stored.revision === revision) return stored;
        const name = held.key.slice(this.#parts.prefix.length);
        const terms = [...this.#parts.termsOf(stored.value), ...this.#moreTermsOf(name)];
        return answers(query, name, terms) ? stored : undefined;
      });
      read.push(...await Promise.all(part));
    }
    return read;
  }
}
