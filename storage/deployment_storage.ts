import type { OClassDeployment } from "@oprc/proto/deployment";
import type { DeploymentStatus } from "@oprc/proto/package";
import { decodeEntry, textCodec } from "./_codec.ts";
import { deploymentQuery, deploymentTerms } from "./_deployment_terms.ts";
import { MAX_OPS } from "./_limits.ts";
import { deploymentCodec, statusCodec } from "./_record_codecs.ts";
import { Records } from "./_records.ts";
import { reported } from "./_reported.ts";
import { answers, asksForAll } from "./_terms.ts";
import { isConflict } from "./errors.ts";
import { listAll, remove } from "./helpers.ts";
import {
  clusterMappingKey,
  clusterMappingsPrefix,
  deploymentKey,
  deploymentsPrefix,
  deploymentStatusesPrefix,
  deploymentStatusKey,
} from "./keys.ts";
import type { CallOptions, Entry, KeyValueStore, Op, Revision, WatchOptions } from "./port.ts";
import type {
  ChangeBatch,
  DeleteOptions,
  PageOptions,
  Stored,
  StoredPage,
  WriteOptions,
} from "./stored.ts";

/** Which deployments to list: those that fit everything given. */
export interface DeploymentFilter {
  /** The name of the package. */
  readonly packageName?: string | undefined;
  /** The key of the class. */
  readonly classKey?: string | undefined;
  /** The target environment. */
  readonly targetEnv?: string | undefined;
  /** One of the target clusters. */
  readonly cluster?: string | undefined;
  /**
   * The status that a cluster reported of it, in any letter case; together with `cluster`, that
   * this cluster reported. A deployment has it by a cluster mapping whose id has a status.
   */
  readonly status?: string | undefined;
}

/**
 * Keeps deployments by key; for each, the ids that the clusters gave it (cluster mappings); and
 * the statuses that clusters reported, by these ids. Failures are `StorageError`s.
 */
export interface DeploymentStorage {
  /** Writes a deployment; `{ expect: null }` only creates, a revision only replaces. */
  storeDeployment(deployment: OClassDeployment, options?: WriteOptions): Promise<Revision>;
  /** Reads a deployment; `undefined` if there is none of the key. */
  getDeployment(key: string, options?: CallOptions): Promise<Stored<OClassDeployment> | undefined>;
  /** Reads a page of the deployments that fit a filter, in byte order of their keys. */
  listDeployments(
    filter?: DeploymentFilter,
    options?: PageOptions,
  ): Promise<StoredPage<OClassDeployment>>;
  /**
   * Deletes a deployment together with all its cluster mappings, in one commit, after the
   * statuses of the mapped ids. Of more mappings than go into a commit (63, less one for each
   * operation in `with`), nothing is deleted and the error is `"too_large"`.
   *
   * @returns whether there was one
   */
  deleteDeployment(key: string, options?: DeleteOptions): Promise<boolean>;
  /** Tells whether there is a deployment of the key. */
  deploymentExists(key: string, options?: CallOptions): Promise<boolean>;
  /** Delivers every change to deployments, a batch a commit; as `KeyValueStore.watch` does. */
  watchDeployments(options?: WatchOptions): AsyncIterable<ChangeBatch<OClassDeployment>>;
  /** Notes the id that a cluster gave to a deployment. The deployment itself isn't looked at. */
  saveClusterMapping(
    key: string,
    cluster: string,
    deploymentId: string,
    options?: WriteOptions,
  ): Promise<Revision>;
  /** Reads the ids that the clusters gave to a deployment, by cluster. */
  getClusterMappings(key: string, options?: CallOptions): Promise<ReadonlyMap<string, string>>;
  /** Deletes the mappings of a deployment to some clusters, or to all. */
  removeClusterMappings(
    key: string,
    clusters?: readonly string[],
    options?: CallOptions,
  ): Promise<void>;
  /** Writes the status that a cluster reported, under its `deploymentId`. */
  saveDeploymentStatus(status: DeploymentStatus, options?: WriteOptions): Promise<Revision>;
  /** Reads the status last saved for a cluster's deployment id. */
  getDeploymentStatus(
    deploymentId: string,
    options?: CallOptions,
  ): Promise<Stored<DeploymentStatus> | undefined>;
  /** Deletes a status, and tells whether there was one. */
  deleteDeploymentStatus(deploymentId: string, options?: DeleteOptions): Promise<boolean>;
  /** Delivers every change to statuses, each named by its deployment id; as `watch` does. */
  watchDeploymentStatuses(options?: WatchOptions): AsyncIterable<ChangeBatch<DeploymentStatus>>;
}

class Deployments implements DeploymentStorage {
  readonly #store: KeyValueStore;
  readonly #prefix: string;
  readonly #records: Records<OClassDeployment>;
  readonly #statuses: Records<DeploymentStatus>;

  constructor(store: KeyValueStore, prefix: string) {
    this.#store = store;
    this.#prefix = prefix;
    this.#records = new Records(
      store,
      deploymentsPrefix(prefix),
      deploymentCodec,
    );
    this.#statuses = new Records(
      store,
      deploymentStatusesPrefix(prefix),
      statusCodec,
    );
  }

  async storeDeployment(deployment: OClassDeployment, options?: WriteOptions): Promise<Revision> {
    const key = deploymentKey(this.#prefix, deployment.key);
    return await this.#records.put(key, deployment, options);
  }

  async getDeployment(
    key: string,
    options?: CallOptions,
  ): Promise<Stored<OClassDeployment> | undefined> {
    return await this.#records.get(deploymentKey(this.#prefix, key), options);
  }

  async listDeployments(
    filter: DeploymentFilter = {},
    options: PageOptions = {},
  ): Promise<StoredPage<OClassDeployment>> {
    const { status, cluster } = filter;
    const { signal } = options;
    // Found by what is stored beside it, so here once for all.
    const keys = status === undefined ? undefined : await reported(
      this.#store,
      deploymentsPrefix(this.#prefix),
      this.#statuses,
      { status, cluster, signal },
    );
    const query = deploymentQuery({ ...filter, status: undefined });
    if (!keys && asksForAll(query)) return await this.#records.list(options);
    return await this.#records.list(options, (value) => {
      if (keys && !keys.has(value.key)) return false;
      return answers(query, value.key, deploymentTerms(value));
    });
  }

  async deleteDeployment(key: string, options: DeleteOptions = {}): Promise<boolean> {
    const record = deploymentKey(this.#prefix, key);
    const { signal } = options;
    const most = MAX_OPS - 1 - (options.with?.length ?? 0);
    const deleted = await this.#records.delete(record, options, async () => {
      const mappings = await this.#mappings(key, signal);
      if (mappings.length > most) throw this.#records.tooMany(record, mappings.length, most);
      await this.#deleteStatuses(mappings, signal);
      return mappings.map((entry): Op => ({
        type: "delete",
        key: entry.key,
        expect: entry.revision,
      }));
    });
    if (deleted === undefined) return false;
    // A mapping saved after they were read and before the commit: older than the commit, so it
    // can't be of a deployment of the same key made since.
    const late = (await this.#mappings(key, signal)).filter((entry) => entry.revision < deleted);
    await this.#deleteStatuses(late, signal);
    for (const { key, revision } of late) {
      try {
        await remove(this.#store, key, { expect: revision, signal });
      } catch (error) {
        // Somebody else deleted it, or saved another.
        if (!isConflict(error)) throw error;
      }
    }
    return true;
  }

  async deploymentExists(key: string, options?: CallOptions): Promise<boolean> {
    return await this.#records.exists(deploymentKey(this.#prefix, key), options);
  }

  async saveClusterMapping(
    key: string,
    cluster: string,
    deploymentId: string,
    options: WriteOptions = {},
  ): Promise<Revision> {
    // It will be the key of a status: what can't be one is refused here.
    deploymentStatusKey(this.#prefix, deploymentId);
    const op: Op = {
      type: "put",
      key: clusterMappingKey(this.#prefix, key, cluster),
      value: textCodec.encode(deploymentId),
      expect: options.expect,
    };
    return await this.#store.commit([op, ...options.with ?? []], { signal: options.signal });
  }

  async getClusterMappings(
    key: string,
    options: CallOptions = {},
  ): Promise<ReadonlyMap<string, string>> {
    const prefix = clusterMappingsPrefix(this.#prefix, key);
    const ids = new Map<string, string>();
    for (const entry of await this.#mappings(key, options.signal)) {
      ids.set(entry.key.slice(prefix.length), decodeEntry(textCodec, entry).value);
    }
    return ids;
  }

  async removeClusterMappings(
    key: string,
    clusters?: readonly string[],
    options: CallOptions = {},
  ): Promise<void> {
    const keys = clusters
      ? clusters.map((cluster) => clusterMappingKey(this.#prefix, key, cluster))
      : (await this.#mappings(key, options.signal)).map((entry) => entry.key);
    await this.#records.deleteAll([...new Set(keys)], options);
  }

  async saveDeploymentStatus(status: DeploymentStatus, options?: WriteOptions): Promise<Revision> {
    const key = deploymentStatusKey(this.#prefix, status.deploymentId);
    return await this.#statuses.put(key, status, options);
  }

  async getDeploymentStatus(
    deploymentId: string,
    options?: CallOptions,
  ): Promise<Stored<DeploymentStatus> | undefined> {
    return await this.#statuses.get(deploymentStatusKey(this.#prefix, deploymentId), options);
  }

  async deleteDeploymentStatus(deploymentId: string, options?: DeleteOptions): Promise<boolean> {
    const key = deploymentStatusKey(this.#prefix, deploymentId);
    return await this.#statuses.delete(key, options) !== undefined;
  }

  watchDeployments(options?: WatchOptions): AsyncIterable<ChangeBatch<OClassDeployment>> {
    return this.#records.watch(options);
  }

  watchDeploymentStatuses(options?: WatchOptions): AsyncIterable<ChangeBatch<DeploymentStatus>> {
    return this.#statuses.watch(options);
  }

  async #mappings(key: string, signal: AbortSignal | undefined): Promise<Entry[]> {
    const prefix = clusterMappingsPrefix(this.#prefix, key);
    const entries: Entry[] = [];
    for await (const entry of listAll(this.#store, prefix, { signal })) entries.push(entry);
    return entries;
  }

  async #deleteStatuses(
    mappings: readonly Entry[],
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const keys = mappings.map((entry) =>
      deploymentStatusKey(this.#prefix, decodeEntry(textCodec, entry).value)
    );
    await this.#statuses.deleteAll([...new Set(keys)], { signal });
  }
}

/** Makes a {@linkcode DeploymentStorage} over a store. */
export function deploymentStorage(store: KeyValueStore, prefix: string): DeploymentStorage {
  return new Deployments(store, prefix);
}
