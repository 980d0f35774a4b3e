// Made by `deno task gen` from health.proto; do not edit.

/**
 * The platform's health service; it has the shape of grpc.health.v1.
 *
 * @module
 */
export {
  file_health,
  HealthCheckRequestSchema,
  HealthCheckResponse_ServingStatus,
  HealthCheckResponse_ServingStatusSchema,
  HealthCheckResponseSchema,
  HealthService,
} from "./gen/health_pb.ts";
export type {
  HealthCheckRequest,
  HealthCheckRequestJson,
  HealthCheckResponse,
  HealthCheckResponse_ServingStatusJson,
  HealthCheckResponseJson,
} from "./gen/health_pb.ts";
