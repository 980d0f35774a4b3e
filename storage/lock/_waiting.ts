import { Bell } from "../_bell.ts";
import { follow } from "../follow.ts";
import type { KeyValueStore, Revision } from "../port.ts";
import type { LockKeys } from "./_record.ts";

/** What is known of a lock that another holds. */
export class Waiting {
  readonly #store: KeyValueStore;
  readonly #keys: LockKeys;
  readonly #bell = new Bell();
  readonly #stop = new AbortController();
  readonly #following: Promise<void>;
  readonly #revisions = new Map<string, Revision>();
  #failure: { readonly error: unknown } | undefined;

  constructor(store: KeyValueStore, keys: LockKeys, signal: AbortSignal | undefined) {
    this.#store = store;
    this.#keys = keys;
    this.#following = this.#follow(
      signal ? AbortSignal.any([signal, this.#stop.signal]) : this.#stop.signal,
    );
  }

  async #follow(signal: AbortSignal): Promise<void> {
    try {
      for await (const { events, complete } of follow(this.#store, this.#keys.lock, { signal })) {
        for (const event of events) {
          if (event.type === "put") this.#revisions.set(event.key, event.revision);
          else this.#revisions.delete(event.key);
        }
        // Also without events: the lock may have gone before the first list.
        if (complete) this.#bell.ring();
      }
    } catch (error) {
      this.#failure = { error };
      this.#bell.ring();
    }
  }

  /**
   * Waits until something happens to the lock, at most some time.
   *
   * @param known What the caller knows of the keys
   */
  async change(
    known: { lock: Revision | undefined; beat: Revision | undefined },
    ms: number,
  ): Promise<void> {
    let over = false;
    const timer = setTimeout(() => {
      over = true;
      this.#bell.ring();
    }, ms);
    try {
      for (;;) {
        await this.#bell.wait();
        if (this.#failure) throw this.#failure.error;
        const [lock, beat] = [this.#keys.lock, this.#keys.beat].map((k) => this.#revisions.get(k));
        if (lock !== known.lock || beat !== known.beat || over) return;
      }
    } finally {
      clearTimeout(timer);
    }
  }

  async end(): Promise<void> {
    this.#stop.abort(ENDED);
    await this.#following;
  }
}

const ENDED = new Error("nobody waits any longer");
