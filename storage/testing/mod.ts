/** @module */
export { testStore, type TestStoreOptions } from "./test_store.ts";
