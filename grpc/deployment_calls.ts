import type { MessageInitShape } from "@bufbuild/protobuf";
import {
  DeploymentService,
  type DeploymentUnitSchema,
  type OClassDeployment,
} from "@oprc/proto/deployment";
import { type Caller, orUndefined } from "./_caller.ts";
import type { CallOptions } from "./client_options.ts";

/** A deployment and what its server says of it. */
export interface DeploymentState {
  /** The deployment as it stands. */
  readonly deployment: OClassDeployment;
  /** What the server says of its state; empty when it says nothing. */
  readonly message: string;
}

/**
 * What can be asked of a server of deployments: a Class Runtime Manager or the
 * Package Manager. Errors are those of {@linkcode PackageCalls}.
 */
export interface DeploymentCalls {
  /** Deploys a unit and answers the deployment's id. */
  deploy(
    unit: MessageInitShape<typeof DeploymentUnitSchema>,
    options?: CallOptions,
  ): Promise<string>;
  /** How the deployment stands, or undefined where there is none of this id. */
  getDeploymentStatus(
    deploymentId: string,
    options?: CallOptions,
  ): Promise<DeploymentState | undefined>;
  /** Sets how many replicas each function of the deployment has. */
  scaleDeployment(
    deploymentId: string,
    targetReplicas: number,
    options?: CallOptions,
  ): Promise<void>;
  /** Ends the deployment and forgets it. */
  deleteDeployment(deploymentId: string, options?: CallOptions): Promise<void>;
}

/** The calls of the server of deployments at the other end of `caller`. */
export function deploymentCalls(caller: Caller): DeploymentCalls {
  const { method } = DeploymentService;
  return {
    async deploy(unit, options) {
      const response = await caller.call(method.deploy, { deploymentUnit: unit }, options);
      return response.deploymentId;
    },
    async getDeploymentStatus(deploymentId, options) {
      const call = caller.call(method.getDeploymentStatus, { deploymentId }, options);
      const response = await orUndefined(call);
      if (response?.deployment === undefined) return undefined;
      return { deployment: response.deployment, message: response.message ?? "" };
    },
    async scaleDeployment(deploymentId, targetReplicas, options) {
      await caller.call(method.scaleDeployment, { deploymentId, targetReplicas }, options);
    },
    async deleteDeployment(deploymentId, options) {
      await caller.call(method.deleteDeployment, { deploymentId }, options);
    },
  };
}
