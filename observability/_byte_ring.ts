const HEAD = 0;
const TAIL = 1;
const LOST = 2;
const WORDS = 3;

/**
 * Bytes on their way from one thread to another, in shared memory of a fixed size.
 * One thread writes; the other reads by the same layout: three words (bytes written,
 * bytes read, and how often reading out failed), then the bytes.
 */
export class ByteRing {
  readonly memory: SharedArrayBuffer;
  readonly #words: Int32Array;
  readonly #bytes: Uint8Array;

  /** @param capacity a power of two, so that counting may overflow */
  constructor(capacity: number) {
    this.memory = new SharedArrayBuffer(4 * WORDS + capacity);
    this.#words = new Int32Array(this.memory, 0, WORDS);
    this.#bytes = new Uint8Array(this.memory, 4 * WORDS);
  }

  /** Puts them in whole, or says that there is no room. */
  put(bytes: Uint8Array): boolean {
    const capacity = this.#bytes.length;
    const head = Atomics.load(this.#words, HEAD);
    const used = (head - Atomics.load(this.#words, TAIL)) | 0;
    if (bytes.length > capacity - used) return false;
    const at = head & (capacity - 1);
    const first = Math.min(bytes.length, capacity - at);
    this.#bytes.set(bytes.subarray(0, first), at);
    this.#bytes.set(bytes.subarray(first), 0);
    Atomics.store(this.#words, HEAD, (head + bytes.length) | 0);
    Atomics.notify(this.#words, HEAD);
    return true;
  }

  /** How often the other thread could not write what it had read. */
  get failures(): number {
    return Atomics.load(this.#words, LOST);
  }

  /** Blocks until all has been read, or the time is over; says which. */
  waitUntilEmpty(timeoutMs: number): boolean {
    const end = performance.now() + timeoutMs;
    for (;;) {
      const tail = Atomics.load(this.#words, TAIL);
      if (tail === Atomics.load(this.#words, HEAD)) return true;
      const left = end - performance.now();
      if (left <= 0) return false;
      Atomics.wait(this.#words, TAIL, tail, left);
    }
  }
}
