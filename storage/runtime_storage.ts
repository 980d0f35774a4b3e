import type { RuntimeState } from "@oprc/proto/runtime";
import { runtimeCodec } from "./_record_codecs.ts";
import { Records } from "./_records.ts";
import { runtimeKey, runtimesPrefix } from "./keys.ts";
import type { CallOptions, KeyValueStore, Revision, WatchOptions } from "./port.ts";
import type {
  ChangeBatch,
  DeleteOptions,
  PageOptions,
  Stored,
  StoredPage,
  WriteOptions,
} from "./stored.ts";

/** Which runtime states to list: those that fit everything given. */
export interface RuntimeFilter {
  /** The id of the deployment that the instance belongs to. */
  readonly deploymentId?: string | undefined;
  /** The status, in any letter case. */
  readonly status?: string | undefined;
}

/** Keeps the states of running instances, by instance id. Failures are `StorageError`s. */
export interface RuntimeStorage {
  /** Writes a state; `{ expect: null }` only creates, a revision only replaces. */
  storeRuntime(state: RuntimeState, options?: WriteOptions): Promise<Revision>;
  /** Reads a state; `undefined` if there is none of the instance. */
  getRuntime(
    instanceId: string,
    options?: CallOptions,
  ): Promise<Stored<RuntimeState> | undefined>;
  /** Reads a page of the states that fit a filter, in byte order of the instance ids. */
  listRuntimes(filter?: RuntimeFilter, options?: PageOptions): Promise<StoredPage<RuntimeState>>;
  /** Deletes a state, and tells whether there was one. */
  deleteRuntime(instanceId: string, options?: DeleteOptions): Promise<boolean>;
  /** Tells whether there is a state of the instance. */
  runtimeExists(instanceId: string, options?: CallOptions): Promise<boolean>;
  /** Delivers every change to states, a batch a commit; as `KeyValueStore.watch` does. */
  watchRuntimes(options?: WatchOptions): AsyncIterable<ChangeBatch<RuntimeState>>;
}

/** Makes a {@linkcode RuntimeStorage} over a store. */
export function runtimeStorage(store: KeyValueStore, prefix: string): RuntimeStorage {
  const records = new Records(store, runtimesPrefix(prefix), runtimeCodec);
  return {
    // Async, so that a bad id is a rejection too.
    async storeRuntime(state, options) {
      return await records.put(runtimeKey(prefix, state.instanceId), state, options);
    },
    async getRuntime(instanceId, options) {
      return await records.get(runtimeKey(prefix, instanceId), options);
    },
    async listRuntimes({ deploymentId, status } = {}, options = {}) {
      const wanted = status?.toUpperCase();
      const matches = (state: RuntimeState) =>
        (deploymentId === undefined || state.deploymentId === deploymentId) &&
        (wanted === undefined || state.status.toUpperCase() === wanted);
      const all = deploymentId === undefined && status === undefined;
      return await records.list(options, all ? undefined : matches);
    },
    async deleteRuntime(instanceId, options) {
      return await records.delete(runtimeKey(prefix, instanceId), options) !== undefined;
    },
    async runtimeExists(instanceId, options) {
      return await records.exists(runtimeKey(prefix, instanceId), options);
    },
    watchRuntimes: (options) => records.watch(options),
  };
}
