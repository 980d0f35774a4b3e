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
  readonly #stop = new AbortController();
  #closed = false;

  constructor(options: ExportQueueOptions<T>) {
    this.#options = options;
  }

  add(record: T): void {
    const { maxQueue, maxBatch, delayMs, clock, onLost } = this.#options;
    if (this.#closed) return onLost(1, "shutdown", "it came after the shutdown");
    if (this.#waiting.length >= maxQueue) return onLost(1, "queue_full", "the queue is full");
    this.#waiting.push(record);
    if (this.#working !== undefined) return;
    if (this.#waiting.length >= maxBatch) void this.#run();
    else this.#cancelTimer ??= clock.setTimer(() => void this.#run(), delayMs);
  }

  /** Sends all there is; ends when it was sent or lost. */
  async flush(): Promise<void> {
    // Whoever waits for this would be left waiting if the process ended.
    const release = this.#options.hold();
    try {
      await this.#run();
    } finally {
      release();
    }
  }

  #run(): Promise<void> {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    return this.#working ??= this.#work().finally(() => this.#working = undefined);
  }

  async #work(): Promise<void> {
    const { encode, send, onSent, onLost, maxBatch } = this.#options;
    while (this.#waiting.length > 0 && !this.#stop.signal.aborted) {
      const batch = this.#waiting.splice(0, maxBatch);
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
