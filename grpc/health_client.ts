import { connectCaller } from "./_node/connect_caller.ts";
import { type ClientFactory, clientFactory, type Closable } from "./client_factory.ts";
import type { ClientOptions, EndpointOrSeveral } from "./client_options.ts";
import { type HealthCalls, healthCalls } from "./health_calls.ts";

/** A client that asks a server whether it can take calls. */
export interface HealthClient extends HealthCalls, Closable {}

/**
 * Makes clients that ask servers whether they can take calls.
 *
 * @example
 * ```ts
 * import { HealthClient, runtimeService, serve } from "@oprc/grpc";
 * import { assertEquals } from "@std/assert";
 *
 * const server = await serve({
 *   services: [runtimeService({
 *     getRuntimeState: () => Promise.resolve({}),
 *     updateRuntimeState: () => Promise.resolve({}),
 *     listActiveInstances: () => Promise.resolve({}),
 *   })],
 * });
 * const health = HealthClient.connect(`http://127.0.0.1:${server.addr.port}`);
 * assertEquals(await health.check(), "serving");
 * assertEquals(await health.check("no.such.Service"), undefined);
 * await health.close();
 * await server.shutdown();
 * ```
 */
export const HealthClient: ClientFactory<HealthClient, EndpointOrSeveral, ClientOptions> =
  clientFactory(healthCalls, connectCaller);
