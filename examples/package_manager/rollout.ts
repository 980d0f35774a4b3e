/** Brings deployments to their clusters, and keeps what is known of each. */
import { Code, ConnectError } from "@connectrpc/connect";
import { createModel, toTimestamp } from "@oprc/models";
import type { Logger } from "@oprc/observability";
import type { OClassDeployment } from "@oprc/proto/deployment";
import { type DeploymentStatus, DeploymentStatusSchema } from "@oprc/proto/package";
import type { DeploymentStorage } from "@oprc/storage";
import { retryConflicts } from "../common/storage_helpers.ts";
import type { Clusters } from "./clusters.ts";
import { unitIdOf, unitOf } from "./planning.ts";

/** A cluster that did not do what it was asked. */
export interface ClusterFailure {
  readonly cluster: string;
  readonly error: ConnectError;
}

/** Whether the same call may succeed later. */
export function isPassing({ code }: ConnectError): boolean {
  return [Code.Unavailable, Code.DeadlineExceeded, Code.Aborted, Code.Unknown].includes(code);
}

/** The clusters' side of deployments. */
export class Rollout {
  readonly #deployments: DeploymentStorage;
  readonly #clusters: Clusters;
  readonly #logger: Logger;
  readonly #now: () => Date;

  constructor(
    deployments: DeploymentStorage,
    clusters: Clusters,
    logger: Logger,
    now: () => Date,
  ) {
    this.#deployments = deployments;
    this.#clusters = clusters;
    this.#logger = logger;
    this.#now = now;
  }

  /**
   * Asks one cluster to run its part of a deployment. Mapping and status are
   * stored before the call, so that a crash between leaves a PENDING unit that
   * `pendingClusters` finds, and the cluster's first report finds its record.
   */
  async dispatch(
    deployment: OClassDeployment,
    cluster: string,
    wantedId: string = unitIdOf(deployment.key, cluster),
  ): Promise<ClusterFailure | undefined> {
    const mapped = (await this.#deployments.getClusterMappings(deployment.key)).get(cluster);
    const id = mapped ?? wantedId;
    await this.#setStatus(id, "PENDING", "waits for the cluster's answer");
    if (mapped === undefined) {
      await this.#deployments.saveClusterMapping(deployment.key, cluster, id);
    }
    try {
      const answered = await this.#clusters.client(cluster).deploy(unitOf(deployment, cluster, id));
      if (answered !== "" && answered !== id) {
        // The cluster has ids of its own, and reports under them.
        await this.#setStatus(answered, "PENDING", "accepted by the cluster");
        await this.#deployments.saveClusterMapping(deployment.key, cluster, answered);
        await this.#deployments.deleteDeploymentStatus(id);
      }
      return undefined;
    } catch (error) {
      const failure = { cluster, error: ConnectError.from(error) };
      if (isPassing(failure.error)) {
        await this.#setStatus(id, "PENDING", `not reached: ${failure.error.rawMessage}`);
      } else {
        await this.#setStatus(id, "FAILED", failure.error.rawMessage);
      }
      this.#logger.warn("a cluster did not take its unit", { cluster, id, error: failure.error });
      return failure;
    }
  }

  /** Tells a cluster the number of instances; one that lost the unit gets it anew. */
  async scale(
    deployment: OClassDeployment,
    cluster: string,
    replicas: number,
  ): Promise<ClusterFailure | undefined> {
    const mapped = (await this.#deployments.getClusterMappings(deployment.key)).get(cluster);
    if (mapped === undefined) return this.dispatch(deployment, cluster);
    try {
      await this.#clusters.client(cluster).scaleDeployment(mapped, replicas);
      return undefined;
    } catch (error) {
      const failure = ConnectError.from(error);
      if (failure.code === Code.NotFound) return this.dispatch(deployment, cluster);
      if (isPassing(failure)) {
        // Deploying again brings the new number too.
        await this.#setStatus(mapped, "PENDING", `not scaled yet: ${failure.rawMessage}`);
      }
      return { cluster, error: failure };
    }
  }

  /**
   * Ends a cluster's part of a deployment. Its mapping and its status,
   * TERMINATING, stay until `forget` or until the deployment is deleted, so that
   * an end that was cut short is not taken for a unit that waits.
   */
  async withdraw(key: string, cluster: string): Promise<ClusterFailure | undefined> {
    const mapped = (await this.#deployments.getClusterMappings(key)).get(cluster);
    const id = mapped ?? unitIdOf(key, cluster);
    await this.#setStatus(id, "TERMINATING", "waits for the cluster's answer");
    try {
      await this.#clusters.client(cluster).deleteDeployment(id);
      return undefined;
    } catch (error) {
      const failure = ConnectError.from(error);
      if (failure.code === Code.NotFound) return undefined;
      await this.#setStatus(id, "TERMINATING", `not ended yet: ${failure.rawMessage}`);
      return { cluster, error: failure };
    }
  }

  /** Withdraws from a cluster that the deployment no longer targets. */
  async drop(key: string, cluster: string): Promise<ClusterFailure | undefined> {
    const failure = await this.withdraw(key, cluster);
    if (failure !== undefined) return failure;
    const mapped = (await this.#deployments.getClusterMappings(key)).get(cluster);
    await this.#deployments.deleteDeploymentStatus(mapped ?? unitIdOf(key, cluster));
    await this.#deployments.removeClusterMappings(key, [cluster]);
    return undefined;
  }

  /** Stores what a cluster reports. */
  async report(id: string, status: DeploymentStatus, signal?: AbortSignal): Promise<void> {
    const what = `Cannot report the status of deployment "${id}"`;
    await retryConflicts(what, signal, async () => {
      const former = id === "" ? undefined : await this.#deployments.getDeploymentStatus(id);
      if (former === undefined) {
        throw new ConnectError(`${what}: no cluster runs one of that id`, Code.NotFound);
      }
      await this.#deployments.saveDeploymentStatus(
        createModel(DeploymentStatusSchema, {
          ...status,
          deploymentId: id,
          status: status.status.toUpperCase(),
          updatedAt: status.updatedAt ?? toTimestamp(this.#now()),
        }),
        { expect: former.revision, signal },
      );
    });
  }

  /** The status of each cluster's part, in the order of the clusters' names. */
  async statuses(
    deployment: OClassDeployment,
  ): Promise<{ cluster: string; id: string; status?: DeploymentStatus }[]> {
    const mappings = await this.#deployments.getClusterMappings(deployment.key);
    const clusters = new Set([...deployment.targetClusters, ...mappings.keys()]);
    return await Promise.all(
      [...clusters].sort().map(async (cluster) => {
        const id = mappings.get(cluster) ?? unitIdOf(deployment.key, cluster);
        return { cluster, id, status: (await this.#deployments.getDeploymentStatus(id))?.value };
      }),
    );
  }

  async #setStatus(deploymentId: string, status: string, message: string): Promise<void> {
    await this.#deployments.saveDeploymentStatus(
      createModel(DeploymentStatusSchema, {
        deploymentId,
        status,
        message,
        updatedAt: toTimestamp(this.#now()),
      }),
    );
  }
}
