import { methodMetrics } from "./_method_metrics.ts";
import { Observation } from "./_observation.ts";
import { systemClock } from "./_runtime.ts";
import type { Clock } from "./clock.ts";
import type { Logger } from "./logger.ts";
import type { ServiceMetrics } from "./service_metrics.ts";

/** Answers a request; servers may pass more, such as `Deno.serve` its connection info. */
export type FetchHandler<Rest extends unknown[] = []> = (
  request: Request,
  ...rest: Rest
) => Response | Promise<Response>;

/** Settings of {@linkcode observeFetch}. */
export interface ObserveFetchOptions {
  /**
   * The declared route that a request belongs to, such as `/packages/:name`, or a
   * function that finds it; `undefined` counts as `other`. Never the path itself:
   * each client could then make series without end.
   */
  readonly route: string | ((request: Request) => string | undefined);
  /**
   * Takes one line a request: at debug, and at info for one that failed.
   * @default no lines
   */
  readonly logger?: Logger;
  /**
   * Times the requests.
   * @default the clock of the process
   */
  readonly clock?: Clock;
}

const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/**
 * Wraps `handler` so that its requests are counted in `metrics`: the method label
 * is `GET /packages/:name`, the code the status, and from 400 on it is an error. The
 * time is that until the handler has answered; a body may still be on its way.
 *
 * @example
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * import { observeFetch, ServiceMetrics } from "@oprc/observability";
 *
 * const metrics = new ServiceMetrics("gateway");
 * const handler = observeFetch(metrics, () => new Response("hello"), { route: "/hello" });
 * await handler(new Request("http://localhost/hello"));
 *
 * assertStringIncludes(
 *   await metrics.registry.text(),
 *   'gateway_requests_total{method="GET /hello",code="200"} 1',
 * );
 * ```
 */
export function observeFetch<Rest extends unknown[] = []>(
  metrics: ServiceMetrics,
  handler: FetchHandler<Rest>,
  options: ObserveFetchOptions,
): (request: Request, ...rest: Rest) => Promise<Response> {
  const { route, logger, clock = systemClock } = options;
  const metricsOf = methodMetrics(metrics, (name: string) => name);
  return async (request, ...rest) => {
    const declared = typeof route === "string" ? route : route(request) ?? "other";
    const method = METHODS.has(request.method) ? request.method : "OTHER";
    const observation = new Observation(metricsOf(`${method} ${declared}`), logger, clock);
    try {
      const response = await handler(request, ...rest);
      const { status } = response;
      observation.end({ code: String(status), failed: status >= 400 });
      return response;
    } catch (error) {
      observation.end({ code: "500", failed: true, error });
      throw error;
    }
  };
}
