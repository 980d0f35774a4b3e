import { connectCaller } from "./_node/connect_caller.ts";
import { type ClientFactory, clientFactory, type Closable } from "./client_factory.ts";
import type { ClientOptions, EndpointOrSeveral } from "./client_options.ts";
import { type DeploymentCalls, deploymentCalls } from "./deployment_calls.ts";

/** A client of a server of deployments. */
export interface DeploymentClient extends DeploymentCalls, Closable {}

/** Makes clients that talk to a Class Runtime Manager or the Package Manager about deployments. */
export const DeploymentClient: ClientFactory<DeploymentClient, EndpointOrSeveral, ClientOptions> =
  clientFactory(deploymentCalls, connectCaller);
