import {
  type DeleteDeploymentRequest,
  type DeleteDeploymentResponseSchema,
  DeploymentService,
  type DeployRequest,
  type DeployResponseSchema,
  type GetDeploymentStatusRequest,
  type GetDeploymentStatusResponseSchema,
  type ScaleDeploymentRequest,
  type ScaleDeploymentResponseSchema,
} from "@oprc/proto/deployment";
import {
  type Answer,
  type CallContext,
  registerService,
  type ServiceRegistration,
} from "./registration.ts";

/**
 * Answers the service of deployments, one method for each call. What a method throws goes
 * through {@linkcode toConnectError}, so it may throw a `ConnectError`, a
 * `ValidationError` or a `StorageError` as it is.
 */
export interface DeploymentServiceHandler {
  /** Deploys a unit. */
  deploy(
    request: DeployRequest,
    context: CallContext,
  ): Answer<typeof DeployResponseSchema>;
  /** Reads how a deployment stands. */
  getDeploymentStatus(
    request: GetDeploymentStatusRequest,
    context: CallContext,
  ): Answer<typeof GetDeploymentStatusResponseSchema>;
  /** Sets how many replicas each function of a deployment has. */
  scaleDeployment(
    request: ScaleDeploymentRequest,
    context: CallContext,
  ): Answer<typeof ScaleDeploymentResponseSchema>;
  /** Ends a deployment and forgets it. */
  deleteDeployment(
    request: DeleteDeploymentRequest,
    context: CallContext,
  ): Answer<typeof DeleteDeploymentResponseSchema>;
}

/**
 * Registers a handler of the service of deployments for {@linkcode serve} or {@linkcode inProcess}.
 *
 * @throws {TypeError} when the handler lacks a method.
 */
export function deploymentService(handler: DeploymentServiceHandler): ServiceRegistration {
  return registerService(DeploymentService, handler);
}
