import { metricPrefix } from "./_metric_prefix.ts";
import { familiesIn } from "./_own_metric.ts";
import type { Counter, Gauge, Histogram } from "./metric.ts";
import { MetricsRegistry, registryOf } from "./metrics_registry.ts";
import type { PrometheusRegistry } from "./prometheus_registry.ts";

/** Settings of {@linkcode ServiceMetrics}. */
export interface ServiceMetricsOptions {
  /**
   * Where the metrics go; serve this one. A {@linkcode MetricsRegistry} or a registry of
   * prom-client.
   * @default a registry of its own, in `registry`
   */
  readonly registry?: PrometheusRegistry;
  /**
   * Upper bounds of the request duration's buckets, in seconds.
   * @default 5 ms to 10 s
   */
  readonly buckets?: readonly number[];
  /**
   * How many sets of label values each metric may have; further ones are counted
   * under the label value `other`.
   * @default as the registry's options say: 1000
   */
  readonly maxSeries?: number;
}

/**
 * The four metrics that every service has. Labels hold declared names only: the
 * method of an RPC (`/oaas.package.PackageService/GetPackage`) or a declared
 * route, never what a client sent.
 *
 * @example
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * import { ServiceMetrics } from "@oprc/observability";
 *
 * const metrics = new ServiceMetrics("package-manager");
 * metrics.requestsTotal.inc({ method: "/oaas.package.PackageService/GetPackage", code: "ok" });
 *
 * const text = await metrics.registry.text();
 * assertStringIncludes(text, "package_manager_requests_total{");
 * assertStringIncludes(text, 'target_info{service_name="package-manager"} 1');
 * ```
 */
export class ServiceMetrics {
  /** The name as it was given. */
  readonly serviceName: string;
  /** Where the metrics are. */
  readonly registry: MetricsRegistry;
  /** Finished requests by `method` and `code`: `{service}_requests_total`. */
  readonly requestsTotal: Counter<"method" | "code">;
  /** Seconds from start to end, by `method`: `{service}_request_duration_seconds`. */
  readonly requestDuration: Histogram<"method">;
  /** Requests under way by `method`: `{service}_active_connections`. */
  readonly activeConnections: Gauge<"method">;
  /** Requests that failed by `method` and `code`: `{service}_errors_total`. */
  readonly errorsTotal: Counter<"method" | "code">;

  /**
   * The metrics of a service; made twice in one registry, they are the same.
   *
   * @param serviceName becomes the prefix, with `_` for what a metric name can't hold
   * @throws {TypeError} when the name is empty, or another service of the registry
   * has the same prefix
   */
  constructor(serviceName: string, options: ServiceMetricsOptions = {}) {
    const { buckets, maxSeries } = options;
    const registry = options.registry ? registryOf(options.registry) : new MetricsRegistry();
    const prefix = prefixOf(registry, serviceName);
    this.serviceName = serviceName;
    this.registry = registry;
    this.requestsTotal = registry.counter(`${prefix}_requests_total`, {
      help: "Requests that have ended.",
      labels: ["method", "code"],
      maxSeries,
    });
    this.requestDuration = registry.histogram(`${prefix}_request_duration_seconds`, {
      help: "Time from the start of a request to its end.",
      labels: ["method"],
      maxSeries,
      buckets,
      exemplars: true,
    });
    this.activeConnections = registry.gauge(`${prefix}_active_connections`, {
      help: "Requests under way.",
      labels: ["method"],
      maxSeries,
    });
    this.errorsTotal = registry.counter(`${prefix}_errors_total`, {
      help: "Requests that have failed.",
      labels: ["method", "code"],
      maxSeries,
    });
    registry.gauge("target_info", {
      help: "The services of this process under their true names.",
      labels: ["service_name"],
      aggregator: "first",
    }).set({ service_name: serviceName }, 1);
  }
}

/** The names behind the metrics are in the registry: `target_info` has them. */
function prefixOf(registry: MetricsRegistry, serviceName: string): string {
  if (serviceName === "") throw new TypeError("Cannot create service metrics: the name is empty");
  const prefix = metricPrefix(serviceName);
  const info = familiesIn(registry).find(({ name }) => name === "target_info");
  for (const { values: [owner = ""] } of info?.series.all() ?? []) {
    if (owner === serviceName || metricPrefix(owner) !== prefix) continue;
    throw new TypeError(
      `Cannot create metrics of "${serviceName}": "${owner}" has the prefix ${prefix} already`,
    );
  }
  return prefix;
}
