/** DeploymentService over all clusters, answered from the deployer. */
import { Code, ConnectError } from "@connectrpc/connect";
import type { DeploymentServiceHandler } from "@oprc/grpc";
import { StatusCode } from "@oprc/proto/common";
import type { Deployer } from "./deployer.ts";

/** Makes the handler of DeploymentService. */
export function deploymentHandler(deployer: Deployer): DeploymentServiceHandler {
  return {
    async deploy(request, { signal }) {
      if (request.deploymentUnit === undefined) {
        throw new ConnectError("deployment_unit is missing from the request", Code.InvalidArgument);
      }
      const deploymentId = await deployer.deployUnit(request.deploymentUnit, signal);
      return { status: StatusCode.OK, deploymentId };
    },
    async getDeploymentStatus(request) {
      return { status: StatusCode.OK, ...await deployer.describe(request.deploymentId) };
    },
    async scaleDeployment(request, { signal }) {
      await deployer.scale(request.deploymentId, request.targetReplicas, signal);
      return { status: StatusCode.OK };
    },
    async deleteDeployment(request, { signal }) {
      await deployer.delete(request.deploymentId, signal);
      return { status: StatusCode.OK };
    },
  };
}
