import { quote } from "../_limits.ts";
import { pause } from "../_pause.ts";
import { isConflict, isStorageError, StorageError } from "../errors.ts";
import type { CheckOp, Revision } from "../port.ts";
import type { Means } from "./_means.ts";
import type { Lock } from "./lock.ts";
import type { LockKeys, LockRecord } from "./_record.ts";

/** What a {@linkcode Holding} is made of. */
export interface HoldingParts {
  readonly means: Means;
  readonly keys: LockKeys;
  readonly record: LockRecord;
  readonly token: Revision;
  /** When the commit was sent that took the lock, by `performance.now()`. */
  readonly since: number;
}

/** A lock that is held: gives signs of life, and notices when they don't come through. */
export class Holding implements Lock {
  readonly #parts: HoldingParts;
  readonly #lost = new AbortController();
  readonly #stop = new AbortController();
  readonly #beating: Promise<void>;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #releasing: Promise<void> | undefined;

  constructor(parts: HoldingParts) {
    this.#parts = parts;
    this.#alive(parts.since);
    this.#beating = this.#beat();
  }

  get key(): string {
    return this.#parts.keys.lock;
  }

  get holder(): string {
    return this.#parts.record.holder;
  }

  get token(): Revision {
    return this.#parts.token;
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  guard(): CheckOp {
    return { type: "check", key: this.key, expect: this.token };
  }

  release(): Promise<void> {
    return this.#releasing ??= this.#release();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.release();
  }

  async #release(): Promise<void> {
    const { means, token } = this.#parts;
    this.#end();
    await this.#beating;
    try {
      await means.release(token);
    } catch (error) {
      // Another has it, or it was deleted.
      if (!isConflict(error)) throw error;
    }
  }

  #end(): void {
    clearTimeout(this.#timer);
    this.#stop.abort(ENDED);
  }

  #lose(code: "conflict" | "unavailable", why: string, cause?: unknown): void {
    if (this.#stop.signal.aborted) return;
    this.#end();
    const { key } = this;
    this.#lost.abort(
      new StorageError(code, `Cannot keep lock ${quote(key)}: ${why}`, { key, cause }),
    );
  }

  /** Others may take the lock `ttlMs` after this moment at the earliest; it is lost well before. */
  #alive(since: number): void {
    clearTimeout(this.#timer);
    const { ttlMs } = this.#parts.record;
    const left = since + ttlMs * 2 / 3 - performance.now();
    this.#timer = setTimeout(() => {
      this.#lose("unavailable", `no sign of life came through for ${Math.round(ttlMs * 2 / 3)} ms`);
    }, Math.max(left, 0));
  }

  async #beat(): Promise<void> {
    const { means, token, record: { ttlMs } } = this.#parts;
    const { signal } = this.#stop;
    let failed = false;
    for (;;) {
      await pause(failed ? ttlMs / 12 : ttlMs / 3, signal);
      if (signal.aborted) return;
      const since = performance.now();
      try {
        await means.beat(token, { signal });
        failed = false;
        if (!signal.aborted) this.#alive(since);
      } catch (error) {
        if (signal.aborted) return;
        failed = true;
        if (isConflict(error)) this.#lose("conflict", "another has taken it", error);
        else if (isStorageError(error, "closed")) {
          this.#lose("unavailable", "the store is closed", error);
        }
        // Whatever else it is, it may pass before the lock is lost.
      }
    }
  }
}

// One for all, as without it each abort makes an exception with a stack.
const ENDED = new Error("the lock is no longer held");
