/** What the status page shows. */
import type { HistogramCell } from "./_cells.ts";
import type { MetricFamily } from "./_metric_text.ts";
import { familiesIn } from "./_own_metric.ts";
import type { RecentError } from "./_recent_errors.ts";
import type { HealthRegistry, HealthReport } from "./health_registry.ts";
import type { MetricsRegistry } from "./metrics_registry.ts";

/** Counts since the start; the page works rates out of two of these. */
export interface MethodStatus {
  readonly service: string;
  readonly method: string;
  readonly requests: number;
  readonly errors: number;
  readonly active: number;
  /** Requests by duration: at most `bounds[i]` seconds, and not less than the one before. */
  readonly counts: readonly number[];
  readonly bounds: readonly number[];
}

/** The status of a process. */
export interface Status {
  readonly time: number;
  readonly services: readonly string[];
  readonly draining: boolean;
  readonly health: Readonly<Record<"liveness" | "readiness" | "startup", HealthReport>>;
  readonly methods: readonly MethodStatus[];
  /** Single values of the process, by name of the metric. */
  readonly process: Readonly<Record<string, number>>;
  readonly errors: readonly RecentError[];
}

/** A page is for people. */
const MAX_METHODS = 200;

type Histogram = Extract<MetricFamily, { kind: "histogram" }>;

/** Puts the status together. */
export async function statusOf(
  registry: MetricsRegistry,
  health: HealthRegistry,
  errors: readonly RecentError[],
): Promise<Status> {
  const [liveness, readiness, startup] = await Promise.all([
    health.check("liveness"),
    health.check("readiness"),
    health.check("startup"),
  ]);
  registry.collect();
  const families = new Map<string, MetricFamily>();
  for (const family of familiesIn(registry)) families.set(family.name, family);
  const process: Record<string, number> = {};
  const methods: MethodStatus[] = [];
  for (const family of families.values()) {
    const service = /^(.+)_request_duration_seconds$/.exec(family.name)?.[1];
    if (service !== undefined && family.kind === "histogram") {
      methods.push(...methodsOf(service, family, families));
    }
    if (!family.name.startsWith("process_") || family.kind === "histogram") continue;
    for (const { cell } of family.series.all()) process[family.name] = cell.value;
  }
  return {
    time: Date.now(),
    services: [...(families.get("target_info")?.series.all() ?? [])].map(({ values }) =>
      values[0]!
    ),
    draining: health.draining,
    health: { liveness, readiness, startup },
    methods: methods.slice(0, MAX_METHODS),
    process,
    errors,
  };
}

function* methodsOf(
  service: string,
  durations: Histogram,
  families: ReadonlyMap<string, MetricFamily>,
): Generator<MethodStatus> {
  const [requests, errors, active] = ["requests_total", "errors_total", "active_connections"]
    .map((name) => byMethod(families.get(`${service}_${name}`)));
  for (const { values: [method = ""], cell } of durations.series.all()) {
    yield {
      service,
      method,
      requests: requests!.get(method) ?? 0,
      errors: errors!.get(method) ?? 0,
      active: active!.get(method) ?? 0,
      counts: [...(cell as HistogramCell).counts],
      bounds: durations.bounds,
    };
  }
}

/** The values of a metric by its first label, the others added up. */
function byMethod(family: MetricFamily | undefined): Map<string, number> {
  const sums = new Map<string, number>();
  if (family === undefined || family.kind === "histogram") return sums;
  for (const { values: [method = ""], cell } of family.series.all()) {
    sums.set(method, (sums.get(method) ?? 0) + cell.value);
  }
  return sums;
}
