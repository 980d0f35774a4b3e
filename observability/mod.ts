/**
 * See what a service does: structured logs, Prometheus metrics, OpenTelemetry
 * traces, health checks and the HTTP endpoints that serve them, for Deno and Node.
 *
 * @example A service's metrics and health on one port
 * ```ts
 * import {
 *   getLogger,
 *   HealthRegistry,
 *   ServiceMetrics,
 *   setupLogging,
 *   setupMetricsServer,
 * } from "@oprc/observability";
 *
 * const logging = setupLogging({ level: "info,oprc.storage=debug" });
 * const metrics = new ServiceMetrics("package-manager");
 * const health = new HealthRegistry();
 * health.add({ name: "store", kind: "readiness", check: () => {} });
 *
 * const server = await setupMetricsServer(0, { registry: metrics.registry, health });
 * getLogger("oprc.main").info("serving metrics", { port: server.addr.port });
 * metrics.requestsTotal.inc({ method: "/oaas.package.PackageService/GetPackage", code: "ok" });
 *
 * const { hostname, port } = server.addr;
 * console.log(await (await fetch(`http://${hostname}:${port}/metrics`)).text());
 *
 * await server.shutdown();
 * await logging.shutdown();
 * ```
 *
 * @module
 */
export type { Clock } from "./clock.ts";
export { getLogger } from "./logger.ts";
export type { LogFields, Logger } from "./logger.ts";
export { setupLogging } from "./logging.ts";
export type { LoggingHandle, LoggingOptions } from "./logging.ts";
export type { LogLevel } from "./level.ts";
export { MetricsRegistry } from "./metrics_registry.ts";
export type {
  MetricsRegistryOptions,
  MetricsSource,
  MetricsTextOptions,
} from "./metrics_registry.ts";
export type { PrometheusRegistry } from "./prometheus_registry.ts";
export type {
  Counter,
  CounterSeries,
  Gauge,
  GaugeOptions,
  GaugeSeries,
  Histogram,
  HistogramOptions,
  HistogramSeries,
  Labels,
  MetricOptions,
} from "./metric.ts";
export { ServiceMetrics } from "./service_metrics.ts";
export type { ServiceMetricsOptions } from "./service_metrics.ts";
export { observeProcess } from "./process_metrics.ts";
export type { ProcessMetricsHandle, ProcessMetricsOptions } from "./process_metrics.ts";
export { HealthRegistry } from "./health_registry.ts";
export type {
  HealthCheck,
  HealthCheckResult,
  HealthCheckState,
  HealthKind,
  HealthRegistryOptions,
  HealthReport,
} from "./health_registry.ts";
export { observeHealth } from "./observe_health.ts";
export { setupMetricsServer } from "./metrics_server.ts";
export type { MetricsServer, MetricsServerOptions } from "./metrics_server.ts";
export { setupTracing } from "./tracing.ts";
export type { ExportCounts, TracingConfig, TracingHandle } from "./tracing.ts";
export { observeConnect } from "./observe_connect.ts";
export type {
  ConnectInterceptor,
  ObserveConnectOptions,
  ObservedRequest,
  ObservedResponse,
} from "./observe_connect.ts";
export { observeFetch } from "./observe_fetch.ts";
export type { FetchHandler, ObserveFetchOptions } from "./observe_fetch.ts";
export { traceConnect } from "./trace_connect.ts";
export type { CallSide, TracedRequest, TraceInterceptor } from "./trace_connect.ts";
export { traceFetch, traceHandler } from "./trace_fetch.ts";
export type { Fetch, TraceFetchOptions } from "./trace_fetch.ts";
