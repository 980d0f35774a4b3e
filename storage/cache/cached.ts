import { aborted, closed } from "../_limits.ts";
import type { DeploymentStorage } from "../deployment_storage.ts";
import type { StorageFactory } from "../factory.ts";
import type { PackageStorage } from "../package_storage.ts";
import type { CallOptions } from "../port.ts";
import { runtimeStorage } from "../runtime_storage.ts";
import { cachedDeployments } from "./_cached_deployments.ts";
import { cachedPackages } from "./_cached_packages.ts";
import { Checker } from "./_checker.ts";
import type { CachePart, PartOptions } from "./_part.ts";
import { statusOf } from "./_status_of.ts";
import { trackingStore, type WriteListener } from "./_tracking.ts";
import type { CacheStatus } from "./status.ts";

/** Options of {@linkcode cached}. */
export interface CachedOptions {
  /**
   * The most bytes of values to hold, of packages and of deployments each. What was used longest
   * ago is dropped beyond that, and read from the store when it is asked for. Keys, revisions and
   * indexes stay: about 250 bytes a record (measured at 100,000 packages).
   *
   * @default {Infinity}
   */
  readonly maxBytes?: number | undefined;
  /**
   * For how long reads are answered from memory, in milliseconds, while the store answers neither
   * watches nor checks. After that they go to the store.
   *
   * @default {10_000}
   */
  readonly maxStaleMs?: number | undefined;
  /**
   * How long a read waits for what this process wrote to arrive in the cache, in milliseconds,
   * before it goes to the store.
   *
   * @default {250}
   */
  readonly maxWaitMs?: number | undefined;
  /**
   * How often the store is asked whether it is there, in milliseconds.
   *
   * @default {1000}
   */
  readonly checkEveryMs?: number | undefined;
}

/** Storages that read from memory what a watch keeps up to date there; see {@linkcode cached}. */
export interface CachedStorage extends StorageFactory {
  /** How the cache is, all that was created so far together. */
  status(): CacheStatus;
  /**
   * Waits until all that was created so far is filled. Before that reads go to the store.
   *
   * @throws {StorageError} `"aborted"` if the signal fires, `"closed"` if the cache is closed
   */
  filled(options?: CallOptions): Promise<void>;
  /** Ends the watches, and disposes of the storage beneath. */
  [Symbol.asyncDispose](): Promise<void>;
}

function positive(name: keyof CachedOptions, value: number): number {
  if (value > 0) return value;
  throw new RangeError(`Cannot cache the storage: ${name} ${value} is no positive number`);
}

/**
 * Makes storages that answer reads from memory, where a watch of the store keeps packages and
 * deployments up to date, with indexes for all that lists can be filtered by.
 *
 * - Writes go to the store. A read sees all that was written before through the same cache: it
 *   waits until that has arrived. What others wrote it sees when the watch has delivered it.
 * - A list is filled, and filled again, while reads go to the store; {@linkcode
 *   CachedStorage.filled} waits for that. {@linkcode CachedStorage.status} tells the revision and
 *   how fresh it is.
 * - A record that can't be decoded makes reads that meet it fail with `"corrupt"` and its key.
 * - Runtime states, cluster mappings and statuses are read from the store; watches too.
 *
 * The cache takes the storage over: dispose of the cache, not of the storage. To keep a storage
 * that goes on, give the cache one of its own: `cached(storageFactory(storage.store))`.
 *
 * @example
 * ```ts
 * import { cached, memoryStorageFactory } from "@oprc/storage";
 * import { createModel } from "@oprc/models";
 * import { OPackageSchema } from "@oprc/proto/package";
 * import { assertEquals } from "@std/assert";
 *
 * const storage = cached(memoryStorageFactory());
 * const packages = storage.createPackageStorage();
 * await packages.storePackage(
 *   createModel(OPackageSchema, { name: "image", metadata: { tags: ["media"] } }),
 * );
 * const { items } = await packages.listPackages({ tags: ["media"] });
 * assertEquals(items.map((item) => item.value.name), ["image"]);
 * await storage[Symbol.asyncDispose]();
 * ```
 *
 * @param storage What to cache
 * @throws {RangeError} if an option is no positive number
 */
export function cached(storage: StorageFactory, options: CachedOptions = {}): CachedStorage {
  const checkEveryMs = positive("checkEveryMs", options.checkEveryMs ?? 1000);
  const limits = {
    maxBytes: positive("maxBytes", options.maxBytes ?? Infinity),
    maxStaleMs: positive("maxStaleMs", options.maxStaleMs ?? 10_000),
    maxWaitMs: positive("maxWaitMs", options.maxWaitMs ?? 250),
  };
  const { keyPrefix } = storage;
  const listeners: WriteListener[] = [];
  const store = trackingStore(storage.store, listeners);
  const parts: CachePart[] = [];
  let packages: (CachePart & { storage(): PackageStorage }) | undefined;
  let deployments: (CachePart & { storage(): DeploymentStorage }) | undefined;
  let closing: Promise<void> | undefined;
  const checker = new Checker(storage.store, checkEveryMs);
  const partOptions: PartOptions = {
    ...limits,
    store,
    keyPrefix,
    checkOpen(what, signal) {
      if (closing) throw closed(what);
      if (signal?.aborted) throw aborted(what, signal);
    },
  };
  function start<P extends CachePart>(make: (options: PartOptions) => P): P {
    if (closing) throw closed("cache the storage");
    const part = make(partOptions);
    parts.push(part);
    listeners.push(...part.feeds);
    checker.add(part.feeds);
    return part;
  }
  return {
    store,
    keyPrefix,
    createPackageStorage: () => (packages ??= start(cachedPackages)).storage(),
    createDeploymentStorage: () => (deployments ??= start(cachedDeployments)).storage(),
    createRuntimeStorage: () => runtimeStorage(store, keyPrefix),
    status: () => statusOf(parts, closing !== undefined),
    async filled({ signal } = {}) {
      const what = "wait for the cache to be filled";
      for (const feed of parts.flatMap((part) => part.feeds)) {
        partOptions.checkOpen(what, signal);
        await feed.filled(signal);
        if (feed.state === "closed") throw closed(what);
      }
      partOptions.checkOpen(what, signal);
    },
    [Symbol.asyncDispose]() {
      return closing ??= (async () => {
        await checker.close();
        await Promise.all(parts.flatMap((part) => part.feeds).map((feed) => feed.close()));
        await storage[Symbol.asyncDispose]();
      })();
    },
  };
}
