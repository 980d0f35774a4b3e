// Made by `deno task gen` from deployment.proto; do not edit.

/**
 * Deployments of classes, and the service that a Class Runtime Manager offers
 * for one cluster and a Package Manager for all of them.
 *
 * @module
 */
export {
  DeleteDeploymentRequestSchema,
  DeleteDeploymentResponseSchema,
  DeploymentService,
  DeploymentUnitSchema,
  DeployRequestSchema,
  DeployResponseSchema,
  file_deployment,
  FunctionDeploymentSpecSchema,
  GetDeploymentStatusRequestSchema,
  GetDeploymentStatusResponseSchema,
  OClassDeploymentSchema,
  ScaleDeploymentRequestSchema,
  ScaleDeploymentResponseSchema,
} from "./gen/deployment_pb.ts";
export type {
  DeleteDeploymentRequest,
  DeleteDeploymentRequestJson,
  DeleteDeploymentResponse,
  DeleteDeploymentResponseJson,
  DeploymentUnit,
  DeploymentUnitJson,
  DeployRequest,
  DeployRequestJson,
  DeployResponse,
  DeployResponseJson,
  FunctionDeploymentSpec,
  FunctionDeploymentSpecJson,
  GetDeploymentStatusRequest,
  GetDeploymentStatusRequestJson,
  GetDeploymentStatusResponse,
  GetDeploymentStatusResponseJson,
  OClassDeployment,
  OClassDeploymentJson,
  ScaleDeploymentRequest,
  ScaleDeploymentRequestJson,
  ScaleDeploymentResponse,
  ScaleDeploymentResponseJson,
} from "./gen/deployment_pb.ts";
