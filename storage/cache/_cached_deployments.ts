import { deploymentQuery, deploymentTerms } from "../_deployment_terms.ts";
import type { Known } from "../_following.ts";
import { quote } from "../_limits.ts";
import { deploymentCodec } from "../_record_codecs.ts";
import { type DeploymentStorage, deploymentStorage } from "../deployment_storage.ts";
import { deploymentKey, deploymentsPrefix, deploymentStatusesPrefix } from "../keys.ts";
import { CachedRecords } from "./_cached_records.ts";
import { Feed } from "./_feed.ts";
import type { CachePart, PartOptions } from "./_part.ts";
import { Reports } from "./_reports.ts";

/** The deployments in the cache, and what clusters reported of them. */
export interface CachedDeployments extends CachePart {
  storage(): DeploymentStorage;
}

/** Caches deployments. Mappings and statuses themselves are read from the store. */
export function cachedDeployments(options: PartOptions): CachedDeployments {
  const { store, keyPrefix, maxBytes, checkOpen } = options;
  const prefix = deploymentsPrefix(keyPrefix);
  const statusesPrefix = deploymentStatusesPrefix(keyPrefix);
  const reports = new Reports({
    deploymentsPrefix: prefix,
    statusesPrefix,
    onChange: (deployment, before) => records.index.refresh(prefix + deployment, before),
  });
  const records = new CachedRecords({
    store,
    prefix,
    codec: deploymentCodec,
    termsOf: deploymentTerms,
    moreTermsOf: (name) => reports.termsOf(name),
    maxBytes,
  });
  const { index } = records;
  const known: Known = {
    get: (key) => index.get(key) ?? reports.mappings.get(key),
    set() {},
    delete() {},
    *keys() {
      yield* index.keys();
      yield* reports.mappings.keys();
    },
  };
  const feed = new Feed({
    ...options,
    prefix,
    known,
    apply(event) {
      records.apply(event);
      reports.applyMapping(event);
    },
  });
  const statuses = new Feed({
    ...options,
    prefix: statusesPrefix,
    known: reports.statuses,
    apply: (event) => reports.applyStatus(event),
  });
  const inner = deploymentStorage(store, keyPrefix);
  const storage: DeploymentStorage = {
    storeDeployment: (deployment, options) => inner.storeDeployment(deployment, options),
    async getDeployment(key, options) {
      const full = deploymentKey(keyPrefix, key);
      checkOpen(`get key ${quote(full)}`, options?.signal);
      if (!await feed.usable(options?.signal)) return await inner.getDeployment(key, options);
      return await records.get(full, options?.signal);
    },
    async listDeployments(filter = {}, options = {}) {
      const { signal } = options;
      checkOpen(`list prefix ${quote(prefix)}`, signal);
      const usable = await feed.usable(signal) &&
        (filter.status === undefined ||
          // The first may have fallen behind while the second caught up.
          (await statuses.usable(signal) && await feed.usable(signal)));
      if (!usable) return await inner.listDeployments(filter, options);
      if (filter.status !== undefined) reports.check();
      return await records.list(deploymentQuery(filter), options, feed.revision!);
    },
    deleteDeployment: (key, options) => inner.deleteDeployment(key, options),
    async deploymentExists(key, options) {
      const full = deploymentKey(keyPrefix, key);
      checkOpen(`get key ${quote(full)}`, options?.signal);
      if (!await feed.usable(options?.signal)) return await inner.deploymentExists(key, options);
      return records.has(full);
    },
    watchDeployments: (options) => inner.watchDeployments(options),
    saveClusterMapping: (key, cluster, id, options) =>
      inner.saveClusterMapping(key, cluster, id, options),
    getClusterMappings: (key, options) => inner.getClusterMappings(key, options),
    removeClusterMappings: (key, clusters, options) =>
      inner.removeClusterMappings(key, clusters, options),
    saveDeploymentStatus: (status, options) => inner.saveDeploymentStatus(status, options),
    getDeploymentStatus: (id, options) => inner.getDeploymentStatus(id, options),
    deleteDeploymentStatus: (id, options) => inner.deleteDeploymentStatus(id, options),
    watchDeploymentStatuses: (options) => inner.watchDeploymentStatuses(options),
  };
  const reported = {
    size: 0,
    bytes: 0,
    get undecodable() {
      return reports.undecodable;
    },
  };
  return { feeds: [feed, statuses], indexes: [index, reported], storage: () => storage };
}
