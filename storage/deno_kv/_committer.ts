import { conflict, holds } from "../_limits.ts";
import { formatRevision } from "../_revision.ts";
import { StorageError } from "../errors.ts";
import type { Op } from "../port.ts";
import { recordOf, revisionOf } from "./_decode.ts";
import { dropIntent, type Intent, sweep, writeBlobs } from "./_blobs.ts";
import { isLocked, pause, whileLocked } from "./_failure.ts";
import { Lane } from "./_lane.ts";
import {
  type Blob,
  type Content,
  COUNTER,
  encodeLog,
  encodeRecord,
  entryKey,
  type Logged,
  logKey,
  MAX_INLINE,
  MAX_INLINE_TOTAL,
  type Record,
} from "./_layout.ts";
import { trimLog } from "./_log.ts";
import type { DenoKvStoreParts } from "./_store.ts";
import type { DenoKvEntry } from "./client.ts";

const ATTEMPTS = 200;
const KEYS_A_READ = 10;
const TRIM_EVERY = 64;

/** A commit under way. */
export interface CommitJob {
  readonly ops: readonly Op[];
  /** The caller has gone: what isn't sent yet must not be. */
  cancelled: boolean;
  /** The outcome is open. */
  sent: boolean;
}

/** What the database says before a commit. */
interface Before {
  readonly revision: number;
  readonly versionstamp: string | null;
  readonly records: ReadonlyMap<string, Record>;
}

/** Picks the values of a commit that are kept apart: large ones, and those that are too many. */
function large(ops: readonly Op[]): Map<Op, Uint8Array> {
  const found = new Map<Op, Uint8Array>();
  let total = 0;
  for (const op of ops) {
    if (op.type !== "put") continue;
    const { length } = op.value;
    if (length <= MAX_INLINE && total + length <= MAX_INLINE_TOTAL) total += length;
    else found.set(op, op.value);
  }
  return found;
}

/** Makes the commits of a store, one after the other. */
export class Committer {
  readonly #parts: DenoKvStoreParts;
  readonly #lane = new Lane();
  readonly #keep: <T>(work: Promise<T>) => Promise<T>;
  #trimming = false;

  constructor(parts: DenoKvStoreParts, keep: <T>(work: Promise<T>) => Promise<T>) {
    this.#parts = parts;
    this.#keep = keep;
  }

  /** Applies a job; the revision is that of the store afterwards. */
  async commit(job: CommitJob): Promise<number> {
    const { kv, clock } = this.#parts;
    const values = large(job.ops);
    if (values.size === 0) return (await this.#lane.run(() => this.#try(job)))!;
    for (;;) {
      const intent = await writeBlobs(kv, [...values.values()], clock());
      const contents = new Map<Op, Content>(
        [...values.keys()].map((op, index) => [op, intent.blobs[index]!]),
      );
      let revision: number | undefined;
      try {
        revision = await this.#lane.run(() => this.#try(job, intent, contents));
      } finally {
        // Where the outcome is open the blobs may be in use; if not, the janitor finds them.
        if (!job.sent) await dropIntent(kv, intent).catch(() => {});
      }
      if (revision !== undefined) return revision;
    }
  }

  /** Tries until it is decided; `undefined` if the blobs are gone. */
  async #try(
    job: CommitJob,
    intent?: Intent,
    contents: ReadonlyMap<Op, Content> = new Map(),
  ): Promise<number | undefined> {
    const { kv } = this.#parts;
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const before = await this.#before(job.ops);
      if (job.cancelled) throw new StorageError("aborted", "Cannot commit: the call was aborted");
      const revision = before.revision + 1;
      const atomic = kv.atomic()
        .check({ key: COUNTER, versionstamp: before.versionstamp });
      const events: Logged[] = [];
      const freed: Blob[] = [];
      for (const op of job.ops) {
        const { key } = op;
        const old = before.records.get(key);
        const found = old && formatRevision(old.revision);
        if (!holds(op, found)) throw conflict(op, found);
        if (op.type === "check" || (op.type === "delete" && !old)) continue;
        if (old && !(old.content instanceof Uint8Array)) freed.push(old.content);
        if (op.type === "delete") {
          atomic.delete(entryKey(key));
          events.push({ key });
        } else {
          const content = contents.get(op) ?? op.value;
          atomic.set(entryKey(key), encodeRecord({ revision, content }));
          events.push({ key, content });
        }
      }
      if (events.length > 0) {
        atomic.set(logKey(revision), encodeLog({ events, freed }));
        atomic.set(COUNTER, new TextEncoder().encode(formatRevision(revision)));
      }
      if (intent) atomic.check({ key: intent.key, versionstamp: intent.versionstamp });
      if (intent) atomic.delete(intent.key);
      job.sent = true;
      const outcome = await atomic.commit().catch((error) => {
        if (!isLocked(error)) throw error;
        return { ok: false };
      });
      if (outcome.ok) {
        if (events.length === 0) return before.revision;
        if (revision % TRIM_EVERY === 0) this.#tidy(revision);
        return revision;
      }
      job.sent = false;
      if (intent && await this.#gone(intent)) return undefined;
      await pause(attempt);
    }
    throw new StorageError("unavailable", "Cannot commit: other processes always came first");
  }

  async #gone(intent: Intent): Promise<boolean> {
    const { versionstamp } = await whileLocked(() => this.#parts.kv.get(intent.key));
    return versionstamp !== intent.versionstamp;
  }

  /**
   * The counter, and after it the records of the keys: if the counter is the same at the commit,
   * so are they.
   */
  async #before(ops: readonly Op[]): Promise<Before> {
    const { kv } = this.#parts;
    const keys = ops.map((op) => entryKey(op.key));
    const first = await whileLocked(() => kv.getMany([COUNTER, ...keys.slice(0, KEYS_A_READ - 1)]));
    const entries: DenoKvEntry[] = first.slice(1);
    for (let start = KEYS_A_READ - 1; start < keys.length; start += KEYS_A_READ) {
      const more = keys.slice(start, start + KEYS_A_READ);
      entries.push(...await whileLocked(() => kv.getMany(more)));
    }
    const records = new Map<string, Record>();
    for (const [index, { value }] of entries.entries()) {
      const { key } = ops[index]!;
      if (value !== null) records.set(key, recordOf(key, value));
    }
    const counter = first[0]!;
    return { revision: revisionOf(counter), versionstamp: counter.versionstamp, records };
  }

  /** Trims the log and sweeps up, beside the commits. */
  #tidy(revision: number): void {
    if (this.#trimming) return;
    this.#trimming = true;
    const { kv, clock, historyLength } = this.#parts;
    const work = trimLog(kv, revision - historyLength).then(() => sweep(kv, clock()));
    // What fails here is done again after some more commits.
    this.#keep(work).catch(() => {}).finally(() => this.#trimming = false);
  }
}
