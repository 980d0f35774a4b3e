import type { KeyValueStore } from "../port.ts";
import { openDenoKv } from "./_open.ts";
import type { DenoKvAtomic, DenoKvClient, DenoKvEntry, DenoKvKey } from "./client.ts";
import type { DenoKvStoreOptions } from "./store.ts";

/** Opens a store on a file of its own, which goes when the store is closed. */
export async function temporaryStore(options: DenoKvStoreOptions = {}): Promise<KeyValueStore> {
  const folder = await Deno.makeTempDir();
  const store = await openDenoKv({ ...options, path: `${folder}/test.db` });
  const dispose = store[Symbol.asyncDispose].bind(store);
  let done: Promise<void> | undefined;
  store[Symbol.asyncDispose] = () =>
    done ??= dispose().then(() => Deno.remove(folder, { recursive: true }));
  return store;
}

/** Runs with the path of a database file that goes afterwards. */
export async function withFile(run: (path: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await run(`${folder}/test.db`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A database whose calls can be made to fail or wait, for tests. */
export function faulty(
  kv: DenoKvClient,
  before: (call: "read" | "commit", commits: readonly DenoKvKey[]) => void | Promise<void>,
): DenoKvClient {
  return {
    async get(key) {
      await before("read", []);
      return await kv.get(key);
    },
    async getMany(keys) {
      await before("read", []);
      return await kv.getMany(keys);
    },
    async *list(selector, options): AsyncGenerator<DenoKvEntry> {
      await before("read", []);
      yield* kv.list(selector, options);
    },
    atomic() {
      const inner = kv.atomic();
      const written: DenoKvKey[] = [];
      const outer: DenoKvAtomic = {
        check(...checks) {
          inner.check(...checks);
          return outer;
        },
        set(key, value) {
          written.push(key);
          inner.set(key, value);
          return outer;
        },
        delete(key) {
          inner.delete(key);
          return outer;
        },
        async commit() {
          await before("commit", written);
          return await inner.commit();
        },
      };
      return outer;
    },
    close: () => kv.close(),
  };
}
