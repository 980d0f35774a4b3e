/** Deployments of classes: made, scaled, ended, and followed. */
import { Code, ConnectError } from "@connectrpc/connect";
import { assertValid, createModel, toTimestamp, withDefaults } from "@oprc/models";
import type { Logger } from "@oprc/observability";
import {
  type DeploymentUnit,
  type OClassDeployment,
  OClassDeploymentSchema,
} from "@oprc/proto/deployment";
import type { DeployClassRequest, DeploymentStatus } from "@oprc/proto/package";
import type { DeploymentStorage, StorageFactory } from "@oprc/storage";
import { KeyedLock } from "../common/keyed_lock.ts";
import { retryConflicts } from "../common/storage_helpers.ts";
import type { PackageCatalog } from "./catalog.ts";
import type { Clusters } from "./clusters.ts";
import { classOf, functionSpecs, keyOf, planDeployment } from "./planning.ts";
import { type ClusterFailure, isPassing, Rollout } from "./rollout.ts";

/** What a Deployer is built from. */
export interface DeployerOptions {
  readonly storage: StorageFactory;
  readonly catalog: PackageCatalog;
  readonly clusters: Clusters;
  readonly logger: Logger;
  readonly now?: () => Date;
}

/**
 * The deployments of the platform. What is wanted is stored first; then the
 * clusters are asked one by one, and a cluster that can't be reached is asked
 * again by `resume` until it answers.
 */
export class Deployer {
  readonly #deployments: DeploymentStorage;
  readonly #catalog: PackageCatalog;
  readonly #clusters: Clusters;
  readonly #rollout: Rollout;
  readonly #now: () => Date;
  /** Calls for one deployment follow one another, so that clusters see them in order. */
  readonly #lock = new KeyedLock();

  constructor({ storage, catalog, clusters, logger, now = () => new Date() }: DeployerOptions) {
    this.#deployments = storage.createDeploymentStorage();
    this.#catalog = catalog;
    this.#clusters = clusters;
    this.#now = now;
    this.#rollout = new Rollout(this.#deployments, clusters, logger, now);
  }

  /** Deploys a class to clusters; answers with the deployment's key. */
  async deployClass(request: DeployClassRequest, signal?: AbortSignal): Promise<string> {
    const key = keyOf(request.packageName, request.classKey, request.targetEnv);
    this.#clusters.assertKnown(request.targetClusters, "target_clusters");
    return await this.#lock.run(key, async () => {
      const { deployment, former } = await this.#store(key, signal, async (former) => {
        const specs = await this.#specs(request.packageName, request.classKey, signal);
        return planDeployment(request, specs, former, this.#now());
      });
      const dropped = (former?.targetClusters ?? []).filter((cluster) =>
        !deployment.targetClusters.includes(cluster)
      );
      const failures = [
        ...await each(deployment.targetClusters, (c) => this.#rollout.dispatch(deployment, c)),
        ...await each(dropped, (c) => this.#rollout.drop(key, c)),
      ];
      conclude(`Cannot deploy "${key}"`, failures, STORED);
      return key;
    });
  }

  /** Deploys one unit to its cluster, beside the clusters that have the class already. */
  async deployUnit(unit: DeploymentUnit, signal?: AbortSignal): Promise<string> {
    const key = keyOf(unit.packageName, unit.classKey, unit.targetEnv);
    this.#clusters.assertKnown([unit.targetCluster], "deployment_unit.target_cluster");
    return await this.#lock.run(key, async () => {
      const { deployment } = await this.#store(key, signal, async (former) => {
        const specs = unit.functions.length > 0
          ? unit.functions
          : await this.#specs(unit.packageName, unit.classKey, signal);
        return withDefaults(
          OClassDeploymentSchema,
          createModel(OClassDeploymentSchema, {
            key,
            packageName: unit.packageName,
            classKey: unit.classKey,
            targetEnv: unit.targetEnv,
            targetClusters: [...new Set([...former?.targetClusters ?? [], unit.targetCluster])],
            nfrRequirements: unit.nfrRequirements ?? former?.nfrRequirements,
            functions: specs,
            createdAt: former?.createdAt ?? unit.createdAt ?? toTimestamp(this.#now()),
          }),
        );
      });
      const failure = await this.#rollout.dispatch(deployment, unit.targetCluster, unit.id);
      conclude(`Cannot deploy "${key}"`, failure === undefined ? [] : [failure], STORED);
      return key;
    });
  }

  /** A deployment, and how it fares in each cluster in a sentence. */
  async describe(key: string): Promise<{ deployment: OClassDeployment; message: string }> {
    const deployment = await this.#get(key, "Cannot get");
    const statuses = await this.#rollout.statuses(deployment);
    const message = statuses.map(({ cluster, status }) => {
      const detail = status?.message ? ` (${status.message})` : "";
      return `${cluster} ${status?.status ?? "PENDING"}${detail}`;
    }).join(", ");
    return { deployment, message };
  }

  /** Sets the number of instances of every function, in every cluster. */
  async scale(key: string, replicas: number, signal?: AbortSignal): Promise<void> {
    if (replicas < 1) {
      throw new ConnectError(
        `Cannot scale deployment "${key}": target_replicas is ${replicas}, and must be at least 1`,
        Code.InvalidArgument,
      );
    }
    await this.#lock.run(key, async () => {
      await this.#get(key, "Cannot scale");
      const { deployment } = await this.#store(key, signal, (former) => {
        if (former === undefined) throw noDeployment(key, "Cannot scale");
        return Promise.resolve({
          ...former,
          functions: former.functions.map((spec) => ({ ...spec, replicas })),
        });
      });
      const failures = await each(
        deployment.targetClusters,
        (c) => this.#rollout.scale(deployment, c, replicas),
      );
      conclude(`Cannot scale deployment "${key}"`, failures, STORED);
    });
  }

  /** Ends a deployment in every cluster, then forgets it. */
  async delete(key: string, signal?: AbortSignal): Promise<void> {
    await this.#lock.run(key, async () => {
      const deployment = await this.#get(key, "Cannot delete");
      const statuses = await this.#rollout.statuses(deployment);
      const failures = await each(
        statuses.map(({ cluster }) => cluster),
        (c) => this.#rollout.withdraw(key, c),
      );
      conclude(`Cannot end deployment "${key}"`, failures, "the call can be repeated");
      await this.#deployments.deleteDeployment(key, { signal });
    });
  }

  /** Stores what a cluster says of its part of a deployment. */
  report(id: string, status: DeploymentStatus, signal?: AbortSignal): Promise<void> {
    return this.#rollout.report(id, status, signal);
  }

  /** Asks those clusters again that have not taken their part yet. */
  async resume(signal: AbortSignal): Promise<void> {
    let cursor: string | undefined;
    do {
      const page = await this.#deployments.listDeployments({}, { cursor, signal });
      for (const { value } of page.items) {
        if (signal.aborted || this.#lock.isHeld(value.key)) continue;
        await this.#lock.run(value.key, () => this.#resumeOne(value.key));
      }
      cursor = page.cursor;
    } while (cursor !== undefined && !signal.aborted);
  }

  async #resumeOne(key: string): Promise<void> {
    const deployment = (await this.#deployments.getDeployment(key))?.value;
    if (deployment === undefined) return;
    for (const { cluster, id, status } of await this.#rollout.statuses(deployment)) {
      const waits = status === undefined || status.status === "PENDING";
      if (!deployment.targetClusters.includes(cluster)) await this.#rollout.drop(key, cluster);
      else if (waits) await this.#rollout.dispatch(deployment, cluster, id);
    }
  }

  async #specs(packageName: string, classKey: string, signal?: AbortSignal) {
    const { value } = await this.#catalog.get(packageName, signal);
    return await functionSpecs(
      value,
      classOf(value, classKey),
      async (name) => (await this.#catalog.packages.getPackage(name, { signal }))?.value,
    );
  }

  async #get(key: string, cannot: string): Promise<OClassDeployment> {
    const found = key === "" ? undefined : await this.#deployments.getDeployment(key);
    if (found === undefined) throw noDeployment(key, cannot);
    return found.value;
  }

  /** Stores the deployment that `plan` makes of the former one; its package is held meanwhile. */
  async #store(
    key: string,
    signal: AbortSignal | undefined,
    plan: (former: OClassDeployment | undefined) => Promise<OClassDeployment>,
  ): Promise<{ deployment: OClassDeployment; former: OClassDeployment | undefined }> {
    return await retryConflicts(`Cannot store deployment "${key}"`, signal, async () => {
      const former = await this.#deployments.getDeployment(key, { signal });
      const deployment = await plan(former?.value);
      assertValid(OClassDeploymentSchema, deployment);
      if (
        former !== undefined &&
        (former.value.packageName !== deployment.packageName ||
          former.value.classKey !== deployment.classKey)
      ) {
        throw new ConnectError(
          `Cannot deploy class "${deployment.classKey}" of package "${deployment.packageName}": ` +
            `its key "${key}" is taken by class "${former.value.classKey}" of package ` +
            `"${former.value.packageName}"`,
          Code.AlreadyExists,
        );
      }
      const pkg = await this.#catalog.get(deployment.packageName, signal);
      classOf(pkg.value, deployment.classKey);
      await this.#deployments.storeDeployment(deployment, {
        expect: former?.revision ?? null,
        with: this.#catalog.referenceTo(pkg, key),
        signal,
      });
      return { deployment, former: former?.value };
    });
  }
}

/** Fails when a cluster did; `after` says what becomes of it. */
function conclude(what: string, failures: readonly ClusterFailure[], after: string): void {
  if (failures.length === 0) return;
  const passing = failures.every(({ error }) => isPassing(error));
  const why = failures.map(({ cluster, error }) => `${cluster}: ${error.rawMessage}`).join("; ");
  throw new ConnectError(
    `${what} in all of its clusters: ${why}${passing ? `; ${after}` : ""}`,
    passing ? Code.Unavailable : Code.FailedPrecondition,
  );
}

const STORED = "it is stored, and the cluster is asked again until it answers";

function noDeployment(key: string, cannot: string): ConnectError {
  return new ConnectError(`${cannot} deployment "${key}": there is none`, Code.NotFound);
}

/** Asks all clusters at once, and gathers those that failed. */
async function each(
  clusters: readonly string[],
  ask: (cluster: string) => Promise<ClusterFailure | undefined>,
): Promise<ClusterFailure[]> {
  const answers = await Promise.all(clusters.map(ask));
  return answers.filter((answer) => answer !== undefined);
}
