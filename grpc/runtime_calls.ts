import type { MessageInitShape } from "@bufbuild/protobuf";
import { RuntimeService, type RuntimeState, type RuntimeStateSchema } from "@oprc/proto/runtime";
import { type Caller, orUndefined } from "./_caller.ts";
import type { CallOptions } from "./client_options.ts";

/** Which instances to list. */
export interface ListActiveInstancesOptions {
  /**
   * Only the instances of this deployment.
   *
   * @default {those of all deployments}
   */
  readonly deploymentId?: string;
  /**
   * The most instances to answer; 0 leaves the number to the server.
   *
   * @default {0}
   */
  readonly limit?: number;
  /**
   * How many instances to pass over.
   *
   * @default {0}
   */
  readonly offset?: number;
}

/** One page of instances. */
export interface InstancePage {
  /** The states of the instances of this page, by instance id. */
  readonly instances: RuntimeState[];
  /** How many instances there are on all pages. */
  readonly totalCount: number;
}

/**
 * What can be asked of a Class Runtime Manager about the instances it runs. Errors
 * are those of {@linkcode PackageCalls}.
 */
export interface RuntimeCalls {
  /** The state of an instance, or undefined where there is none of this id. */
  getRuntimeState(instanceId: string, options?: CallOptions): Promise<RuntimeState | undefined>;
  /** Stores the state of an instance. */
  updateRuntimeState(
    state: MessageInitShape<typeof RuntimeStateSchema>,
    options?: CallOptions,
  ): Promise<void>;
  /** One page of the active instances, by instance id. */
  listActiveInstances(
    query?: ListActiveInstancesOptions,
    options?: CallOptions,
  ): Promise<InstancePage>;
}

/** The calls of the Class Runtime Manager at the other end of `caller`. */
export function runtimeCalls(caller: Caller): RuntimeCalls {
  const { method } = RuntimeService;
  return {
    async getRuntimeState(instanceId, options) {
      const call = caller.call(method.getRuntimeState, { instanceId }, options);
      return (await orUndefined(call))?.runtimeState;
    },
    async updateRuntimeState(state, options) {
      await caller.call(method.updateRuntimeState, { runtimeState: state }, options);
    },
    async listActiveInstances(query = {}, options) {
      const response = await caller.call(method.listActiveInstances, { ...query }, options);
      return { instances: response.instances, totalCount: response.totalCount };
    },
  };
}
