import { allocate } from "../_runtime.ts";

/** What messages are written to. */
export interface ByteSink {
  /**
   * Writes bytes, which it keeps; resolves when more may be written.
   *
   * @throws {Error} when the caller has gone.
   */
  write(bytes: Uint8Array): Promise<void> | undefined;
  /** Calls back when all that can be done without waiting has been done. */
  soon(callback: () => void): void;
}

const HEAD_BYTES = 5;

/** One HTTP/2 frame, and as much as a reader waits for at most. */
const BATCH_BYTES = 16_384;

/**
 * Puts messages into their envelopes, and writes together those that are ready at once:
 * what a message costs is mostly its frame. No message waits for one that isn't ready.
 */
export class Batch {
  readonly #sink: ByteSink;
  readonly #onGone: (error: unknown) => void;
  readonly #flushSoon = () => {
    this.#scheduled = false;
    this.#flush();
  };
  #flags: number[] = [];
  #messages: Uint8Array[] = [];
  #bytes = 0;
  #scheduled = false;
  #blocked: Promise<void> | undefined;

  /** `onGone` is told when nothing can be written any more. */
  constructor(sink: ByteSink, onGone: (error: unknown) => void) {
    this.#sink = sink;
    this.#onGone = onGone;
  }

  /** What to wait for before the next `add`; never rejects. */
  get blocked(): Promise<void> | undefined {
    return this.#blocked;
  }

  /** Takes a message. */
  add(flags: number, data: Uint8Array): void {
    const bytes = HEAD_BYTES + data.length;
    if (this.#bytes > 0 && this.#bytes + bytes > BATCH_BYTES) this.#flush();
    this.#flags.push(flags);
    this.#messages.push(data);
    this.#bytes += bytes;
    if (this.#bytes >= BATCH_BYTES) return this.#flush();
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#sink.soon(this.#flushSoon);
  }

  /** What has been taken and not yet written; forgets it. */
  take(): Uint8Array<ArrayBuffer> {
    const bytes = allocate(this.#bytes);
    const messages = this.#messages;
    let at = 0;
    for (let i = 0; i < messages.length; i++) {
      const message = messages[i]!;
      const { length } = message;
      bytes[at] = this.#flags[i]!;
      bytes[at + 1] = length >>> 24;
      bytes[at + 2] = length >>> 16;
      bytes[at + 3] = length >>> 8;
      bytes[at + 4] = length;
      bytes.set(message, at + HEAD_BYTES);
      at += HEAD_BYTES + length;
    }
    this.#flags = [];
    this.#messages = [];
    this.#bytes = 0;
    return bytes;
  }

  #flush(): void {
    // What comes while the reader doesn't read follows what it hasn't read yet.
    if (this.#bytes === 0) return;
    const before = this.#blocked;
    const bytes = this.take();
    const written = before === undefined
      ? this.#write(bytes)
      : before.then(() => this.#write(bytes));
    if (written === undefined) return;
    const blocked: Promise<void> = this.#blocked = written.then(() => {
      if (this.#blocked === blocked) this.#blocked = undefined;
    }, this.#onGone);
  }

  #write(bytes: Uint8Array): Promise<void> | undefined {
    try {
      return this.#sink.write(bytes);
    } catch (error) {
      this.#onGone(error);
    }
  }
}
