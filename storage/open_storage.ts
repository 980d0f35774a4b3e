import { memoryStorageFactory, type StorageFactory } from "./factory.ts";
import { StorageError } from "./errors.ts";
import type { EtcdTls } from "./etcd/options.ts";

/** What configuration says about an etcd cluster. */
export interface EtcdOptions {
  /** The URLs of the members, `http:` or `https:`. */
  readonly endpoints: readonly string[];
  /**
   * The user, together with `password`.
   *
   * @default {undefined}, none
   */
  readonly username?: string | undefined;
  /** The password of the user. */
  readonly password?: string | undefined;
  /**
   * What all keys start with in this cluster.
   *
   * @default {that of the storage}
   */
  readonly keyPrefix?: string | undefined;
  /**
   * How long one call may take, in milliseconds.
   *
   * @default {3000}
   */
  readonly timeoutMs?: number | undefined;
  /**
   * What secures the connections to `https:` endpoints.
   *
   * @default {undefined}, the system's authorities and no client certificate
   */
  readonly tls?: EtcdTls | undefined;
}

/** What configuration says about storage. */
export interface StorageOptions {
  /** The kind of store: in memory, a Deno KV file, an etcd cluster. */
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
  /** The cluster of an etcd store, which takes it. */
  readonly etcd?: EtcdOptions | undefined;
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
 * @throws {StorageError} `"invalid"` if the type is unknown or its section is missing; whatever the
 * store's own factory throws
 */
export async function openStorage(config: StorageOptions): Promise<StorageFactory> {
  const { type, path, keyPrefix, etcd } = config;
  switch (type) {
    case "memory":
      return memoryStorageFactory({ keyPrefix });
    case "deno-kv": {
      const { denoKvStorageFactory } = await import("./deno_kv/mod.ts");
      return await denoKvStorageFactory({ path, keyPrefix });
    }
    case "etcd": {
      if (!etcd) {
        throw new StorageError(
          "invalid",
          'Cannot open storage of type "etcd": it takes etcd, with endpoints',
        );
      }
      const { endpoints, username, password, timeoutMs } = etcd;
      if ((username === undefined) !== (password === undefined)) {
        throw new StorageError(
          "invalid",
          'Cannot open storage of type "etcd": it takes username and password, or neither',
        );
      }
      const { etcdStorageFactory } = await import("./etcd/mod.ts");
      return await etcdStorageFactory({
        endpoints,
        credentials: username === undefined ? undefined : { username, password: password! },
        tls: etcd.tls,
        timeoutMs,
        keyPrefix: etcd.keyPrefix ?? keyPrefix,
      });
    }
    default:
      throw new StorageError(
        "invalid",
        `Cannot open storage of type ${JSON.stringify(type)}: ` +
          'the known types are "memory", "deno-kv" and "etcd"',
      );
  }
}
