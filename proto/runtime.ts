// Made by `deno task gen` from runtime.proto; do not edit.

/**
 * Running instances of functions, and the service that a Class Runtime Manager
 * keeps their states in.
 *
 * @module
 */
export {
  file_runtime,
  GetRuntimeStateRequestSchema,
  GetRuntimeStateResponseSchema,
  ListActiveInstancesRequestSchema,
  ListActiveInstancesResponseSchema,
  RuntimeService,
  RuntimeStateSchema,
  UpdateRuntimeStateRequestSchema,
  UpdateRuntimeStateResponseSchema,
} from "./gen/runtime_pb.ts";
export type {
  GetRuntimeStateRequest,
  GetRuntimeStateRequestJson,
  GetRuntimeStateResponse,
  GetRuntimeStateResponseJson,
  ListActiveInstancesRequest,
  ListActiveInstancesRequestJson,
  ListActiveInstancesResponse,
  ListActiveInstancesResponseJson,
  RuntimeState,
  RuntimeStateJson,
  UpdateRuntimeStateRequest,
  UpdateRuntimeStateRequestJson,
  UpdateRuntimeStateResponse,
  UpdateRuntimeStateResponseJson,
} from "./gen/runtime_pb.ts";
