import { HealthCheckResponse_ServingStatus as Status } from "@oprc/proto/health";
import { type Caller, orUndefined } from "./_caller.ts";
import { createCalls } from "./_client/create_calls.ts";
import type { CallOptions } from "./client_options.ts";
import { Health } from "./gen/grpc/health/v1/health_pb.ts";

/** Whether a service can take calls; `unknown` where the server doesn't say. */
export type ServingState = "serving" | "not_serving" | "unknown";

/**
 * What can be asked about a server's health, by `grpc.health.v1`, which servers of
 * every language answer. Errors are those of {@linkcode PackageCalls}.
 */
export interface HealthCalls {
  /**
   * The state of a service, by its full name; of the server as a whole without one.
   * Undefined for a service that the server doesn't know.
   */
  check(service?: string, options?: CallOptions): Promise<ServingState | undefined>;
  /**
   * The state of a service now, and again each time it changes, until the loop is
   * left. It is undefined while the server doesn't know the service. There is no
   * timeout unless `options` sets one.
   */
  watch(service?: string, options?: CallOptions): AsyncGenerator<ServingState | undefined, void>;
}

/** The health calls of the server at the other end of `caller`. */
export function healthCalls(caller: Caller): HealthCalls {
  const client = createCalls(Health, caller.transport);
  return {
    async check(service = "", options = {}) {
      const response = await orUndefined(client.check({ service }, options));
      return response && stateOf(response.status);
    },
    async *watch(service = "", options = {}) {
      const call = { ...options, timeoutMs: options.timeoutMs ?? 0 };
      for await (const { status } of client.watch({ service }, call)) {
        yield status === Number(Status.SERVICE_UNKNOWN) ? undefined : stateOf(status);
      }
    },
  };
}

function stateOf(status: number): ServingState {
  if (status === Status.SERVING) return "serving";
  return status === Status.NOT_SERVING ? "not_serving" : "unknown";
}
