import { formatRevision } from "../_revision.ts";
import { StorageError } from "../errors.ts";
import type { Op } from "../port.ts";
import { dropIntent, type Intent, sweep, writeBlobs } from "./_blobs.ts";
import { isLocked, pause, whileLocked } from "./_failure.ts";
import { type Plan, planned } from "./_plan.ts";
import {
  type Content,
  COUNTER,
  encodeLog,
  encodeRecord,
  entryKey,
  logKey,
  MAX_INLINE,
  MAX_INLINE_TOTAL,
} from "./_layout.ts";
import { trimLog } from "./_log.ts";
import type { Running } from "./_running.ts";
import type { DenoKvStoreParts } from "./_store.ts";
import type { Counter, View } from "./_view.ts";
import type { DenoKvKey } from "./client.ts";

const ATTEMPTS = 200;
const TRIM_EVERY = 64;
// A transaction of Deno KV takes 1,000 mutations, 819,200 bytes and 81,920 bytes of keys. Each key
// and value stands there twice: as an entry and in the log.
const GROUP_OPS = 300;
const GROUP_BYTES = 256 * 1024;
const GROUP_KEY_BYTES = 48 * 1024;

/** A commit under way. */
export interface CommitJob {
  readonly ops: readonly Op[];
  /** The caller has gone: what isn't sent yet must not be. */
  cancelled: boolean;
  /** The outcome is open. */
  sent: boolean;
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

/** A job that waits for its turn. */
interface Waiting {
  readonly job: CommitJob;
  readonly intent: Intent | undefined;
  /** What stands for the values that are kept apart. */
  readonly contents: ReadonlyMap<Op, Content>;
  /** Gets the revision; `undefined` if the blobs are gone. */
  resolve(revision: number | undefined): void;
  reject(error: unknown): void;
}

/**
 * Makes the commits of a store. Those that wait while one is under way go into one transaction
 * together, each with a revision of its own: a transaction costs much, whatever is in it.
 */
export class Committer {
  readonly #parts: DenoKvStoreParts;
  readonly #running: Running;
  readonly #queue: Waiting[] = [];
  readonly #view: View;
  /** The revision after the last transaction. */
  #last: number | undefined;
  #working = false;
  #trimming = false;

  constructor(
    parts: DenoKvStoreParts,
    view: View,
    running: Running,
  ) {
    this.#parts = parts;
    this.#view = view;
    this.#running = running;
  }

  /** Applies a job; the revision is that of the store afterwards. */
  async commit(job: CommitJob): Promise<number> {
    const { kv, clock } = this.#parts;
    const values = large(job.ops);
    if (values.size === 0) return (await this.#wait(job))!;
    for (;;) {
      const intent = await writeBlobs(kv, [...values.values()], clock());
      const contents = new Map<Op, Content>(
        [...values.keys()].map((op, index) => [op, intent.blobs[index]!]),
      );
      let revision: number | undefined;
      try {
        revision = await this.#wait(job, intent, contents);
      } finally {
        // Where the outcome is open the blobs may be in use; if not, the janitor finds them.
        if (!job.sent) await dropIntent(kv, intent).catch(() => {});
      }
      if (revision !== undefined) return revision;
    }
  }

  #wait(
    job: CommitJob,
    intent?: Intent,
    contents: ReadonlyMap<Op, Content> = new Map(),
  ): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ job, intent, contents, resolve, reject });
      if (this.#working) return;
      this.#working = true;
      // A step later, so that what is committed at one time goes together.
      queueMicrotask(() => void this.#work());
    });
  }

  async #work(): Promise<void> {
    while (this.#queue.length > 0) {
      const group = this.#take();
      try {
        await this.#apply(group);
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    this.#working = false;
  }

  /** The next jobs, as many as surely go into one transaction. */
  #take(): Waiting[] {
    const group: Waiting[] = [];
    let ops = 0;
    let bytes = 0;
    let keyBytes = 0;
    for (const { job, intent } of this.#queue) {
      ops += job.ops.length;
      for (const op of job.ops) {
        keyBytes += op.key.length;
        if (op.type === "put") bytes += op.value.length;
      }
      const fits = !intent && ops <= GROUP_OPS && bytes <= GROUP_BYTES &&
        keyBytes <= GROUP_KEY_BYTES;
      if (group.length > 0 && !fits) break;
      group.push(this.#queue[group.length]!);
      // A value that is kept apart may turn out to be gone, which is for its job alone to mend.
      if (intent) break;
    }
    this.#queue.splice(0, group.length);
    return group;
  }

  /** Tries until it is decided what becomes of each job. */
  async #apply(group: readonly Waiting[]): Promise<void> {
    let open = group;
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const remembered = this.#view.counter !== undefined;
      const keys = open.flatMap(({ job }) => job.ops.map((op) => op.key));
      const before = await this.#view.look(this.#parts.kv, keys);
      open = open.filter(({ job, reject }) => {
        if (!job.cancelled) return true;
        reject(new StorageError("aborted", "Cannot commit: the call was aborted"));
        return false;
      });
      const plan = planned(open, before);
      const alone = open[0]?.intent;
      if (plan.applied.length > 0) {
        for (const { waiting } of plan.applied) waiting.job.sent = true;
        if (!await this.#transact(before.counter, plan, alone)) {
          for (const { waiting } of plan.applied) waiting.job.sent = false;
          if (alone && await this.#gone(alone)) return open[0]!.resolve(undefined);
          // What was remembered is only out of date, which is no reason to wait.
          if (!remembered) await pause(attempt);
          continue;
        }
      } else if (remembered && plan.refused.length > 0) {
        // No transaction has shown that what was remembered is so.
        this.#view.forget();
        continue;
      }
      for (const { waiting, error } of plan.refused) waiting.reject(error);
      for (const { waiting, revision } of plan.applied) waiting.resolve(revision);
      const rounds = (revision: number) => Math.floor(revision / TRIM_EVERY);
      if (rounds(plan.revision) > rounds(before.counter.revision)) this.#tidy(plan.revision);
      return;
    }
    throw new StorageError("unavailable", "Cannot commit: other processes always came first");
  }

  /** Applies a plan; `false` if the database isn't as it was thought to be, or is locked. */
  async #transact(
    counter: Counter,
    { entries, log, revision }: Plan<Waiting>,
    intent: Intent | undefined,
  ): Promise<boolean> {
    const { versionstamp } = counter;
    const atomic = this.#parts.kv.atomic().check({ key: COUNTER, versionstamp });
    for (const [key, record] of entries) {
      if (record) atomic.set(entryKey(key), encodeRecord(record));
      else atomic.delete(entryKey(key));
    }
    const mark = this.#parts.remote ? crypto.getRandomValues(new Uint8Array(16)) : undefined;
    const logged = [...log].map(([at, record]) => [logKey(at), encodeLog(record, mark)] as const);
    for (const [key, record] of logged) atomic.set(key, record);
    if (log.size > 0) atomic.set(COUNTER, new TextEncoder().encode(formatRevision(revision)));
    if (intent) atomic.check({ key: intent.key, versionstamp: intent.versionstamp });
    if (intent) atomic.delete(intent.key);
    let outcome: Awaited<ReturnType<typeof atomic.commit>> = { ok: false };
    try {
      outcome = await atomic.commit();
    } catch (error) {
      if (!isLocked(error)) throw error;
    } finally {
      if (!outcome.ok) this.#view.forget();
    }
    // It may have been sent again after it was applied, and then have met itself.
    if (!outcome.ok && !(mark && logged[0] && await this.#logged(...logged[0]))) return false;
    if (log.size === 0) return true;
    // Where others commit too, what is remembered would be out of date at most commits.
    const undisturbed = this.#last === counter.revision;
    this.#last = revision;
    if (undisturbed && outcome.versionstamp !== undefined) {
      this.#view.advance({ revision, versionstamp: outcome.versionstamp }, entries);
    } else this.#view.forget();
    return true;
  }

  /** Tells whether a record with a mark of its own is in the log. */
  async #logged(key: DenoKvKey, record: Uint8Array): Promise<boolean> {
    const { value } = await whileLocked(() => this.#parts.kv.get(key));
    return value instanceof Uint8Array && value.length === record.length &&
      record.every((byte, index) => value[index] === byte);
  }

  async #gone(intent: Intent): Promise<boolean> {
    const { versionstamp } = await whileLocked(() => this.#parts.kv.get(intent.key));
    return versionstamp !== intent.versionstamp;
  }

  /** Trims the log and sweeps up, beside the commits. */
  #tidy(revision: number): void {
    if (this.#trimming) return;
    this.#trimming = true;
    const { kv, clock, historyLength } = this.#parts;
    const old = revision - historyLength;
    const work = (async () => {
      if (old > 0) await trimLog(kv, old);
      await sweep(kv, clock());
    })();
    // What fails here is done again after some more commits.
    this.#running.keep(work).catch(() => {}).finally(() => this.#trimming = false);
  }
}
