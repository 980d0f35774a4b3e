import type { DescService } from "@bufbuild/protobuf";
import { typesOf } from "./_descriptor_files.ts";
import { connectCaller } from "./_node/connect_caller.ts";
import type { ClientOptions, EndpointOrSeveral } from "./client_options.ts";
import type { ResultsOption } from "./results.ts";
import { type ServiceClient, serviceClient, type ServiceResultsClient } from "./service_calls.ts";

/** As below, but the calls answer results instead of throwing. */
export function createServiceClient<S extends DescService>(
  service: S,
  endpoint: EndpointOrSeveral,
  options: ClientOptions & ResultsOption,
): ServiceResultsClient<S>;
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
  options?: ClientOptions,
): ServiceClient<S>;
export function createServiceClient<S extends DescService>(
  service: S,
  endpoint: EndpointOrSeveral,
  options: ClientOptions = {},
): ServiceClient<S> | ServiceResultsClient<S> {
  return serviceClient(service, connectCaller(endpoint, options, typesOf([service])), options);
}
