import type { Exemplar, HistogramCell } from "./_cells.ts";
import type { MetricFamily } from "./_metric_text.ts";
import type { PromMetric, PromValue, PromValues } from "./_prom_client.ts";
import type { Series } from "./_series.ts";
import type { PrometheusRegistry } from "./prometheus_registry.ts";
import type { Counter, Gauge, Histogram } from "./metric.ts";

/** Marks our metrics, also those of another copy of this module, as after a hot reload. */
const OWN = Symbol.for("@oprc/observability metric");

/**
 * A metric of ours as it stands in a registry of prom-client: the values are in cells,
 * which cost next to nothing to add to, and are published when the registry asks.
 */
export class OwnMetric implements PromMetric {
  name: string;
  readonly help: string;
  readonly type: MetricFamily["kind"];
  readonly aggregator: string;
  /** What a second registration must agree with. */
  readonly shape: string;
  readonly metric: Counter | Gauge | Histogram;
  readonly family: MetricFamily;
  /** Brings values up to date that are only known by looking. */
  readonly prepare: () => void;

  constructor(
    shape: string,
    metric: Counter | Gauge | Histogram,
    family: MetricFamily,
    { aggregator, prepare }: { aggregator: string; prepare: () => void },
  ) {
    this.name = family.name;
    this.help = family.help;
    this.type = family.kind;
    this.aggregator = aggregator;
    this.shape = shape;
    this.metric = metric;
    this.family = family;
    this.prepare = prepare;
    Object.defineProperty(this, OWN, { value: true });
  }

  // deno-lint-ignore require-await -- what throws must reject
  async get(): Promise<PromValues> {
    this.prepare();
    const { name, help, type, aggregator } = this;
    return { name, help, type, aggregator, values: [...valuesOf(this.family)] };
  }

  /** Sets all series to nothing counted; whoever holds one goes on with it. */
  reset(): void {
    // What an info metric says stays true.
    if (this.family.name.endsWith("_info")) return;
    for (const { cell } of this.family.series.all()) cell.reset();
  }
}

/** `metric` as one of ours, if it is one. */
export function asOwn(metric: object | undefined): OwnMetric | undefined {
  return metric !== undefined && OWN in metric ? metric as unknown as OwnMetric : undefined;
}

/** The metrics of ours in a registry. */
export function familiesIn(registry: PrometheusRegistry): MetricFamily[] {
  return registry.getMetricsAsArray().flatMap((metric) => asOwn(metric)?.family ?? []);
}

function* valuesOf(family: MetricFamily): Generator<PromValue> {
  if (family.kind === "histogram") {
    for (const series of family.series.all()) {
      yield* histogramValues(family.name, family.bounds, labelsOf(family, series), series.cell);
    }
    return;
  }
  for (const series of family.series.all()) {
    yield { labels: labelsOf(family, series), value: series.cell.value };
  }
}

function labelsOf(family: MetricFamily, { values }: Series<unknown>): Record<string, string> {
  return Object.fromEntries(family.labels.map((label, i) => [label, values[i]!]));
}

function* histogramValues(
  name: string,
  bounds: readonly number[],
  labels: Readonly<Record<string, string>>,
  { counts, sum, exemplars }: HistogramCell,
): Generator<PromValue> {
  let total = 0;
  for (let i = 0; i < counts.length; i++) {
    total += counts[i]!;
    const exemplar = exemplarOf(exemplars?.[i]);
    const le = bounds[i] ?? "+Inf";
    yield { labels: { le, ...labels }, value: total, metricName: `${name}_bucket`, ...exemplar };
  }
  yield { labels, value: sum, metricName: `${name}_sum` };
  yield { labels, value: total, metricName: `${name}_count` };
}

function exemplarOf(exemplar: Exemplar | undefined): Pick<PromValue, "exemplar"> {
  if (exemplar === undefined) return {};
  const { traceId, spanId, value, timeSeconds } = exemplar;
  const labelSet = { trace_id: traceId, span_id: spanId };
  return { exemplar: { labelSet, value, timestamp: timeSeconds } };
}
