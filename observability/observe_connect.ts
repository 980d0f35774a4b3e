import type { Interceptor } from "@connectrpc/connect";
import { connectCode } from "./_connect_code.ts";
import { Observation, type Outcome } from "./_observation.ts";
import { systemClock } from "./_runtime.ts";
import type { Clock } from "./clock.ts";
import type { Logger } from "./logger.ts";
import type { ServiceMetrics } from "./service_metrics.ts";

/** Settings of {@linkcode observeConnect}. */
export interface ObserveConnectOptions {
  /**
   * Takes one line a call: at debug, and at info with the error for one that failed.
   * @default no lines
   */
  readonly logger?: Logger;
  /** @default the clock of the process */
  readonly clock?: Clock;
}

const OK: Outcome = { code: "ok", failed: false };

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
): Interceptor {
  const { logger, clock = systemClock } = options;
  return (next) => async (request) => {
    const method = `/${request.method.parent.typeName}/${request.method.name}`;
    const observation = new Observation(metrics, method, logger, clock);
    try {
      const response = await next(request);
      if (!response.stream) {
        observation.end(OK);
        return response;
      }
      return { ...response, message: observeStream(response.message, observation, request.signal) };
    } catch (error) {
      observation.end(failure(error));
      throw error;
    }
  };
}

function failure(error: unknown): Outcome {
  return { code: connectCode(error), failed: true, error };
}

/**
 * Ends the observation with the stream. Written out rather than as a generator:
 * one that is never started runs no `finally`, and each step would leave the
 * caller's context.
 */
function observeStream<T>(
  stream: AsyncIterable<T>,
  observation: Observation,
  signal: AbortSignal,
): AsyncIterable<T> {
  // A call that is cancelled may never be read again.
  const onAbort = (): void => observation.end(failure(signal.reason));
  const end = (outcome: Outcome): void => {
    signal.removeEventListener("abort", onAbort);
    observation.end(outcome);
  };
  if (signal.aborted) onAbort();
  else signal.addEventListener("abort", onAbort, { once: true });
  return {
    [Symbol.asyncIterator](): AsyncIterator<T> {
      const source = stream[Symbol.asyncIterator]();
      return {
        async next() {
          try {
            const step = await source.next();
            if (step.done) end(OK);
            return step;
          } catch (error) {
            end(failure(error));
            throw error;
          }
        },
        async return(value) {
          end({ code: "canceled", failed: true });
          return await source.return?.(value) ?? { done: true, value };
        },
        async throw(error) {
          end(failure(error));
          if (source.throw === undefined) throw error;
          return await source.throw(error);
        },
      };
    },
  };
}
