import { pause } from "../_pause.ts";
import type { KeyValueStore } from "../port.ts";
import type { Feed } from "./_feed.ts";

/**
 * Asks the store, time and again, whether it is there: a watch that goes on over lost connections
 * by itself doesn't tell of them.
 */
export class Checker {
  readonly #store: KeyValueStore;
  readonly #everyMs: number;
  readonly #feeds: Feed[] = [];
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;

  constructor(store: KeyValueStore, everyMs: number) {
    this.#store = store;
    this.#everyMs = everyMs;
  }

  /** Tells further feeds. The first ones start it. */
  add(feeds: readonly Feed[]): void {
    this.#feeds.push(...feeds);
    this.#running ??= this.#run();
  }

  async close(): Promise<void> {
    this.#stop.abort(STOPPED);
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    for (;;) {
      await pause(this.#everyMs, signal);
      if (signal.aborted) return;
      try {
        await this.#store.health({ signal });
        for (const feed of this.#feeds) feed.answered();
      } catch (error) {
        if (signal.aborted) return;
        for (const feed of this.#feeds) feed.unanswered(error as Error);
      }
    }
  }
}

const STOPPED = new Error("the cache is closed");
