import type { Delivery } from "./_otlp_sender.ts";
import type { Clock } from "./clock.ts";

/** Why a record didn't reach the collector. */
export type LossReason = "queue_full" | "export_failed" | "rejected" | "shutdown";

/** What an {@linkcode ExportQueue} is made of. */
export interface ExportQueueOptions<T> {
  readonly encode: (records: readonly T[]) => Uint8Array<ArrayBuffer>;
  /** Never rejects; gives up when `signal` aborts. */
  readonly send: (body: Uint8Array<ArrayBuffer>, signal: AbortSignal) => Promise<Delivery>;
  readonly onSent: (count: number) => void;
  readonly onLost: (count: number, reason: LossReason, why: string) => void;
  /** Its timers don't keep the process alive. */
  readonly clock: Clock;
  /** Keeps the process alive until the function answered is called. */
  readonly hold: () => () => void;
  readonly maxQueue: number;
  readonly maxBatch: number;
  readonly delayMs: number;
}

/** A request that has not been sent for certain. */
export interface Remainder {
  readonly body: Uint8Array<ArrayBuffer>;
  readonly count: number;
}

/**
 * Collects records and sends them in batches, one at a time. What it holds is
 * bounded: when the collector is too slow, the newest records are lost, counted.
 */
export class ExportQueue<T> {
  readonly #options: ExportQueueOptions<T>;
  #waiting: T[] = [];
  #underWay: Remainder | undefined;
  #working: Promise<void> | undefined;
  #cancelTimer: (() => void) | undefined;
  /** How many of those that wait go now, though they fill no batch. */
  #due = 0;
  readonly #stop = new AbortController();
  #closed = false;

  constructor(options: ExportQueueOptions<T>) {
    this.#options = options;
  }

  add(record: T): void {
    const { maxQueue, onLost } = this.#options;
    if (this.#closed) return onLost(1, "shutdown", "it came after the shutdown");
    if (this.#waiting.length >= maxQueue) return onLost(1, "queue_full", "the queue is full");
    this.#waiting.push(record);
    if (this.#working === undefined) this.#goOn();
  }

  /** Sends when a batch is full, or when the first of those that wait has waited long enough. */
  #goOn(): void {
    const { maxBatch, delayMs, clock } = this.#options;
    if (this.#waiting.length >= maxBatch) return void this.#run();
    this.#cancelTimer ??= clock.setTimer(() => {
      this.#due = this.#waiting.length;
      void this.#run();
    }, delayMs);
  }

  /** Sends all there is; ends when it was sent or lost. */
  async flush(): Promise<void> {
    // Whoever waits for this would be left waiting if the process ended.
    const release = this.#options.hold();
    try {
      this.#due = this.#waiting.length;
      // Once more if a run under way had just found nothing to do.
      do await this.#run(); while (this.#hasDue());
    } finally {
      release();
    }
  }

  #run(): Promise<void> {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    return this.#working ??= this.#work().finally(() => {
      this.#working = undefined;
      if (this.#waiting.length > 0 && !this.#closed) this.#goOn();
    });
  }

  #hasFull(): boolean {
    return this.#waiting.length >= this.#options.maxBatch && !this.#stop.signal.aborted;
  }

  #hasDue(): boolean {
    return this.#due > 0 && this.#waiting.length > 0 && !this.#stop.signal.aborted;
  }

  async #work(): Promise<void> {
    const { encode, send, onSent, onLost, maxBatch } = this.#options;
    // What came while a batch was under way waits for the next: a request for each few
    // records would cost more than all else about them.
    while (this.#hasDue() || this.#hasFull()) {
      const batch = this.#waiting.splice(0, maxBatch);
      this.#due = Math.max(0, this.#due - batch.length);
      try {
        this.#underWay = { body: encode(batch), count: batch.length };
      } catch (error) {
        onLost(batch.length, "export_failed", String(error));
        continue;
      }
      const { sent, rejected, why = "" } = await send(this.#underWay.body, this.#stop.signal);
      // It may have been taken for another way out meanwhile.
      if (this.#underWay === undefined) continue;
      this.#underWay = undefined;
      const lost = sent ? Math.min(rejected, batch.length) : batch.length;
      if (batch.length > lost) onSent(batch.length - lost);
      if (lost > 0) onLost(lost, sent ? "rejected" : "export_failed", why);
    }
  }

  /** Sends what it can within `timeoutMs`, loses the rest, and takes nothing more. */
  async shutdown(timeoutMs: number): Promise<void> {
    if (this.#closed) return await this.#working;
    this.#closed = true;
    const cancel = this.#options.clock.setTimer(() => this.#stop.abort(), timeoutMs);
    await this.flush();
    cancel();
    const { length } = this.#waiting;
    this.#waiting = [];
    if (length > 0) this.#options.onLost(length, "shutdown", "the time for the shutdown was over");
  }

  /**
   * Takes out all that has not been sent for certain, for the last moment of the
   * process. A batch under way is among it: better twice at the collector than never.
   */
  takeRest(): Remainder[] {
    const { encode, maxBatch } = this.#options;
    const rest = this.#underWay === undefined ? [] : [this.#underWay];
    this.#underWay = undefined;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, maxBatch);
      rest.push({ body: encode(batch), count: batch.length });
    }
    return rest;
  }
}
