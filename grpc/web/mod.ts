/**
 * The platform's clients for browsers: Connect and gRPC-Web over `fetch`. It imports no
 * platform module, and runs in Deno, Node and workers too.
 *
 * @module
 */
export { validationIssuesOf } from "../bad_request.ts";
export type { RequestIssue } from "../bad_request.ts";
export type { ClientFactory, Closable, ResultsClient } from "../client_factory.ts";
export type { CallDefaults, CallOptions, Codec, MessageOptions } from "../client_options.ts";
export { DeploymentClient, HealthClient, PackageClient, RuntimeClient } from "./clients.ts";
export type { DeploymentCalls, DeploymentState } from "../deployment_calls.ts";
export { errorReasonOf } from "../error_reason.ts";
export type { ErrorReason } from "../error_reason.ts";
export type { HealthCalls, ServingState } from "../health_calls.ts";
export type { ListPackagesOptions, PackageCalls, PackagePage } from "../package_calls.ts";
export type { Result, Results, ResultsOption } from "../results.ts";
export { retry } from "../retry.ts";
export type { RetryOptions } from "../retry.ts";
export type { InstancePage, ListActiveInstancesOptions, RuntimeCalls } from "../runtime_calls.ts";
export { createServiceClient } from "./service_client.ts";
export type { ServiceClient, ServiceResultsClient } from "../service_calls.ts";
export { codeFromStatus, statusFromCode } from "../status.ts";
export type { WebClientOptions, WebProtocol } from "./options.ts";
