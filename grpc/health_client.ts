import type { Transport } from "@connectrpc/connect";
import { createClient } from "@connectrpc/connect";
import { HealthCheckResponse_ServingStatus as Status } from "@oprc/proto/health";
import { type Caller, callerOver, connectCaller, orUndefined } from "./_caller.ts";
import type {
  CallDefaults,
  CallOptions,
  ClientOptions,
  EndpointOrSeveral,
} from "./client_options.ts";
import { Health } from "./gen/grpc/health/v1/health_pb.ts";

/** Whether a service can take calls; `unknown` where the server doesn't say. */
export type ServingState = "serving" | "not_serving" | "unknown";

// Said apart from the class: the declarations that JSR makes for npm leave out a class's
// computed members (denoland/deno#36567).
/** Disposing it closes it. */
export interface HealthClient extends AsyncDisposable {}

/**
 * Asks a server whether it can take calls, by `grpc.health.v1`, which servers of
 * every language answer. Errors are those of {@linkcode PackageClient}.
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
export class HealthClient {
  readonly #caller: Caller;

  private constructor(caller: Caller) {
    this.#caller = caller;
  }

  /** A client of the server at `endpoint`; see {@linkcode PackageClient.connect}. */
  static connect(endpoint: EndpointOrSeveral, options: ClientOptions = {}): HealthClient {
    return new HealthClient(connectCaller(endpoint, options));
  }

  /** A client over a transport that stays the caller's. */
  static over(transport: Transport, defaults: CallDefaults = {}): HealthClient {
    return new HealthClient(callerOver(transport, defaults));
  }

  /**
   * The state of a service, by its full name; of the server as a whole without one.
   * Undefined for a service that the server doesn't know.
   */
  async check(service = "", options: CallOptions = {}): Promise<ServingState | undefined> {
    const client = createClient(Health, this.#caller.transport);
    const response = await orUndefined(client.check({ service }, options));
    return response && stateOf(response.status);
  }

  /**
   * The state of a service now, and again each time it changes, until the loop is
   * left. It is undefined while the server doesn't know the service. There is no
   * timeout unless `options` sets one.
   */
  async *watch(
    service = "",
    options: CallOptions = {},
  ): AsyncGenerator<ServingState | undefined, void> {
    const client = createClient(Health, this.#caller.transport);
    const call = { ...options, timeoutMs: options.timeoutMs ?? 0 };
    for await (const { status } of client.watch({ service }, call)) {
      yield status === Number(Status.SERVICE_UNKNOWN) ? undefined : stateOf(status);
    }
  }

  /** Ends the connection; calls in flight fail with `Canceled`. Safe to repeat. */
  close(): Promise<void> {
    return this.#caller.close();
  }

  /** The same as {@linkcode close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

function stateOf(status: number): ServingState {
  if (status === Status.SERVING) return "serving";
  return status === Status.NOT_SERVING ? "not_serving" : "unknown";
}
