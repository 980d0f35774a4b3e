import { memoryStorageFactory, type StorageFactory } from "./factory.ts";
import { StorageError } from "./errors.ts";

/** What configuration says about storage. */
export interface StorageOptions {
  /** The kind of store. This version has `"memory"` and `"deno-kv"`. */
  readonly type: "memory" | "deno-kv" | "etcd";
  /**
   * The file of a Deno KV store, or `":memory:"`.
   *
   * @default {undefined}, Deno's own place for the running program
   */
  readonly path?: string | undefined;
  /**
   * What all keys start with, without a slash at its end.
   *
   * @default {"/oaas"}
   */
  readonly keyPrefix?: string | undefined;
}

/**
 * Opens the store that a configuration names and makes the storages over it. Only the code of
 * that kind of store is loaded.
 *
 * @example
 * ```ts
 * import { openStorage } from "@oprc/storage";
 *
 * const storage = await openStorage({ type: "memory", keyPrefix: "/test" });
 * await storage.store.health();
 * await storage[Symbol.asyncDispose]();
 * ```
 *
 * @throws {StorageError} `"invalid"` if the type is unknown or not in this version; whatever the
 * store's own factory throws
 */
export async function openStorage(config: StorageOptions): Promise<StorageFactory> {
  const { type, path, keyPrefix } = config;
  switch (type) {
    case "memory":
      return memoryStorageFactory({ keyPrefix });
    case "deno-kv": {
      const { denoKvStorageFactory } = await import("./deno_kv/mod.ts");
      return await denoKvStorageFactory({ path, keyPrefix });
    }
    case "etcd":
      throw new StorageError(
        "invalid",
        'Cannot open storage of type "etcd": this version has "memory" and "deno-kv"',
      );
    default:
      throw new StorageError(
        "invalid",
        `Cannot open storage of type ${JSON.stringify(type)}: ` +
          'the known types are "memory", "deno-kv" and "etcd"',
      );
  }
}
