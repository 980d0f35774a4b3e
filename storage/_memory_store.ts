import type { Bell } from "./_bell.ts";
import { decodeCursor, encodeCursor } from "./_cursor.ts";
import {
  aborted,
  checkKey,
  checkLimit,
  checkOps,
  checkPrefix,
  closed,
  conflict,
  holds,
  quote,
} from "./_limits.ts";
import { formatRevision } from "./_revision.ts";
import { compacted, type History, type HistoryPart, watchHistory } from "./_watch.ts";
import type {
  Batch,
  CallOptions,
  Entry,
  Event,
  KeyValueStore,
  ListOptions,
  Op,
  Page,
  Revision,
  WatchOptions,
} from "./port.ts";

// How much of the history one read of a watcher takes.
const READ = 256;

/** The first index of a sorted array whose key is not below `key`. */
function lowerBound(keys: readonly string[], key: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (keys[middle]! < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

const copy = (entry: Entry): Entry => ({ ...entry, value: entry.value.slice() });

export class MemoryStore implements KeyValueStore, History {
  readonly #historyLength: number;
  readonly #id: string = crypto.randomUUID();
  readonly #entries = new Map<string, Entry>();
  readonly #bells = new Set<Bell>();
  // The keys in order, kept beside the map because a list must not sort.
  readonly #keys: string[] = [];
  // The last commits; the last of them is at #revision.
  readonly #log: Batch[] = [];
  #revision = 0;
  closed = false;

  constructor(historyLength: number) {
    this.#historyLength = historyLength;
  }

  #check(what: () => string, signal: AbortSignal | undefined): void {
    if (this.closed) throw closed(what());
    if (signal?.aborted) throw aborted(what(), signal);
  }

  // Every method is async so that what it throws is a rejection, as with other adapters.
  // deno-lint-ignore require-await
  async get(key: string, { signal }: CallOptions = {}): Promise<Entry | undefined> {
    checkKey("get", key);
    this.#check(() => `get key ${quote(key)}`, signal);
    const entry = this.#entries.get(key);
    return entry && copy(entry);
  }

  // deno-lint-ignore require-await
  async list(prefix: string, options: ListOptions = {}): Promise<Page> {
    checkPrefix("list", prefix);
    const limit = checkLimit(options.limit);
    const from = options.cursor === undefined
      ? undefined
      : decodeCursor(this.#id, prefix, options.cursor);
    this.#check(() => `list prefix ${quote(prefix)}`, options.signal);
    const floor = from?.floor ?? formatRevision(this.#revision);
    let index = lowerBound(this.#keys, from ? `${from.after}\0` : prefix);
    const entries: Entry[] = [];
    while (entries.length < limit && this.#keys[index]?.startsWith(prefix)) {
      entries.push(copy(this.#entries.get(this.#keys[index++]!)!));
    }
    if (!this.#keys[index]?.startsWith(prefix)) return { entries, revision: floor };
    const cursor = encodeCursor(this.#id, prefix, { after: entries.at(-1)!.key, floor });
    return { entries, revision: floor, cursor };
  }

  // deno-lint-ignore require-await
  async commit(ops: readonly Op[], { signal }: CallOptions = {}): Promise<Revision> {
    checkOps(ops);
    this.#check(() => "commit", signal);
    for (const op of ops) {
      const found = this.#entries.get(op.key)?.revision;
      if (!holds(op, found)) throw conflict(op, found);
    }
    const revision = formatRevision(this.#revision + 1);
    const events: Event[] = [];
    for (const op of ops) {
      const { key } = op;
      const known = this.#entries.has(key);
      if (op.type === "put") {
        const value = op.value.slice();
        if (!known) this.#keys.splice(lowerBound(this.#keys, key), 0, key);
        this.#entries.set(key, { key, value, revision });
        events.push({ type: "put", key, value, revision });
      } else if (op.type === "delete" && known) {
        this.#keys.splice(lowerBound(this.#keys, key), 1);
        this.#entries.delete(key);
        events.push({ type: "delete", key, revision });
      }
    }
    if (events.length === 0) return formatRevision(this.#revision);
    this.#revision++;
    this.#log.push({ revision, events });
    // In portions, for to move the whole log at every commit would cost more than the commit.
    if (this.#log.length > this.#historyLength * 1.25) {
      this.#log.splice(0, this.#log.length - this.#historyLength);
    }
    for (const bell of this.#bells) bell.ring();
    return revision;
  }

  watch(prefix: string, options?: WatchOptions): AsyncIterable<Batch> {
    return watchHistory(this, prefix, options);
  }

  // deno-lint-ignore require-await
  async health({ signal }: CallOptions = {}): Promise<void> {
    this.#check(() => "check the store", signal);
  }

  // deno-lint-ignore require-await
  async [Symbol.asyncDispose](): Promise<void> {
    this.closed = true;
    for (const bell of this.#bells) bell.ring();
    this.#entries.clear();
    this.#keys.length = 0;
    this.#log.length = 0;
  }

  current(): number {
    return this.#revision;
  }

  read(after: number, prefix: string): HistoryPart {
    if (this.#revision - after > this.#historyLength) throw compacted(prefix, after);
    const first = this.#log.length - (this.#revision - after);
    const part = this.#log.slice(first, first + READ);
    const batches: Batch[] = [];
    for (const { revision, events } of part) {
      const seen = events.filter((event) => event.key.startsWith(prefix))
        .map((event) => event.type === "put" ? { ...event, value: event.value.slice() } : event);
      if (seen.length > 0) batches.push({ revision, events: seen });
    }
    return { batches, upTo: after + part.length };
  }

  listen(bell: Bell): void {
    this.#bells.add(bell);
  }

  forget(bell: Bell): void {
    this.#bells.delete(bell);
  }
}
