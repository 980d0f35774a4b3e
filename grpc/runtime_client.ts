import type { MessageInitShape } from "@bufbuild/protobuf";
import type { Transport } from "@connectrpc/connect";
import { RuntimeService, type RuntimeState, type RuntimeStateSchema } from "@oprc/proto/runtime";
import { type Caller, callerOver, connectCaller, orUndefined } from "./_caller.ts";
import type {
  CallDefaults,
  CallOptions,
  ClientOptions,
  EndpointOrSeveral,
} from "./client_options.ts";

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

// Said apart from the class: the declarations that JSR makes for npm leave out a class's
// computed members (denoland/deno#36567).
/** Disposing it closes it. */
export interface RuntimeClient extends AsyncDisposable {}

/**
 * Talks to a Class Runtime Manager about the instances it runs. Errors are
 * those of {@linkcode PackageClient}.
 */
export class RuntimeClient {
  readonly #caller: Caller;

  private constructor(caller: Caller) {
    this.#caller = caller;
  }

  /** A client of the server at `endpoint`; see {@linkcode PackageClient.connect}. */
  static connect(endpoint: EndpointOrSeveral, options: ClientOptions = {}): RuntimeClient {
    return new RuntimeClient(connectCaller(endpoint, options));
  }

  /** A client over a transport that stays the caller's, such as {@linkcode inProcess}. */
  static over(transport: Transport, defaults: CallDefaults = {}): RuntimeClient {
    return new RuntimeClient(callerOver(transport, defaults));
  }

  /** The state of an instance, or undefined where there is none of this id. */
  async getRuntimeState(
    instanceId: string,
    options?: CallOptions,
  ): Promise<RuntimeState | undefined> {
    const { getRuntimeState } = RuntimeService.method;
    const response = await orUndefined(this.#caller.call(getRuntimeState, { instanceId }, options));
    return response?.runtimeState;
  }

  /** Stores the state of an instance. */
  async updateRuntimeState(
    state: MessageInitShape<typeof RuntimeStateSchema>,
    options?: CallOptions,
  ): Promise<void> {
    const { updateRuntimeState } = RuntimeService.method;
    await this.#caller.call(updateRuntimeState, { runtimeState: state }, options);
  }

  /** One page of the active instances, by instance id. */
  async listActiveInstances(
    query: ListActiveInstancesOptions = {},
    options?: CallOptions,
  ): Promise<InstancePage> {
    const { listActiveInstances } = RuntimeService.method;
    const response = await this.#caller.call(listActiveInstances, { ...query }, options);
    return { instances: response.instances, totalCount: response.totalCount };
  }

  /** Ends the connection; calls in flight fail with `Canceled`. Safe to repeat. */
  close(): Promise<void> {
    return this.#caller.close();
  }

  /** The same as {@linkcode close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
