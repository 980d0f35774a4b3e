import { answer } from "./_endpoints.ts";
import { watchErrors } from "./_recent_errors.ts";
import { serveHttp } from "./_runtime_http.ts";
import { HealthRegistry } from "./health_registry.ts";
import { registryOf } from "./metrics_registry.ts";
import type { PrometheusRegistry } from "./prometheus_registry.ts";

/** Settings of {@linkcode setupMetricsServer}. */
export interface MetricsServerOptions {
  /** What /metrics shows: a {@linkcode MetricsRegistry} or a registry of prom-client. */
  readonly registry: PrometheusRegistry;
  /**
   * What /healthz, /readyz and /startupz answer from.
   * @default a registry without checks: each is well as long as the process answers
   */
  readonly health?: HealthRegistry;
  /**
   * The address to listen at; metrics and failing checks tell much about a
   * service, so it is open to others (`0.0.0.0`) on request only.
   * @default "127.0.0.1"
   */
  readonly hostname?: string;
  /** Shuts the server down when it aborts. */
  readonly signal?: AbortSignal;
}

/** A running metrics server. */
export interface MetricsServer {
  /** Where it listens; `port` is the real one if 0 was asked for. */
  readonly addr: { readonly hostname: string; readonly port: number };
  /** Stops listening, lets answers under way finish, closes all connections. */
  shutdown(): Promise<void>;
  /** The same as `shutdown()`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Serves on plain HTTP: /metrics for Prometheus, and for Kubernetes /healthz
 * (liveness), /readyz and /startupz with 200 or 503; the body names the checks
 * that fail, as text, or as JSON for `Accept: application/json`. /status is a page for
 * people: health, rates, latencies and the latest warnings and errors of the log, live.
 *
 * @param port 0 takes a free one
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { ServiceMetrics, setupMetricsServer } from "@oprc/observability";
 *
 * const { registry } = new ServiceMetrics("package-manager");
 * const server = await setupMetricsServer(0, { registry });
 * const answer = await fetch(`http://127.0.0.1:${server.addr.port}/readyz`);
 * assertEquals(await answer.text(), "ok\n");
 * await server.shutdown();
 * ```
 *
 * @throws {Error} when it can't listen, naming host and port
 * @throws {RangeError} when `port` isn't one
 */
export async function setupMetricsServer(
  port: number,
  options: MetricsServerOptions,
): Promise<MetricsServer> {
  const { health = new HealthRegistry(), hostname = "127.0.0.1", signal } = options;
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new RangeError(`Cannot listen on ${hostname}:${port}: not a port from 0 to 65535`);
  }
  const errors = watchErrors();
  const registry = registryOf(options.registry);
  const sources = { registry, health, errors: errors.list };
  const server = await serveHttp(hostname, port, (request) => answer(request, sources))
    .catch((error) => {
      errors.end();
      throw error;
    });
  let closing: Promise<void> | undefined;
  const shutdown = (): Promise<void> => {
    signal?.removeEventListener("abort", shutdown);
    errors.end();
    return closing ??= server.close();
  };
  if (signal?.aborted) {
    await shutdown();
    throw signal.reason;
  }
  signal?.addEventListener("abort", shutdown);
  return { addr: server.addr, shutdown, [Symbol.asyncDispose]: shutdown };
}
