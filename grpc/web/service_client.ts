import type { DescService } from "@bufbuild/protobuf";
import { typesOf } from "../_descriptor_files.ts";
import type { ResultsOption } from "../results.ts";
import { type ServiceClient, serviceClient, type ServiceResultsClient } from "../service_calls.ts";
import { connectCaller } from "./_connect_caller.ts";
import type { WebClientOptions } from "./options.ts";

/** As below, but the calls answer results instead of throwing. */
export function createServiceClient<S extends DescService>(
  service: S,
  endpoint: string,
  options: WebClientOptions & ResultsOption,
): ServiceResultsClient<S>;
/**
 * A client of any protobuf-es service that calls with `fetch`: unary calls, streams of
 * responses, and streams of requests, which are collected before they are sent.
 *
 * @throws {TypeError} when the endpoint or an option can't be used.
 *
 * @example
 * ```ts
 * import { createServiceClient } from "@oprc/grpc/web";
 * import { HealthService } from "@oprc/proto/health";
 *
 * const health = createServiceClient(HealthService, "https://packages.example.org/api");
 * // const { status } = await health.call.check({ service: "" });
 * await health.close();
 * ```
 */
export function createServiceClient<S extends DescService>(
  service: S,
  endpoint: string,
  options?: WebClientOptions,
): ServiceClient<S>;
export function createServiceClient<S extends DescService>(
  service: S,
  endpoint: string,
  options: WebClientOptions = {},
): ServiceClient<S> | ServiceResultsClient<S> {
  return serviceClient(service, connectCaller(endpoint, options, typesOf([service])), options);
}
