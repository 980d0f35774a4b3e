import { owningFactory, type StorageFactory, type StorageFactoryOptions } from "../factory.ts";
import { checkKeyPrefix, DEFAULT_KEY_PREFIX } from "../keys.ts";
import type { KeyValueStore } from "../port.ts";
import { openEtcd } from "./_open.ts";
import { readingRust } from "./_rust_records.ts";
import type { EtcdStoreOptions } from "./options.ts";

/** Options of {@linkcode etcdStorageFactory}. Its `keyPrefix` is that of the records. */
export interface EtcdStorageFactoryOptions
  extends StorageFactoryOptions, Omit<EtcdStoreOptions, "keyPrefix"> {
  /**
   * Reads packages and deployments also as later versions of the platform's Rust services write
   * them: classes with `function_bindings`; classes and functions without `name` and `package`, and
   * functions with a `description` of their own; deployments with `target_envs`, of which the first
   * is taken. What is written is always as the wire contract has it. Times as text and `null` for
   * what is absent, as any Rust service writes them, are read without this.
   *
   * @default {false}
   */
  readonly readRustRecords?: boolean | undefined;
}

/**
 * Opens a store on an etcd cluster of version 3.4 or later. It resolves when a member has answered.
 *
 * @example
 * ```ts ignore
 * import { etcdStore } from "@oprc/storage/etcd";
 * import { put } from "@oprc/storage";
 *
 * const store = await etcdStore({ endpoints: ["http://127.0.0.1:2379"] });
 * await put(store, "greeting", new TextEncoder().encode("hello"), { expect: null });
 * await store[Symbol.asyncDispose]();
 * ```
 *
 * @throws {StorageError} `"unavailable"` if no endpoint answers in time, or what answers is no
 * etcd; `"denied"` for a wrong user or password; `"invalid"` for options that can't be and for an
 * etcd that is too old
 */
export async function etcdStore(options: EtcdStoreOptions): Promise<KeyValueStore> {
  return await openEtcd(options);
}

/**
 * Opens a store on an etcd cluster and makes the storages over it. The factory closes it.
 *
 * @throws {StorageError} what {@linkcode etcdStore} throws, and `"invalid"` if the key prefix
 * can't be one
 */
export async function etcdStorageFactory(
  { keyPrefix = DEFAULT_KEY_PREFIX, readRustRecords = false, ...options }:
    EtcdStorageFactoryOptions,
): Promise<StorageFactory> {
  // Before anything is sent.
  checkKeyPrefix(keyPrefix);
  const store = await openEtcd(options);
  return owningFactory(readRustRecords ? readingRust(store, keyPrefix) : store, { keyPrefix });
}
