import { recordOf, revisionOf } from "./_decode.ts";
import { whileLocked } from "./_failure.ts";
import { type Blob, COUNTER, entryKey, type Record } from "./_layout.ts";
import type { DenoKvClient, DenoKvEntry, DenoKvKey } from "./client.ts";

const KEYS_A_READ = 10;

// Keys and a few words of each: some hundred kilobytes for keys as they are, 2 MiB at the worst.
const MAX_HEADS = 4096;

/** The counter of revisions, as it was at some time. */
export interface Counter {
  readonly revision: number;
  readonly versionstamp: string | null;
}

/** What a commit has to know of a key. */
export interface Head {
  readonly revision: number;
  /** Where the value is, if it is kept apart. */
  readonly blob: Blob | undefined;
}

/** What the database says before a transaction. */
export interface Before {
  readonly counter: Counter;
  /** The keys that are there. */
  readonly heads: ReadonlyMap<string, Head>;
}

export const headOf = ({ revision, content }: Record): Head => ({
  revision,
  blob: content instanceof Uint8Array ? undefined : content,
});

/**
 * What is known of the database without asking it: the counter, and the heads of some keys as they
 * are for as long as the counter is the same. A transaction that checks the counter finds out
 * whether that is still so; what is decided without one is not to be decided from here.
 */
export class View {
  #counter: Counter | undefined;
  /** `null` for keys that aren't there. */
  readonly #heads = new Map<string, Head | null>();

  /** Another object whenever the counter is another. */
  get counter(): Counter | undefined {
    return this.#counter;
  }

  /** How many keys are known. */
  get size(): number {
    return this.#heads.size;
  }

  /**
   * The counter and, not before it, the heads of some keys, read as far as they aren't known: if
   * the counter is the same at the commit, so are they.
   */
  async look(kv: DenoKvClient, keys: readonly string[]): Promise<Before> {
    const heads = new Map<string, Head>();
    const unknown = new Set<string>();
    for (const key of keys) {
      const head = this.#heads.get(key);
      if (head) heads.set(key, head);
      else if (head === undefined) unknown.add(key);
    }
    const asked = [...unknown];
    const read = (part: readonly DenoKvKey[]) => whileLocked(() => kv.getMany(part));
    const found: DenoKvEntry[] = [];
    if (!this.#counter) {
      const first = asked.slice(0, KEYS_A_READ - 1).map(entryKey);
      const [counter, ...entries] = await read([COUNTER, ...first]);
      this.#counter = { revision: revisionOf(counter!), versionstamp: counter!.versionstamp };
      found.push(...entries);
    }
    const counter = this.#counter;
    const parts: DenoKvKey[][] = [];
    for (let start = found.length; start < asked.length; start += KEYS_A_READ) {
      parts.push(asked.slice(start, start + KEYS_A_READ).map(entryKey));
    }
    found.push(...(await Promise.all(parts.map(read))).flat());
    for (const [index, { value }] of found.entries()) {
      const key = asked[index]!;
      const record = value === null ? undefined : recordOf(key, value);
      if (record) heads.set(key, headOf(record));
      this.learn(counter, key, record);
    }
    return { counter, heads };
  }

  forget(): void {
    this.#heads.clear();
    this.#counter = undefined;
  }

  /** Takes in a key that was read while the counter was known to be `since`. */
  learn(since: Counter | undefined, key: string, record: Record | undefined): void {
    if (since === undefined || since !== this.#counter || this.#heads.has(key)) return;
    this.#set(key, record ? headOf(record) : null);
  }

  /** Takes in what a transaction that checked the counter has changed. */
  advance(counter: Counter, entries: ReadonlyMap<string, Record | undefined>): void {
    this.#counter = counter;
    for (const [key, record] of entries) this.#set(key, record ? headOf(record) : null);
  }

  #set(key: string, head: Head | null): void {
    this.#heads.set(key, head);
    if (this.#heads.size <= MAX_HEADS) return;
    for (const oldest of this.#heads.keys()) {
      this.#heads.delete(oldest);
      return;
    }
  }
}
