import { compacted } from "../_watch.ts";
import { StorageError } from "../errors.ts";
import { memoryStore } from "../memory.ts";
import type { Batch, KeyValueStore, Op, Revision } from "../port.ts";

/** A store over another whose faults a test turns on and off. */
export interface FaultyStore extends KeyValueStore {
  /** Watches deliver nothing until it is opened again. */
  hold(): void;
  open(): void;
  /** All that is called fails, and watches deliver nothing. */
  down: boolean;
  /** Watches end with it, once each. */
  failWatches(error: unknown): void;
  /** Done to the operations of the next commit, which fails with what it returns. */
  nextCommit: ((ops: readonly Op[]) => Promise<unknown>) | undefined;
  /** How often it was asked. */
  readonly calls: { get: number; list: number };
}

export function faultyStore(store: KeyValueStore = memoryStore()): FaultyStore {
  let gate = Promise.withResolvers<void>();
  gate.resolve();
  let failure = Promise.withResolvers<never>();
  failure.promise.catch(() => {});
  const check = () => {
    if (faulty.down) throw new StorageError("unavailable", "Cannot do it: the test says so");
  };
  const calls = { get: 0, list: 0 };
  const faulty: FaultyStore = {
    down: false,
    nextCommit: undefined,
    calls,
    hold: () => gate = Promise.withResolvers<void>(),
    open: () => gate.resolve(),
    failWatches(error) {
      failure.reject(error);
      failure = Promise.withResolvers<never>();
      failure.promise.catch(() => {});
    },
    async get(key, options) {
      calls.get++;
      check();
      return await store.get(key, options);
    },
    async list(prefix, options) {
      calls.list++;
      check();
      return await store.list(prefix, options);
    },
    async commit(ops, options): Promise<Revision> {
      check();
      const next = faulty.nextCommit;
      faulty.nextCommit = undefined;
      if (next) throw await next(ops);
      return await store.commit(ops, options);
    },
    async health(options) {
      check();
      await store.health(options);
    },
    watch(prefix, options) {
      return {
        [Symbol.asyncIterator](): AsyncIterator<Batch, void> {
          const inner = store.watch(prefix, options)[Symbol.asyncIterator]();
          return {
            async next() {
              check();
              const failing = failure.promise;
              const found = await Promise.race([inner.next(), failing]);
              const aborted = new Promise<void>((resolve) =>
                options?.signal?.addEventListener("abort", () => resolve())
              );
              await Promise.race([gate.promise, aborted, failing]);
              if (options?.signal?.aborted) {
                await inner.return?.();
                throw new StorageError("aborted", "Cannot watch: aborted");
              }
              return found;
            },
            async return() {
              await inner.return?.();
              return { done: true, value: undefined };
            },
          };
        },
      };
    },
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };
  return faulty;
}

/** The error of a store whose history is gone. */
export const historyGone = () => compacted("/", 1);

/** Waits until something is so; for what a test can't wait for otherwise. */
export async function until(what: () => boolean | Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 2000; attempt++) {
    if (await what()) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error(`it never came to be: ${what}`);
}
