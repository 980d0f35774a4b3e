import type { DescService } from "@bufbuild/protobuf";
import { type Client, createClient } from "@connectrpc/connect";
import { connectCaller } from "./_caller.ts";
import type { ClientOptions, EndpointOrSeveral } from "./client_options.ts";

/** A client of any service, with its connection. */
export interface ServiceClient<S extends DescService> extends AsyncDisposable {
  /** One function for each call of the service. */
  readonly call: Client<S>;
  /** Ends the connection; calls in flight fail with `Canceled`. Safe to repeat. */
  close(): Promise<void>;
}

/**
 * A client of any protobuf-es service, with the connection and the errors of
 * the platform's own clients. It answers whole responses: a platform status in
 * them is left to the caller.
 *
 * @throws {TypeError} when the endpoint or an option can't be used.
 *
 * @example
 * ```ts
 * import { createServiceClient } from "@oprc/grpc";
 * import { HealthService } from "@oprc/proto/health";
 *
 * const health = createServiceClient(HealthService, "http://127.0.0.1:50051");
 * // const { status } = await health.call.check({ service: "" });
 * await health.close();
 * ```
 */
export function createServiceClient<S extends DescService>(
  service: S,
  endpoint: EndpointOrSeveral,
  options: ClientOptions = {},
): ServiceClient<S> {
  const caller = connectCaller(endpoint, options);
  return {
    call: createClient(service, caller.transport),
    close: () => caller.close(),
    [Symbol.asyncDispose]: () => caller.close(),
  };
}
