/**
 * gRPC for the platform: clients, servers, and one mapping of errors. It speaks
 * native gRPC, gRPC-Web and Connect, on Deno and Node.
 *
 * @module
 */
export { auth, identityOf } from "./auth.ts";
export type { AuthOptions, AuthorizedCall, AuthRule, Credentials, Identity } from "./auth.ts";
export { validationIssuesOf } from "./bad_request.ts";
export type { RequestIssue } from "./bad_request.ts";
export { checkRuntime } from "./check_runtime.ts";
export type { CheckRuntimeOptions } from "./check_runtime.ts";
export type { ClientFactory, Closable, ResultsClient } from "./client_factory.ts";
export type {
  CallDefaults,
  CallOptions,
  ClientOptions,
  ClientTlsOptions,
  Codec,
  EndpointOrSeveral,
  KeepAliveOptions,
  MessageOptions,
  Protocol,
} from "./client_options.ts";
export { concurrencyLimit } from "./concurrency_limit.ts";
export type { ConcurrencyLimitOptions } from "./concurrency_limit.ts";
export type { CorsOptions } from "./cors.ts";
export { deadline, withinCall } from "./deadline.ts";
export type { DeadlineOptions } from "./deadline.ts";
export { DeploymentClient } from "./deployment_client.ts";
export type { DeploymentCalls, DeploymentState } from "./deployment_calls.ts";
export { deploymentService } from "./deployment_service.ts";
export type { DeploymentServiceHandler } from "./deployment_service.ts";
export { errorReasonOf } from "./error_reason.ts";
export type { ErrorReason } from "./error_reason.ts";
export { fetchHandler } from "./fetch_handler.ts";
export type { FetchHandler, FetchHandlerOptions } from "./fetch_handler.ts";
export type { HealthSource, HealthVerdict } from "./health.ts";
export { HealthClient } from "./health_client.ts";
export type { HealthCalls, ServingState } from "./health_calls.ts";
export { inProcess } from "./in_process.ts";
export type { InProcessOptions } from "./in_process.ts";
export { PackageClient } from "./package_client.ts";
export type { ListPackagesOptions, PackageCalls, PackagePage } from "./package_calls.ts";
export { packageService } from "./package_service.ts";
export type { PackageServiceHandler } from "./package_service.ts";
export { peerOf } from "./peer.ts";
export type { Peer, PeerCertificate } from "./peer.ts";
export { rateLimit } from "./rate_limit.ts";
export type { LimitedCall, RateLimitOptions } from "./rate_limit.ts";
export { registerService } from "./registration.ts";
export type {
  Answer,
  CallContext,
  MethodHandler,
  ServiceHandler,
  ServiceRegistration,
  UnaryHandler,
} from "./registration.ts";
export type { Result, Results, ResultsOption } from "./results.ts";
export { retry } from "./retry.ts";
export type { RetryOptions } from "./retry.ts";
export { RuntimeClient } from "./runtime_client.ts";
export type { InstancePage, ListActiveInstancesOptions, RuntimeCalls } from "./runtime_calls.ts";
export { runtimeService } from "./runtime_service.ts";
export type { RuntimeServiceHandler } from "./runtime_service.ts";
export { serve } from "./serve.ts";
export { serveMany } from "./serve_many.ts";
export type { ProcessEnd, ServeManyOptions, ServerGroup } from "./serve_many.ts";
export type {
  ServeOptions,
  Server,
  ServerAddress,
  ServerErrorContext,
  ServerErrorHook,
  ServerLimits,
  ServerTlsOptions,
  ShutdownOptions,
} from "./server_options.ts";
export { createServiceClient } from "./service_client.ts";
export type { ServiceClient, ServiceResultsClient } from "./service_calls.ts";
export { codeFromStatus, statusFromCode, toConnectError } from "./status.ts";
export { validation } from "./validation.ts";
