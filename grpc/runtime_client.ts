import { connectCaller } from "./_node/connect_caller.ts";
import { type ClientFactory, clientFactory, type Closable } from "./client_factory.ts";
import type { ClientOptions, EndpointOrSeveral } from "./client_options.ts";
import { type RuntimeCalls, runtimeCalls } from "./runtime_calls.ts";

/** A client of a Class Runtime Manager. */
export interface RuntimeClient extends RuntimeCalls, Closable {}

/** Makes clients that talk to a Class Runtime Manager about the instances it runs. */
export const RuntimeClient: ClientFactory<RuntimeClient, EndpointOrSeveral, ClientOptions> =
  clientFactory(runtimeCalls, connectCaller);
