import { LEASING, leasingOf } from "../_leasing.ts";
import type { CallOptions, KeyValueStore, Op, Revision } from "../port.ts";

/** Who is told of this process's writes. */
export interface WriteListener {
  wrote(ops: readonly Op[], revision: Revision): void;
  failed(ops: readonly Op[], error: unknown): void;
}

/** A store whose commits are told of. It leaves closing to who opened the store. */
export function trackingStore(
  store: KeyValueStore,
  listeners: Iterable<WriteListener>,
): KeyValueStore {
  const leasing = leasingOf(store);
  return {
    get: (key, options) => store.get(key, options),
    list: (prefix, options) => store.list(prefix, options),
    async commit(ops: readonly Op[], options?: CallOptions): Promise<Revision> {
      try {
        const revision = await store.commit(ops, options);
        for (const listener of listeners) listener.wrote(ops, revision);
        return revision;
      } catch (error) {
        for (const listener of listeners) listener.failed(ops, error);
        throw error;
      }
    },
    watch: (prefix, options) => store.watch(prefix, options),
    health: (options) => store.health(options),
    // A lock's keys are not cached.
    ...leasing && { [LEASING]: leasing },
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };
}
