import { createRouterTransport, type Interceptor, type Transport } from "@connectrpc/connect";
import { addServices, routerOptions } from "./_router.ts";
import type { ServiceRegistration } from "./registration.ts";
import type { ServerErrorHook } from "./server_options.ts";

/** Options of {@linkcode inProcess}. */
export interface InProcessOptions {
  /**
   * Wrapped around each call on the server's side, the first one outermost.
   *
   * @default {none}
   */
  readonly interceptors?: readonly Interceptor[];
  /**
   * Is told of every error that is the server's own fault.
   *
   * @default {prints it with console.error}
   */
  readonly onError?: ServerErrorHook;
}

/**
 * A transport that calls the services without a network: messages are encoded
 * and decoded, interceptors run and errors are mapped as {@linkcode serve} does
 * it. For tests, and for services that share a process.
 *
 * @throws {TypeError} when there is no service, or one is registered twice.
 *
 * @example
 * ```ts
 * import { inProcess, RuntimeClient, runtimeService } from "@oprc/grpc";
 * import { assertEquals } from "@std/assert";
 *
 * const states = new Map([["i-1", { instanceId: "i-1", status: "RUNNING" }]]);
 * const transport = inProcess([runtimeService({
 *   getRuntimeState: ({ instanceId }) =>
 *     Promise.resolve({ runtimeState: states.get(instanceId) }),
 *   updateRuntimeState: () => Promise.resolve({}),
 *   listActiveInstances: () => Promise.resolve({ totalCount: states.size }),
 * })]);
 * await using client = RuntimeClient.over(transport);
 * assertEquals((await client.getRuntimeState("i-1"))?.status, "RUNNING");
 * ```
 */
export function inProcess(
  services: readonly ServiceRegistration[],
  options: InProcessOptions = {},
): Transport {
  return createRouterTransport((router) => void addServices(router, services), {
    router: routerOptions({ ...options, services }),
  });
}
