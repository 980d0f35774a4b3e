import { checkKeyPrefix, DEFAULT_KEY_PREFIX } from "./keys.ts";
import { memoryStore, type MemoryStoreOptions } from "./memory.ts";
import { type DeploymentStorage, deploymentStorage } from "./deployment_storage.ts";
import { type PackageStorage, packageStorage } from "./package_storage.ts";
import type { KeyValueStore } from "./port.ts";
import { type RuntimeStorage, runtimeStorage } from "./runtime_storage.ts";

/** Makes the storages of the platform's records over one store. */
export interface StorageFactory extends AsyncDisposable {
  /** The store beneath. */
  readonly store: KeyValueStore;
  /** What all keys start with. */
  readonly keyPrefix: string;
  /** Creates a storage of packages. */
  createPackageStorage(): PackageStorage;
  /** Creates a storage of deployments, their cluster mappings and their statuses. */
  createDeploymentStorage(): DeploymentStorage;
  /** Creates a storage of runtime states. */
  createRuntimeStorage(): RuntimeStorage;
  /** Closes the store, if the factory opened it. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** Options of {@linkcode storageFactory}. */
export interface StorageFactoryOptions {
  /**
   * What all keys start with, without a slash at its end.
   *
   * @default {"/oaas"}
   */
  readonly keyPrefix?: string | undefined;
}

/** Options of {@linkcode memoryStorageFactory}. */
export interface MemoryStorageFactoryOptions extends StorageFactoryOptions, MemoryStoreOptions {}

function create(
  store: KeyValueStore,
  keyPrefix: string,
  dispose: () => Promise<void>,
): StorageFactory {
  return {
    store,
    keyPrefix,
    createPackageStorage: () => packageStorage(store, keyPrefix),
    createDeploymentStorage: () => deploymentStorage(store, keyPrefix),
    createRuntimeStorage: () => runtimeStorage(store, keyPrefix),
    [Symbol.asyncDispose]: dispose,
  };
}

/**
 * Makes the storages over a store of the caller's, who closes it.
 *
 * @throws {StorageError} `"invalid"` if the key prefix can't be one
 */
export function storageFactory(
  store: KeyValueStore,
  options: StorageFactoryOptions = {},
): StorageFactory {
  const prefix = checkKeyPrefix(options.keyPrefix ?? DEFAULT_KEY_PREFIX);
  return create(store, prefix, () => Promise.resolve());
}

/**
 * Makes the storages over a store that the factory closes when it is disposed of.
 *
 * @throws {StorageError} `"invalid"` if the key prefix can't be one
 */
export function owningFactory(
  store: KeyValueStore,
  options: StorageFactoryOptions,
): StorageFactory {
  const prefix = checkKeyPrefix(options.keyPrefix ?? DEFAULT_KEY_PREFIX);
  return create(store, prefix, () => store[Symbol.asyncDispose]());
}

/**
 * Makes the storages over a new store in memory.
 *
 * @example
 * ```ts
 * import { memoryStorageFactory } from "@oprc/storage";
 * import { create } from "@bufbuild/protobuf";
 * import { OPackageSchema } from "@oprc/proto/package";
 * import { assertEquals } from "@std/assert";
 *
 * const factory = memoryStorageFactory();
 * const packages = factory.createPackageStorage();
 * const revision = await packages.storePackage(create(OPackageSchema, { name: "image" }));
 * assertEquals((await packages.getPackage("image"))?.revision, revision);
 * await factory[Symbol.asyncDispose]();
 * ```
 *
 * @throws {StorageError} `"invalid"` if the key prefix can't be one
 */
export function memoryStorageFactory(options: MemoryStorageFactoryOptions = {}): StorageFactory {
  return owningFactory(memoryStore(options), options);
}
