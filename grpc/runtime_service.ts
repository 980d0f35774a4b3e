import {
  type GetRuntimeStateRequest,
  type GetRuntimeStateResponseSchema,
  type ListActiveInstancesRequest,
  type ListActiveInstancesResponseSchema,
  RuntimeService,
  type UpdateRuntimeStateRequest,
  type UpdateRuntimeStateResponseSchema,
} from "@oprc/proto/runtime";
import {
  type Answer,
  type CallContext,
  registerService,
  type ServiceRegistration,
} from "./registration.ts";

/**
 * Answers the service of running instances, one method for each call. What a method throws goes
 * through {@linkcode toConnectError}, so it may throw a `ConnectError`, a
 * `ValidationError` or a `StorageError` as it is.
 */
export interface RuntimeServiceHandler {
  /** Reads the state of one instance. */
  getRuntimeState(
    request: GetRuntimeStateRequest,
    context: CallContext,
  ): Answer<typeof GetRuntimeStateResponseSchema>;
  /** Stores the state of one instance. */
  updateRuntimeState(
    request: UpdateRuntimeStateRequest,
    context: CallContext,
  ): Answer<typeof UpdateRuntimeStateResponseSchema>;
  /** Lists active instances in the order of their ids. */
  listActiveInstances(
    request: ListActiveInstancesRequest,
    context: CallContext,
  ): Answer<typeof ListActiveInstancesResponseSchema>;
}

/**
 * Registers a handler of the service of running instances for {@linkcode serve} or {@linkcode inProcess}.
 *
 * @throws {TypeError} when the handler lacks a method.
 */
export function runtimeService(handler: RuntimeServiceHandler): ServiceRegistration {
  return registerService(RuntimeService, handler);
}
