/**
 * The suite that every store of this package passes, for stores of your own.
 *
 * @example
 * ```ts
 * import { memoryStore } from "@oprc/storage";
 * import { testStore } from "@oprc/storage/testing";
 *
 * const tests: (() => Promise<void>)[] = [];
 * testStore(
 *   // Makes a new, empty store for each test; may be asynchronous.
 *   () => memoryStore(),
 *   // Without `test`, they are registered with Deno.test, or test of node:test.
 *   { name: "my store", test: (_name, run) => tests.push(run) },
 * );
 * for (const run of tests) await run();
 * ```
 *
 * @module
 */
export { testStore, type TestStoreOptions } from "./test_store.ts";
