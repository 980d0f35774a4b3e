import type { LogEntry } from "./_log_line.ts";
import type { Clock } from "./clock.ts";

const WINDOW_MS = 1_000;
/** Messages are few; the bound is against messages made of data. */
const MAX_MESSAGES = 1_000;

interface Window {
  began: number;
  count: number;
  suppressed: number;
}

/** Lets so many lines of one message through a second. */
export class RateLimit {
  readonly #max: number;
  readonly #clock: Clock;
  readonly #windows = new Map<string, Window>();

  constructor(maxPerSecond: number, clock: Clock) {
    this.#max = maxPerSecond;
    this.#clock = clock;
  }

  /**
   * `undefined` if the line is to be left out; else how many like it were, since one
   * was written.
   */
  admit({ level, target, message }: LogEntry): number | undefined {
    const key = `${level} ${target} ${message}`;
    const now = this.#clock.now();
    let window = this.#windows.get(key);
    if (window === undefined) {
      this.#makeRoom();
      this.#windows.set(key, window = { began: now, count: 0, suppressed: 0 });
    }
    if (now - window.began >= WINDOW_MS) {
      window.began = now;
      window.count = 0;
    }
    if (window.count >= this.#max) {
      window.suppressed++;
      return undefined;
    }
    window.count++;
    const { suppressed } = window;
    window.suppressed = 0;
    return suppressed;
  }

  /** The oldest goes first. */
  #makeRoom(): void {
    if (this.#windows.size < MAX_MESSAGES) return;
    const [oldest] = this.#windows.keys();
    this.#windows.delete(oldest!);
  }
}
