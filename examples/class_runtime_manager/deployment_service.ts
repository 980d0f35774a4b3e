/** DeploymentService for one cluster. */
import { Code, ConnectError } from "@connectrpc/connect";
import type { DeploymentServiceHandler } from "@oprc/grpc";
import { createModel, toTimestamp } from "@oprc/models";
import { StatusCode } from "@oprc/proto/common";
import { type OClassDeployment, OClassDeploymentSchema } from "@oprc/proto/deployment";
import type { DeploymentStorage, RuntimeStorage, Stored } from "@oprc/storage";
import { retryConflicts } from "../common/storage_helpers.ts";
import type { Supervisor } from "./supervisor.ts";

/** Makes the handler of DeploymentService for the cluster of that name. */
export function deploymentHandler(
  cluster: string,
  deployments: DeploymentStorage,
  runtimes: RuntimeStorage,
  supervisor: Supervisor,
): DeploymentServiceHandler {
  const get = async (id: string, cannot: string): Promise<Stored<OClassDeployment>> => {
    const found = id === "" ? undefined : await deployments.getDeployment(id);
    if (found !== undefined) return found;
    throw new ConnectError(
      `${cannot} deployment "${id}": cluster "${cluster}" has none of that id`,
      Code.NotFound,
    );
  };
  return {
    async deploy({ deploymentUnit: unit }, { signal }) {
      if (unit === undefined) {
        throw new ConnectError("deployment_unit is missing from the request", Code.InvalidArgument);
      }
      if (unit.targetCluster !== cluster) {
        throw new ConnectError(
          `deployment_unit.target_cluster is "${unit.targetCluster}", and this is "${cluster}"`,
          Code.InvalidArgument,
        );
      }
      await deployments.storeDeployment(
        createModel(OClassDeploymentSchema, {
          key: unit.id,
          packageName: unit.packageName,
          classKey: unit.classKey,
          targetEnv: unit.targetEnv,
          targetClusters: [cluster],
          nfrRequirements: unit.nfrRequirements,
          functions: unit.functions,
          createdAt: unit.createdAt ?? toTimestamp(new Date()),
        }),
        { signal },
      );
      supervisor.apply(unit.id, "IN_PROGRESS");
      return { status: StatusCode.OK, deploymentId: unit.id };
    },
    async getDeploymentStatus({ deploymentId }) {
      const { value } = await get(deploymentId, "Cannot get");
      const wanted = value.functions.reduce((sum, spec) => sum + spec.replicas, 0);
      const { items } = await runtimes.listRuntimes({ deploymentId, status: "RUNNING" });
      return {
        status: StatusCode.OK,
        deployment: value,
        message: `${items.length} of ${wanted} instances run`,
      };
    },
    async scaleDeployment({ deploymentId, targetReplicas }, { signal }) {
      if (targetReplicas < 1) {
        throw new ConnectError(
          `target_replicas is ${targetReplicas}, and must be at least 1`,
          Code.InvalidArgument,
        );
      }
      await retryConflicts(`Cannot scale deployment "${deploymentId}"`, signal, async () => {
        const { value, revision } = await get(deploymentId, "Cannot scale");
        const functions = value.functions.map((spec) => ({ ...spec, replicas: targetReplicas }));
        await deployments.storeDeployment({ ...value, functions }, { expect: revision, signal });
      });
      supervisor.apply(deploymentId, "SCALING");
      return { status: StatusCode.OK };
    },
    async deleteDeployment({ deploymentId }, { signal }) {
      await get(deploymentId, "Cannot delete");
      await deployments.deleteDeployment(deploymentId, { signal });
      await supervisor.remove(deploymentId);
      return { status: StatusCode.OK };
    },
  };
}
