/**
 * A store on Deno KV: a file that survives `kill -9` and that several processes may share, or
 * memory. It needs Deno with `"unstable": ["kv"]`, and permission to read and write the file; or
 * Node with npm's `@deno/kv`, which may share the file with Deno.
 *
 * Beside each write stands a record in a change log, made by the same transaction; that is what
 * watches read, also in other processes. Values above 16 KiB are kept in chunks of 64 KiB; what a
 * killed writer leaves of them is cleared away by the next one.
 *
 * @example
 * ```ts
 * import { denoKvStorageFactory } from "@oprc/storage/deno-kv";
 * import { create } from "@bufbuild/protobuf";
 * import { OPackageSchema } from "@oprc/proto/package";
 * import { assert } from "@std/assert";
 *
 * const storage = await denoKvStorageFactory({ path: ":memory:" });
 * const packages = storage.createPackageStorage();
 * await packages.storePackage(create(OPackageSchema, { name: "image" }), { expect: null });
 * assert(await packages.packageExists("image"));
 * await storage[Symbol.asyncDispose]();
 * ```
 *
 * @module
 */
export {
  denoKvStorageFactory,
  type DenoKvStorageFactoryOptions,
  denoKvStore,
  type DenoKvStoreOptions,
} from "./store.ts";
export type { DenoKvAtomic, DenoKvClient, DenoKvEntry, DenoKvKey } from "./client.ts";
