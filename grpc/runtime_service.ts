import type { MessageInitShape } from "@bufbuild/protobuf";
import {
  type GetRuntimeStateRequest,
  type GetRuntimeStateResponseSchema,
  type ListActiveInstancesRequest,
  type ListActiveInstancesResponseSchema,
  RuntimeService,
  type UpdateRuntimeStateRequest,
  type UpdateRuntimeStateResponseSchema,
} from "@oprc/proto/runtime";
import { type CallContext, registerService, type ServiceRegistration } from "./registration.ts";

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
  ): Promise<MessageInitShape<typeof GetRuntimeStateResponseSchema>>;
  /** Stores the state of one instance. */
  updateRuntimeState(
    request: UpdateRuntimeStateRequest,
    context: CallContext,
  ): Promise<MessageInitShape<typeof UpdateRuntimeStateResponseSchema>>;
  /** Lists active instances in the order of their ids. */
  listActiveInstances(
    request: ListActiveInstancesRequest,
    context: CallContext,
  ): Promise<MessageInitShape<typeof ListActiveInstancesResponseSchema>>;
}

/**
 * Registers a handler of the service of running instances for {@linkcode serve} or {@linkcode inProcess}.
 *
 * @throws {TypeError} when the handler lacks a method.
 */
export function runtimeService(handler: RuntimeServiceHandler): ServiceRegistration {
  return registerService(RuntimeService, handler);
}
