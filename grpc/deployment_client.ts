import type { MessageInitShape } from "@bufbuild/protobuf";
import type { Transport } from "@connectrpc/connect";
import {
  DeploymentService,
  type DeploymentUnitSchema,
  type OClassDeployment,
} from "@oprc/proto/deployment";
import { type Caller, callerOver, connectCaller, orUndefined } from "./_caller.ts";
import type {
  CallDefaults,
  CallOptions,
  ClientOptions,
  EndpointOrSeveral,
} from "./client_options.ts";

/** A deployment and what its server says of it. */
export interface DeploymentState {
  /** The deployment as it stands. */
  readonly deployment: OClassDeployment;
  /** What the server says of its state; empty when it says nothing. */
  readonly message: string;
}

// Said apart from the class: the declarations that JSR makes for npm leave out a class's
// computed members (denoland/deno#36567).
/** Disposing it closes it. */
export interface DeploymentClient extends AsyncDisposable {}

/**
 * Talks to a server of deployments: a Class Runtime Manager or the Package
 * Manager. Errors are those of {@linkcode PackageClient}.
 */
export class DeploymentClient {
  readonly #caller: Caller;

  private constructor(caller: Caller) {
    this.#caller = caller;
  }

  /** A client of the server at `endpoint`; see {@linkcode PackageClient.connect}. */
  static connect(endpoint: EndpointOrSeveral, options: ClientOptions = {}): DeploymentClient {
    return new DeploymentClient(connectCaller(endpoint, options));
  }

  /** A client over a transport that stays the caller's, such as {@linkcode inProcess}. */
  static over(transport: Transport, defaults: CallDefaults = {}): DeploymentClient {
    return new DeploymentClient(callerOver(transport, defaults));
  }

  /** Deploys a unit and answers the deployment's id. */
  async deploy(
    unit: MessageInitShape<typeof DeploymentUnitSchema>,
    options?: CallOptions,
  ): Promise<string> {
    const { deploy } = DeploymentService.method;
    const response = await this.#caller.call(deploy, { deploymentUnit: unit }, options);
    return response.deploymentId;
  }

  /** How the deployment stands, or undefined where there is none of this id. */
  async getDeploymentStatus(
    deploymentId: string,
    options?: CallOptions,
  ): Promise<DeploymentState | undefined> {
    const { getDeploymentStatus } = DeploymentService.method;
    const call = this.#caller.call(getDeploymentStatus, { deploymentId }, options);
    const response = await orUndefined(call);
    if (response?.deployment === undefined) return undefined;
    return { deployment: response.deployment, message: response.message ?? "" };
  }

  /** Sets how many replicas each function of the deployment has. */
  async scaleDeployment(
    deploymentId: string,
    targetReplicas: number,
    options?: CallOptions,
  ): Promise<void> {
    const { scaleDeployment } = DeploymentService.method;
    await this.#caller.call(scaleDeployment, { deploymentId, targetReplicas }, options);
  }

  /** Ends the deployment and forgets it. */
  async deleteDeployment(deploymentId: string, options?: CallOptions): Promise<void> {
    const { deleteDeployment } = DeploymentService.method;
    await this.#caller.call(deleteDeployment, { deploymentId }, options);
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
