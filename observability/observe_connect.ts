import { methodMetrics } from "./_method_metrics.ts";
import { Observation } from "./_observation.ts";
import { failure, observeStream, OK } from "./_observe_stream.ts";
import { settle } from "./_settle.ts";
import { systemClock } from "./_runtime.ts";
import type { Clock } from "./clock.ts";
import type { Logger } from "./logger.ts";
import type { ServiceMetrics } from "./service_metrics.ts";

/** What the interceptor looks at in Connect's request. */
export interface ObservedRequest {
  /** The method's descriptor. */
  readonly method: { readonly name: string; readonly parent: { readonly typeName: string } };
  /** Aborts when the call is given up. */
  readonly signal: AbortSignal;
}

/** What the interceptor looks at in Connect's response. */
export interface ObservedResponse {
  /** Whether `message` is an iterable of messages rather than one. */
  readonly stream: boolean;
  /** What is answered. */
  readonly message: unknown;
}

/**
 * An `Interceptor` of @connectrpc/connect, written out so that this package works
 * with any version of it that has this shape.
 */
export type ConnectInterceptor = <Req extends ObservedRequest, Res extends ObservedResponse>(
  next: (request: Req) => Promise<Res>,
) => (request: Req) => Promise<Res>;

/** Settings of {@linkcode observeConnect}. */
export interface ObserveConnectOptions {
  /**
   * Takes one line a call: at debug, and at info with the error for one that failed.
   * @default no lines
   */
  readonly logger?: Logger;
  /**
   * Times the calls.
   * @default the clock of the process
   */
  readonly clock?: Clock;
}

/**
 * An interceptor that counts calls in `metrics`, for a Connect server or client:
 * by the method's name in its descriptor and the code it ended with (`ok`,
 * `not_found`, ...). A streaming call counts when its last message has gone, or
 * when it was given up.
 *
 * @example
 * ```ts
 * import { createRouterTransport } from "@connectrpc/connect";
 * import { getLogger, observeConnect, ServiceMetrics } from "@oprc/observability";
 *
 * const metrics = new ServiceMetrics("package-manager");
 * const observe = observeConnect(metrics, { logger: getLogger("oprc.grpc") });
 * const transport = createRouterTransport(() => {}, { router: { interceptors: [observe] } });
 * console.log(typeof transport.unary);
 * ```
 */
export function observeConnect(
  metrics: ServiceMetrics,
  options: ObserveConnectOptions = {},
): ConnectInterceptor {
  const { logger, clock = systemClock } = options;
  const metricsOf = methodMetrics(
    metrics,
    ({ parent, name }: ObservedRequest["method"]) => `/${parent.typeName}/${name}`,
  );
  // No async function: a promise less for each call.
  return (next) => (request) => {
    const observation = new Observation(metricsOf(request.method), logger, clock);
    return settle(
      next,
      request,
      (response) => {
        if (!response.stream) {
          observation.end(OK);
          return response;
        }
        const messages = response.message as AsyncIterable<unknown>;
        return { ...response, message: observeStream(messages, observation, request.signal) };
      },
      (error) => {
        observation.end(failure(error));
        throw error;
      },
    );
  };
}
