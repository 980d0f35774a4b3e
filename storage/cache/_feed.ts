import { following, type Known } from "../_following.ts";
import { pause } from "../_pause.ts";
import { isStorageError } from "../errors.ts";
import type { Event, KeyValueStore, Op, Revision } from "../port.ts";
import type { CacheState } from "./status.ts";

/** What a {@linkcode Feed} is made of. */
export interface FeedParts {
  readonly store: KeyValueStore;
  readonly prefix: string;
  /** What the cache knows. It changes only by `apply`. */
  readonly known: Known;
  /** Takes over a change. */
  readonly apply: (event: Event) => void;
  readonly maxStaleMs: number;
  readonly maxWaitMs: number;
}

const LONGEST_PAUSE_MS = 5000;
// After that a watch has gone on that a failing connection held up (the etcd store waits half a
// second at most): only a second answer of the store, a check later, shows that.
const ANSWERS_TO_TRUST = 2;
// Longer than a store's calls take: what became of a write that failed has been told by then.
const DOUBT_MS = 10_000;

/** Keeps what is known of the keys under a prefix up to date, and tells how far it is. */
export class Feed {
  readonly #parts: FeedParts;
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;
  readonly #waiting = new Set<() => void>();
  /** Whether a list is finished, and none under way. */
  #filled = false;
  #closed = false;
  #revision: Revision | undefined;
  #heardAt = performance.now();
  #answeredAt = performance.now();
  #answers = 0;
  #error: Error | undefined;
  /** The newest write of this process. */
  #written: Revision | undefined;
  /** Keys of which this process learned that they are no longer at the revision known here. */
  readonly #outdated = new Set<string>();
  #doubtUntil = 0;

  constructor(parts: FeedParts) {
    this.#parts = parts;
    this.#running = this.#run();
  }

  get prefix(): string {
    return this.#parts.prefix;
  }

  get revision(): Revision | undefined {
    return this.#revision;
  }

  get error(): Error | undefined {
    return this.#error;
  }

  /** For how long no event and no bookmark has come. */
  get quietMs(): number {
    return performance.now() - this.#heardAt;
  }

  /** For how long the store has not answered, to whatever. */
  get unansweredMs(): number {
    return performance.now() - this.#answeredAt;
  }

  get state(): CacheState {
    if (this.#closed) return "closed";
    if (this.#error || this.unansweredMs > this.#parts.maxStaleMs) return "reconnecting";
    return this.#filled ? "live" : "filling";
  }

  /** Whether a read may be answered from here; waits for this process's own writes. */
  async usable(signal: AbortSignal | undefined): Promise<boolean> {
    if (!this.#current() && this.#trusted()) await this.#catchUp(signal);
    return this.#trusted() && this.#current();
  }

  /** Resolves when all is here that was in the store when it was called first, or never will be. */
  async filled(signal: AbortSignal | undefined): Promise<void> {
    while (!this.#filled && !this.#closed && !signal?.aborted) await this.#change(signal);
  }

  /** Notes what this process wrote. */
  wrote(ops: readonly Op[], revision: Revision): void {
    const ours = this.#ours(ops);
    // A delete that expects nothing may have found nothing, of which no event will tell.
    if (ours.some((op) => op.type === "put" || op.expect !== undefined)) {
      if (this.#written === undefined || this.#written < revision) this.#written = revision;
    } else {
      for (const { key } of ours) {
        const known = this.#parts.known.get(key);
        if (known !== undefined && known < revision) this.#outdated.add(key);
      }
    }
  }

  /** Notes that a write of this process failed. */
  failed(ops: readonly Op[], error: unknown): void {
    const ours = this.#ours(ops, true);
    if (isStorageError(error, "conflict")) {
      const op = ours.find((op) => op.key === error.key);
      // What the caller expected is what is known here, and it is wrong.
      const known = op && (this.#parts.known.get(op.key) ?? null);
      if (op && op.expect === known) this.#outdated.add(op.key);
    } else if (
      ours.length > 0 && (isStorageError(error, "unknown") || isStorageError(error, "aborted"))
    ) {
      this.#doubtUntil = performance.now() + DOUBT_MS;
    }
  }

  /** Notes that the store answered a check. */
  answered(): void {
    this.#answeredAt = performance.now();
    if (this.#error && ++this.#answers >= ANSWERS_TO_TRUST) this.#error = undefined;
  }

  /** Notes that the store couldn't be reached. */
  readonly unanswered = (error: Error): void => {
    this.#error = error;
    this.#answers = 0;
  };

  async close(): Promise<void> {
    this.#stop.abort(STOPPED);
    await this.#running;
  }

  #ours(ops: readonly Op[], checks = false): readonly Op[] {
    return ops.filter((op) =>
      (checks || op.type !== "check") && op.key.startsWith(this.#parts.prefix)
    );
  }

  #trusted(): boolean {
    return this.#filled && this.unansweredMs <= this.#parts.maxStaleMs &&
      performance.now() >= this.#doubtUntil;
  }

  #current(): boolean {
    return this.#outdated.size === 0 &&
      (this.#written === undefined || this.#written <= this.#revision!);
  }

  async #catchUp(signal: AbortSignal | undefined): Promise<void> {
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(STOPPED), this.#parts.maxWaitMs);
    const end = signal ? AbortSignal.any([signal, late.signal]) : late.signal;
    try {
      while (!end.aborted && this.#trusted() && !this.#current()) await this.#change(end);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Waits for the next change of what is known, or for a signal. */
  #change(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        this.#waiting.delete(done);
        signal?.removeEventListener("abort", done);
        resolve();
      };
      this.#waiting.add(done);
      signal?.addEventListener("abort", done);
    });
  }

  #wake(): void {
    for (const done of [...this.#waiting]) done();
  }

  async #run(): Promise<void> {
    const { store, prefix, known } = this.#parts;
    const { signal } = this.#stop;
    for (let failures = 0;;) {
      // Acknowledged before the list began, so the list has them.
      let before: Revision | undefined;
      const onList = () => {
        before = this.#written;
        this.#outdated.clear();
        this.#filled = false;
        this.#wake();
      };
      const options = { onList, onUnavailable: this.unanswered };
      try {
        for await (const batch of following(store, prefix, options, signal, known)) {
          failures = 0;
          for (const event of batch.events) {
            this.#parts.apply(event);
            this.#outdated.delete(event.key);
          }
          this.#heardAt = this.#answeredAt = performance.now();
          this.#error = undefined;
          if (!batch.complete) continue;
          this.#revision = batch.revision;
          if (!this.#filled && this.#written === before) this.#written = undefined;
          this.#filled = true;
          this.#wake();
        }
      } catch (error) {
        const ends = signal.aborted || isStorageError(error, "closed");
        if (ends) break;
        // Nothing watches meanwhile.
        this.#filled = false;
        this.unanswered(error as Error);
        this.#wake();
        await pause(Math.min(100 * 2 ** failures++, LONGEST_PAUSE_MS), signal);
        if (signal.aborted) break;
      }
    }
    this.#closed = true;
    this.#filled = false;
    this.#wake();
  }
}

// One for all, as without it each abort makes an exception with a stack.
const STOPPED = new Error("the cache is closed");
