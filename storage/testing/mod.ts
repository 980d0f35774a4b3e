/**
 * The suite that every store of this package passes, for stores of your own.
 *
 * @example
 * ```ts no-assert
 * import { memoryStore } from "@oprc/storage";
 * import { testStore } from "@oprc/storage/testing";
 *
 * testStore(() => memoryStore(), { name: "my store" });
 * ```
 *
 * @module
 */
export { testStore, type TestStoreOptions } from "./test_store.ts";
