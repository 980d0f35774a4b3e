/**
 * Storage for the platform's services: a small key-value port with revisions, transactions and
 * watches ({@linkcode KeyValueStore}), a store in memory, and typed storages of packages,
 * deployments and runtime states over any store, which {@linkcode cached} answers from memory; locks
 * and elections ({@linkcode acquireLock}, {@linkcode elect}).
 *
 * The store on Deno KV is in `@oprc/storage/deno-kv`, that on etcd in `@oprc/storage/etcd`, the
 * program that copies between stores and files in `@oprc/storage/backup`, the suite that checks a
 * store of your own in `@oprc/storage/testing`.
 *
 * @example
 * ```ts
 * import { openStorage } from "@oprc/storage";
 * import { create } from "@bufbuild/protobuf";
 * import { OPackageSchema } from "@oprc/proto/package";
 * import { assertEquals } from "@std/assert";
 *
 * const storage = await openStorage({ type: "memory" });
 * const packages = storage.createPackageStorage();
 *
 * // Create, only if there is none of the name.
 * await packages.storePackage(create(OPackageSchema, { name: "image" }), { expect: null });
 *
 * // Replace, only if nobody else has.
 * const found = await packages.getPackage("image");
 * if (found) {
 *   found.value.disabled = true;
 *   await packages.storePackage(found.value, { expect: found.revision });
 * }
 *
 * const { items } = await packages.listPackages({ disabled: true });
 * assertEquals(items.map((item) => item.value.name), ["image"]);
 * await storage[Symbol.asyncDispose]();
 * ```
 *
 * @module
 */
export type {
  Batch,
  CallOptions,
  CheckOp,
  DeleteEvent,
  DeleteOp,
  Entry,
  Event,
  Expect,
  KeyValueStore,
  ListOptions,
  Op,
  Page,
  PutEvent,
  PutOp,
  Revision,
  WatchOptions,
} from "./port.ts";
export {
  isConflict,
  isStorageError,
  StorageError,
  type StorageErrorCode,
  type StorageErrorOptions,
} from "./errors.ts";
export {
  listAll,
  type ListAllOptions,
  put,
  type PutOptions,
  remove,
  type RemoveOptions,
  update,
  type UpdateOptions,
} from "./helpers.ts";
export { cached, type CachedOptions, type CachedStorage } from "./cache/cached.ts";
export type { CacheState, CacheStatus } from "./cache/status.ts";
export { follow, type FollowBatch, type FollowOptions } from "./follow.ts";
export { acquireLock, lockHolder } from "./lock/acquire_lock.ts";
export { elect } from "./lock/elect.ts";
export type { Lock, LockOptions, LockPlace } from "./lock/lock.ts";
export { memoryStore, type MemoryStoreOptions } from "./memory.ts";
export {
  clusterMappingKey,
  clusterMappingsPrefix,
  DEFAULT_KEY_PREFIX,
  deploymentKey,
  deploymentsPrefix,
  deploymentStatusesPrefix,
  deploymentStatusKey,
  packageKey,
  packagesPrefix,
  runtimeKey,
  runtimesPrefix,
} from "./keys.ts";
export {
  allItems,
  type Change,
  type ChangeBatch,
  type DeleteOptions,
  type PageOptions,
  type Stored,
  type StoredPage,
  type WriteOptions,
} from "./stored.ts";
export type { PackageFilter, PackageStorage } from "./package_storage.ts";
export type { DeploymentFilter, DeploymentStorage } from "./deployment_storage.ts";
export type { RuntimeFilter, RuntimeStorage } from "./runtime_storage.ts";
export {
  memoryStorageFactory,
  type MemoryStorageFactoryOptions,
  type StorageFactory,
  storageFactory,
  type StorageFactoryOptions,
} from "./factory.ts";
export { type EtcdOptions, openStorage, type StorageOptions } from "./open_storage.ts";
export {
  checkEntries,
  exportEntries,
  type ExportOptions,
  importEntries,
  type ImportOptions,
} from "./transfer.ts";
