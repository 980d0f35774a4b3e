import { owningFactory, type StorageFactory, type StorageFactoryOptions } from "../factory.ts";
import { checkKeyPrefix, DEFAULT_KEY_PREFIX } from "../keys.ts";
import type { KeyValueStore } from "../port.ts";
import { openDenoKv } from "./_open.ts";
import type { DenoKvClient } from "./client.ts";

/** Options of {@linkcode denoKvStore}. */
export interface DenoKvStoreOptions {
  /**
   * The file, `":memory:"`, or the URL of a remote database (`https://...`), for which Deno takes
   * the access token from the environment variable `DENO_KV_ACCESS_TOKEN`. Folders that are missing
   * are created. Not together with `kv`.
   *
   * @default {undefined}, Deno's own place for the running program
   */
  readonly path?: string | undefined;
  /**
   * An open database to use instead, which stays the caller's to close: a `Deno.Kv`, or anything
   * with its methods. It holds the store's data under keys that begin with `"oprc"`.
   */
  readonly kv?: DenoKvClient | undefined;
  /**
   * How often watches look for commits of other processes, in milliseconds.
   *
   * @default {25}
   */
  readonly pollMs?: number | undefined;
  /**
   * How many commits the change log keeps for watches that start in the past. It is trimmed every
   * 64 commits, so it may be longer by as many.
   *
   * @default {10000}
   */
  readonly historyLength?: number | undefined;
  /**
   * How long one call to a remote database, or to `kv`, may take, in milliseconds: opening too.
   * Later it is `"unavailable"`, or `"unknown"` for a commit on its way. Not for files.
   *
   * @default {10000} for a URL, none for `kv`
   */
  readonly timeoutMs?: number | undefined;
}

/** Options of {@linkcode denoKvStorageFactory}. */
export interface DenoKvStorageFactoryOptions extends StorageFactoryOptions, DenoKvStoreOptions {}

/**
 * Opens a store on Deno KV. Several processes may use one file.
 *
 * @example
 * ```ts
 * import { denoKvStore } from "@oprc/storage/deno-kv";
 * import { put } from "@oprc/storage";
 * import { assertEquals } from "@std/assert";
 *
 * const store = await denoKvStore({ path: ":memory:" });
 * const value = new TextEncoder().encode("hello");
 * const revision = await put(store, "greeting", value, { expect: null });
 * assertEquals(await store.get("greeting"), { key: "greeting", value, revision });
 * await store[Symbol.asyncDispose]();
 * ```
 *
 * @throws {StorageError} `"corrupt"` if the file is no database, `"denied"` without permission,
 * `"invalid"` for options that can't be, `"unavailable"` if it can't be opened otherwise or
 * there is no Deno KV; the message names the path
 */
export async function denoKvStore(options: DenoKvStoreOptions = {}): Promise<KeyValueStore> {
  return await openDenoKv(options);
}

/**
 * Opens a store on Deno KV and makes the storages over it. The factory closes it.
 *
 * @throws {StorageError} what {@linkcode denoKvStore} throws, and `"invalid"` if the key prefix
 * can't be one
 */
export async function denoKvStorageFactory(
  options: DenoKvStorageFactoryOptions = {},
): Promise<StorageFactory> {
  // Before the file is opened, or even created.
  checkKeyPrefix(options.keyPrefix ?? DEFAULT_KEY_PREFIX);
  return owningFactory(await openDenoKv(options), options);
}
