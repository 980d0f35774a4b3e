import { compressionBrotli, compressionGzip } from "@connectrpc/connect-node";
import { createCors } from "./cors.ts";
import { createHealthMonitor } from "./_health/monitor.ts";
import { withStandardServices } from "./_standard_services.ts";
import { checkLimits } from "./_limits.ts";
import { createRoutes } from "./_router.ts";
import { listen } from "./_node/listener.ts";
import { checkRuntime } from "./check_runtime.ts";
import type { ServeOptions, Server, ShutdownOptions } from "./server_options.ts";

/** Reached from the same machine only. */
export const DEFAULT_HOSTNAME = "127.0.0.1";

const DEFAULT_GRACE_MS = 10_000;

/**
 * Starts a server. One port answers native gRPC, gRPC-Web and Connect, over
 * HTTP/2 and (gRPC-Web and Connect) over HTTP/1.1, so that gRPC clients,
 * browsers and curl share it; with `tls` too. Besides the services given it answers
 * `grpc.health.v1`, `oaas.health` and `grpc.reflection`, `v1` and `v1alpha`.
 *
 * @throws {TypeError} when an option can't be used.
 * @throws {Error} when the address can't be taken, or the runtime is known to
 * crash.
 *
 * @example
 * ```ts
 * import { RuntimeClient, runtimeService, serve } from "@oprc/grpc";
 * import { assertEquals } from "@std/assert";
 *
 * const server = await serve({
 *   services: [runtimeService({
 *     getRuntimeState: ({ instanceId }) =>
 *       Promise.resolve({ runtimeState: { instanceId, status: "RUNNING" } }),
 *     updateRuntimeState: () => Promise.resolve({}),
 *     listActiveInstances: () => Promise.resolve({}),
 *   })],
 * });
 * const client = RuntimeClient.connect(`http://127.0.0.1:${server.addr.port}`);
 * assertEquals((await client.getRuntimeState("i-1"))?.status, "RUNNING");
 * await client.close();
 * await server.shutdown();
 * ```
 */
export async function serve(options: ServeOptions): Promise<Server> {
  checkRuntime({ allowUnsafeRuntime: options.allowUnsafeRuntime });
  const { hostname = DEFAULT_HOSTNAME, signal } = options;
  const port = checkPort(options.port);
  const limits = checkLimits(options.limits);
  const cors = createCors(options.cors);
  const health = createHealthMonitor(options.health);
  const routes = createRoutes({
    ...options,
    services: withStandardServices(options.services, health, options.reflection ?? true),
    maxMessageBytes: limits.maxMessageBytes,
    acceptCompression: [compressionGzip, compressionBrotli],
  });
  signal?.throwIfAborted();
  const listener = await listen({ hostname, port, tls: options.tls, routes, limits, cors });

  function shutdown({ graceMs = DEFAULT_GRACE_MS }: ShutdownOptions = {}): Promise<void> {
    if (!(graceMs >= 0)) {
      throw new RangeError(`Cannot use graceMs ${graceMs}: it is a number of milliseconds from 0`);
    }
    signal?.removeEventListener("abort", onAbort);
    health.drain();
    return listener.drain(graceMs);
  }
  const onAbort = () => void shutdown();
  signal?.addEventListener("abort", onAbort);
  if (signal?.aborted) onAbort();

  return {
    addr: listener.addr,
    finished: listener.finished,
    shutdown: async (shutdownOptions) => await shutdown(shutdownOptions),
    [Symbol.asyncDispose]: () => shutdown(),
  };
}

/**
 * Checks a port; 0 where none is given.
 *
 * @throws {RangeError} when it can't be one.
 */
export function checkPort(port = 0): number {
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new RangeError(`Cannot listen on port ${port}: a port is a whole number from 0 to 65535`);
}
