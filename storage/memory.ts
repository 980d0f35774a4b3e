import { MemoryStore } from "./_memory_store.ts";
import type { KeyValueStore } from "./port.ts";

/** Options of {@linkcode memoryStore}. */
export interface MemoryStoreOptions {
  /**
   * How many commits the store remembers for watches that start in the past.
   *
   * @default {1000}
   */
  readonly historyLength?: number;
}

/**
 * Creates a store in memory, the reference for every other: for tests and for what may be lost.
 *
 * @example
 * ```ts
 * import { memoryStore } from "@oprc/storage";
 * import { assertEquals } from "@std/assert";
 *
 * const store = memoryStore();
 * const value = new TextEncoder().encode("hello");
 * const revision = await store.commit([{ type: "put", key: "greeting", value, expect: null }]);
 * assertEquals(await store.get("greeting"), { key: "greeting", value, revision });
 * await store[Symbol.asyncDispose]();
 * ```
 *
 * @throws {RangeError} if `historyLength` is no positive integer
 */
export function memoryStore(options: MemoryStoreOptions = {}): KeyValueStore {
  const { historyLength = 1000 } = options;
  if (!Number.isInteger(historyLength) || historyLength < 1) {
    throw new RangeError(
      `Cannot create a memory store: historyLength ${historyLength} is no positive integer`,
    );
  }
  return new MemoryStore(historyLength);
}
