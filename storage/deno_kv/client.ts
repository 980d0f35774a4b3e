/** A key of Deno KV, as far as this package makes them. */
export type DenoKvKey = readonly (string | number)[];

/** What Deno KV answers for a key. */
export interface DenoKvEntry {
  /** The key. */
  readonly key: readonly unknown[];
  /** The value, `null` if there is none. Its bytes are the reader's own. */
  readonly value: unknown;
  /** The version of the value, `null` if there is none. */
  readonly versionstamp: string | null;
}

/** A transaction of Deno KV. */
export interface DenoKvAtomic {
  /** Adds conditions. */
  check(...checks: { key: DenoKvKey; versionstamp: string | null }[]): DenoKvAtomic;
  /** Adds a write. */
  set(key: DenoKvKey, value: unknown): DenoKvAtomic;
  /** Adds a deletion. */
  delete(key: DenoKvKey): DenoKvAtomic;
  /**
   * Applies all of it, if the conditions hold. The versionstamp is that of what it wrote; without
   * one, each commit begins with a read.
   */
  commit(): Promise<{ readonly ok: boolean; readonly versionstamp?: string | undefined }>;
}

/** The part of a `Deno.Kv` that the store uses. */
export interface DenoKvClient {
  /** Reads a key. */
  get(key: DenoKvKey): Promise<DenoKvEntry>;
  /** Reads up to ten keys at one moment. */
  getMany(keys: readonly DenoKvKey[]): Promise<readonly DenoKvEntry[]>;
  /** Reads a range of keys. */
  list(
    selector: { start: DenoKvKey; end: DenoKvKey },
    options: { limit: number; batchSize: number },
  ): AsyncIterable<DenoKvEntry>;
  /** Begins a transaction. */
  atomic(): DenoKvAtomic;
  /** Closes the database. */
  close(): void;
}
