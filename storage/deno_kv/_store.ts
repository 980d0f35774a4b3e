import type { Bell } from "../_bell.ts";
import { decodeCursor, encodeCursor } from "../_cursor.ts";
import { aborted, checkKey, checkLimit, checkOps, checkPrefix, closed, quote } from "../_limits.ts";
import { formatRevision } from "../_revision.ts";
import { type History, type HistoryPart, watchHistory } from "../_watch.ts";
import { isStorageError, StorageError, type StorageErrorCode } from "../errors.ts";
import type {
  Batch,
  CallOptions,
  Entry,
  KeyValueStore,
  ListOptions,
  Op,
  Page,
  Revision,
  WatchOptions,
} from "../port.ts";
import { readBlob } from "./_blobs.ts";
import { type CommitJob, Committer } from "./_committer.ts";
import { failure, whileLocked } from "./_failure.ts";
import { Running } from "./_running.ts";
import { unlessAborted } from "./_until.ts";
import { recordOf, revisionOf } from "./_decode.ts";
import { COUNTER, entryKey, type Record } from "./_layout.ts";
import { readLog } from "./_log.ts";
import { Poller } from "./_poller.ts";
import { View } from "./_view.ts";
import type { DenoKvClient } from "./client.ts";

// A page stops here rather than to hold 500 values of a megabyte.
const PAGE_BYTES = 8 * 1024 * 1024;
const BLOB_ATTEMPTS = 10;

/** What a {@linkcode DenoKvStore} needs to know. */
export interface DenoKvStoreParts {
  readonly kv: DenoKvClient;
  /** The identity of the database, for cursors. */
  readonly id: string;
  readonly historyLength: number;
  readonly pollMs: number;
  readonly clock: () => number;
  /** Whether calls may be repeated on the way, as Deno does where it got no answer. */
  readonly remote: boolean;
  readonly close: () => void;
}

export class DenoKvStore implements KeyValueStore, History {
  readonly #parts: DenoKvStoreParts;
  readonly #kv: DenoKvClient;
  readonly #poller: Poller;
  readonly #view = new View();
  readonly #committer: Committer;
  readonly #running = new Running();
  #disposed: Promise<void> | undefined;
  closed = false;

  constructor(parts: DenoKvStoreParts) {
    this.#parts = parts;
    this.#kv = parts.kv;
    this.#poller = new Poller(parts.pollMs, () => this.current());
    this.#committer = new Committer(parts, this.#view, this.#running);
  }

  /**
   * Runs a call against the database, with our errors.
   *
   * @param what What is tried, which only a message needs
   */
  async #run<T>(
    what: () => string,
    signal: AbortSignal | undefined,
    call: () => Promise<T>,
    onAbort?: () => StorageError,
    otherwise: () => StorageErrorCode = () => "unavailable",
  ): Promise<T> {
    if (this.closed) throw closed(what());
    if (signal?.aborted) throw aborted(what(), signal);
    this.#running.begin();
    try {
      const work = call();
      if (!signal) return await work;
      // An aborted call's work goes on.
      this.#running.keep(work);
      return await unlessAborted(work, signal, onAbort ?? (() => aborted(what(), signal)));
    } catch (error) {
      if (!isStorageError(error) && this.closed) throw closed(what());
      throw failure(what(), error, otherwise());
    } finally {
      this.#running.end();
    }
  }

  get(key: string, { signal }: CallOptions = {}): Promise<Entry | undefined> {
    return this.#run(() => `get key ${quote(key)}`, signal, () => {
      checkKey("get", key);
      return this.#get(key);
    });
  }

  async #get(key: string): Promise<Entry | undefined> {
    for (let attempt = 1;; attempt++) {
      const { counter } = this.#view;
      const { value } = await whileLocked(() => this.#kv.get(entryKey(key)));
      const record = value === null ? undefined : recordOf(key, value);
      // Who reads a key is likely to write it next.
      this.#view.learn(counter, key, record);
      if (!record) return undefined;
      const loaded = this.#load(key, record);
      const entry = loaded instanceof Promise ? await loaded : loaded;
      if (entry) return entry;
      if (attempt >= BLOB_ATTEMPTS) throw this.#lost(key);
    }
  }

  /** The entry of a record; `undefined` if it was overwritten and its blob is gone. */
  #load(key: string, record: Record): Entry | Promise<Entry | undefined> {
    const { content } = record;
    const revision = formatRevision(record.revision);
    if (content instanceof Uint8Array) return { key, value: content, revision };
    return readBlob(this.#kv, content).then((value) => value && { key, value, revision });
  }

  #lost(key: string): StorageError {
    return new StorageError("corrupt", `Cannot read key ${quote(key)}: its value is lost`, { key });
  }

  async list(prefix: string, options: ListOptions = {}): Promise<Page> {
    checkPrefix("list", prefix);
    const limit = checkLimit(options.limit);
    const from = options.cursor === undefined
      ? undefined
      : decodeCursor(this.#parts.id, prefix, options.cursor);
    return await this.#run(() => `list prefix ${quote(prefix)}`, options.signal, async () => {
      const floor = from?.floor ?? formatRevision(await this.current());
      const start = from ? `${from.after}\x20` : prefix;
      const { entries, more } = await this.#page(prefix, start, limit);
      if (!more) return { entries, revision: floor };
      const cursor = encodeCursor(this.#parts.id, prefix, { after: entries.at(-1)!.key, floor });
      return { entries, revision: floor, cursor };
    });
  }

  async #page(
    prefix: string,
    start: string,
    limit: number,
  ): Promise<{ entries: Entry[]; more: boolean }> {
    // "\x7f" is behind every character of a key.
    const range = { start: entryKey(start), end: entryKey(`${prefix}\x7f`) };
    for (let attempt = 1;; attempt++) {
      const found = await whileLocked(async () => {
        const records: { key: string; value: unknown }[] = [];
        // One batch, which Deno KV reads at one moment.
        const options = { limit: limit + 1, batchSize: limit + 1 };
        for await (const { key, value } of this.#kv.list(range, options)) {
          records.push({ key: String(key[2]), value });
        }
        return records;
      });
      const entries: Entry[] = [];
      let bytes = 0;
      let gone: string | undefined;
      for (const { key, value } of found.slice(0, limit)) {
        const loaded = this.#load(key, recordOf(key, value));
        // To wait for each would cost as much as to read them.
        const entry = loaded instanceof Promise ? await loaded : loaded;
        if (!entry) {
          gone = key;
          break;
        }
        entries.push(entry);
        bytes += entry.value.length;
        if (bytes >= PAGE_BYTES) break;
      }
      if (gone === undefined) return { entries, more: entries.length < found.length };
      // Read anew: the page shows one moment, and this one has passed.
      if (attempt >= BLOB_ATTEMPTS) throw this.#lost(gone);
    }
  }

  async commit(ops: readonly Op[], { signal }: CallOptions = {}): Promise<Revision> {
    checkOps(ops);
    const job: CommitJob = {
      // The caller may use its buffers again before the commit's turn comes.
      ops: ops.map((op) => op.type === "put" ? { ...op, value: op.value.slice() } : { ...op }),
      cancelled: false,
      sent: false,
    };
    const abort = () => {
      job.cancelled = true;
      if (!job.sent) return aborted("commit", signal!);
      return new StorageError(
        "unknown",
        "Cannot tell whether the commit was applied: the call was aborted",
        { cause: signal!.reason },
      );
    };
    const revision = await this.#run(
      () => "commit",
      signal,
      () => this.#committer.commit(job).finally(() => this.#poller.ring()),
      abort,
      () => job.sent ? "unknown" : "unavailable",
    );
    return formatRevision(revision);
  }

  watch(prefix: string, options?: WatchOptions): AsyncIterable<Batch> {
    return watchHistory(this, prefix, options);
  }

  async health({ signal }: CallOptions = {}): Promise<void> {
    await this.#run(() => "check the store", signal, () => this.current());
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.closed = true;
    this.#poller.close();
    return this.#disposed ??= (async () => {
      await this.#running.idle();
      this.#parts.close();
    })();
  }

  current(): Promise<number> {
    return this.#guard(async () => revisionOf(await whileLocked(() => this.#kv.get(COUNTER))));
  }

  read(after: number, prefix: string): Promise<HistoryPart> {
    return this.#guard(() => readLog(this.#kv, after, prefix));
  }

  /** Runs a read of a watch or of the poller, which have no signal of their own. */
  async #guard<T>(call: () => Promise<T>): Promise<T> {
    if (this.closed) throw closed("watch");
    this.#running.begin();
    try {
      return await call();
    } catch (error) {
      throw failure("watch", error);
    } finally {
      this.#running.end();
    }
  }

  listen(bell: Bell): void {
    this.#poller.add(bell);
  }

  forget(bell: Bell): void {
    this.#poller.delete(bell);
  }
}
