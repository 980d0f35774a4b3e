import type { Bell } from "../_bell.ts";

/** Rings bells when a counter that others may advance has moved, while there are bells. */
export class Poller {
  readonly #bells = new Set<Bell>();
  readonly #pollMs: number;
  readonly #read: () => Promise<number>;
  #seen = -1;
  #closed = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(pollMs: number, read: () => Promise<number>) {
    this.#pollMs = pollMs;
    this.#read = read;
  }

  add(bell: Bell): void {
    this.#bells.add(bell);
    if (this.#bells.size === 1) this.#schedule();
  }

  delete(bell: Bell): void {
    this.#bells.delete(bell);
    if (this.#bells.size === 0) clearTimeout(this.#timer);
  }

  /** Rings at once, for what this process did itself. */
  ring(): void {
    for (const bell of this.#bells) bell.ring();
  }

  /** Rings for the last time; who listens on may never come to stop. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.ring();
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    if (this.#closed) return;
    this.#timer = setTimeout(() => this.#poll(), this.#pollMs);
  }

  async #poll(): Promise<void> {
    let found: number | undefined;
    try {
      found = await this.#read();
    } catch {
      // Whoever is rung reads too, and reports what is wrong.
    }
    if (this.#bells.size === 0) return;
    if (found !== this.#seen) this.ring();
    this.#seen = found ?? -1;
    this.#schedule();
  }
}
