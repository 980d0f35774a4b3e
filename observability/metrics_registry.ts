import { CounterCell, GaugeCell, HistogramCell } from "./_cells.ts";
import { checkMaxSeries, checkNames } from "./_metric_checks.ts";
import type { MetricFamily } from "./_metric_text.ts";
import { asOwn, OwnMetric } from "./_own_metric.ts";
import { PromRegistry } from "./_prom_client.ts";
import { scrape } from "./_scrape.ts";
import { SeriesMap } from "./_series.ts";
import type {
  Counter,
  Gauge,
  GaugeOptions,
  Histogram,
  HistogramOptions,
  MetricOptions,
} from "./metric.ts";
import type { PrometheusRegistry } from "./prometheus_registry.ts";

/** Settings of a {@linkcode MetricsRegistry}. */
export interface MetricsRegistryOptions {
  /**
   * How many sets of label values a metric may have; further ones are counted
   * under the label value `other`.
   * @default 1000
   */
  readonly maxSeries?: number;
  /**
   * The registry of prom-client that holds the metrics: one of yours, or prom-client's
   * global one. Its own metrics are on the same page then.
   * @default a new one
   */
  readonly register?: PrometheusRegistry;
}

/** Metrics that others have: a registry of prom-client is one. */
export interface MetricsSource {
  /** Their text in Prometheus' format. */
  metrics(): string | Promise<string>;
}

/** Settings of {@linkcode MetricsRegistry.text}. */
export interface MetricsTextOptions {
  /**
   * `prometheus`: text format 0.0.4; `openmetrics`: OpenMetrics 1.0, with exemplars.
   * @default "prometheus"
   */
  readonly format?: "prometheus" | "openmetrics";
}

const DEFAULT_MAX_SERIES = 1_000;
/** What Prometheus' own clients take for requests, in seconds. */
const DEFAULT_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** What prom-client calls the only format that a {@linkcode MetricsRegistry} names. */
const CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

interface Spec {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
  readonly maxSeries: number;
}

/**
 * The metrics that one endpoint serves. They stand in a registry of prom-client: what
 * prom-client makes may stand beside them, and what works on its registries (`merge`,
 * cluster aggregation, the push gateway) finds them there. Asking twice for a metric
 * answers the same one, so that reloading code never fails.
 *
 * @example
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * import { MetricsRegistry } from "@oprc/observability";
 *
 * const registry = new MetricsRegistry();
 * const cacheHits = registry.counter("cache_hits_total", {
 *   help: "Reads answered from the cache.",
 *   labels: ["cache"],
 * });
 * cacheHits.inc({ cache: "packages" });
 *
 * assertStringIncludes(await registry.text(), 'cache_hits_total{cache="packages"} 1');
 * ```
 *
 * @example Beside prom-client's metrics
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * import { MetricsRegistry } from "@oprc/observability";
 * import { Gauge, Registry } from "prom-client";
 *
 * const register = new Registry();
 * const registry = new MetricsRegistry({ register });
 * registry.counter("reads_total", { help: "Reads." }).inc();
 * // One of prom-client's takes either registry.
 * new Gauge({ name: "rooms", help: "Rooms.", registers: [registry] }).set(3);
 *
 * assertStringIncludes(await register.metrics(), "reads_total 1");
 * assertStringIncludes(await registry.text(), "rooms 3");
 * ```
 */
export class MetricsRegistry implements PrometheusRegistry {
  readonly #maxSeries: number;
  readonly #register: PrometheusRegistry;
  readonly #collectors = new Map<string, () => void>();
  readonly #callbacks = new Set<() => void>();
  readonly #sources = new Set<MetricsSource>();
  #collected = false;

  /**
   * An empty registry, or one with what is in `register`.
   *
   * @throws {RangeError} when `maxSeries` isn't an integer from 1 on
   */
  constructor(options: MetricsRegistryOptions = {}) {
    const { maxSeries = DEFAULT_MAX_SERIES, register = new PromRegistry() } = options;
    checkMaxSeries("Cannot create metrics registry", maxSeries);
    this.#maxSeries = maxSeries;
    this.#register = register;
    if (!registries.has(register)) registries.set(register, this);
  }

  /** The media type of {@linkcode text} in Prometheus' format. */
  get contentType(): "text/plain; version=0.0.4; charset=utf-8" {
    return CONTENT_TYPE;
  }

  /**
   * All metrics as text.
   *
   * @throws what a `collect` function throws
   */
  async text(options: MetricsTextOptions = {}): Promise<string> {
    let text = "";
    for await (const piece of this.pieces(options)) text += piece;
    return text;
  }

  /**
   * The same text, piece by piece. Between the pieces others get their turn, so that
   * however many series there are, nobody waits for the scrape.
   *
   * @throws what a `collect` function throws
   */
  async *pieces(options: MetricsTextOptions = {}): AsyncGenerator<string, void, undefined> {
    const { format = "prometheus" } = options;
    this.#collectOnce();
    let empty = true;
    for await (const piece of scrape(this.#register, format)) {
      empty = false;
      yield piece;
    }
    if (format === "openmetrics") return yield "# EOF\n";
    // Others' text is in this format only.
    for (const source of this.#sources) {
      yield `${empty ? "" : "\n"}${(await source.metrics()).trimEnd()}\n`;
      empty = false;
    }
    if (empty) yield "\n";
  }

  /**
   * Calls all `collect` and {@linkcode onScrape} functions, as each scrape does.
   *
   * @throws what one of them throws
   */
  collect(): void {
    for (const callback of [...this.#callbacks, ...this.#collectors.values()]) callback();
  }

  /** A registry asks all its metrics in one go, and each of ours comes here. */
  #collectOnce(): void {
    if (this.#collected) return;
    this.#collected = true;
    queueMicrotask(() => this.#collected = false);
    this.collect();
  }

  /**
   * Calls `callback` before each scrape, to set what is only known by looking; the
   * function answered ends that. What it throws fails the scrape.
   */
  onScrape(callback: () => void): () => void {
    this.#callbacks.add(callback);
    return () => void this.#callbacks.delete(callback);
  }

  /** Whether metrics of others are shown, which OpenMetrics can't. */
  get includesOthers(): boolean {
    return this.#sources.size > 0;
  }

  /**
   * Shows the metrics of another registry too, such as prom-client's, behind its own;
   * the function answered ends that. They come in Prometheus' format only, so the
   * metrics server speaks that one from then on.
   */
  include(source: MetricsSource): () => void {
    this.#sources.add(source);
    return () => void this.#sources.delete(source);
  }

  /**
   * The counter called `name`, made if there is none.
   *
   * @throws {TypeError} when the name is illegal, or taken by another kind of metric
   */
  counter<Name extends string = never>(name: string, options: MetricOptions<Name>): Counter<Name> {
    return this.#getOrCreate<Counter>(
      "counter",
      name,
      options,
      "",
      ({ help, labels, maxSeries }) => {
        const series = new SeriesMap(labels, maxSeries, () => new CounterCell());
        const metric: Counter = {
          inc: (labels = {}, value) => series.at(labels).inc(value),
          series: (labels) => series.at(labels),
        };
        return { metric, family: { kind: "counter", name, help, labels, series } };
      },
    );
  }

  /**
   * The gauge called `name`, made if there is none.
   *
   * @throws {TypeError} when the name is illegal, or taken by another kind of metric
   */
  gauge<Name extends string = never>(name: string, options: GaugeOptions<Name>): Gauge<Name> {
    const gauge = this.#getOrCreate<Gauge>(
      "gauge",
      name,
      options,
      "",
      ({ help, labels, maxSeries }) => {
        const series = new SeriesMap(labels, maxSeries, () => new GaugeCell());
        const metric: Gauge = {
          set: (labels, value) => series.at(labels).set(value),
          inc: (labels = {}, value) => series.at(labels).inc(value),
          dec: (labels = {}, value) => series.at(labels).dec(value),
          series: (labels) => series.at(labels),
        };
        return { metric, family: { kind: "gauge", name, help, labels, series } };
      },
    );
    if (options.collect !== undefined) {
      const collect = options.collect;
      this.#collectors.set(name, () => collect(gauge));
    }
    return gauge;
  }

  /**
   * The histogram called `name`, made if there is none.
   *
   * @throws {TypeError} when the name is illegal, or taken by another kind of metric
   * @throws {RangeError} when the buckets don't grow
   */
  histogram<Name extends string = never>(
    name: string,
    options: HistogramOptions<Name>,
  ): Histogram<Name> {
    const { buckets = DEFAULT_BUCKETS, exemplars = false } = options;
    const growing = buckets.every((bound, i) =>
      Number.isFinite(bound) && (i === 0 || bound > buckets[i - 1]!)
    );
    if (buckets.length === 0 || !growing) {
      const shown = `[${buckets.join(", ")}]`;
      throw new RangeError(`Cannot register metric "${name}": buckets ${shown} don't grow`);
    }
    const bounds = [...buckets];
    const extra = ` and buckets [${bounds.join(", ")}]${exemplars ? " with exemplars" : ""}`;
    return this.#getOrCreate<Histogram>("histogram", name, options, extra, (spec) => {
      const { help, labels, maxSeries } = spec;
      const create = () => new HistogramCell(bounds, exemplars);
      const series = new SeriesMap(labels, maxSeries, create);
      const metric: Histogram = {
        observe: (labels, value) => series.at(labels).observe(value),
        series: (labels) => series.at(labels),
      };
      return { metric, family: { kind: "histogram", name, help, labels, series, bounds } };
    });
  }

  #getOrCreate<M extends Counter | Gauge | Histogram>(
    kind: MetricFamily["kind"],
    name: string,
    options: GaugeOptions,
    extra: string,
    create: (spec: Spec) => { readonly metric: M; readonly family: MetricFamily },
  ): M {
    const { labels = [], maxSeries = this.#maxSeries } = options;
    checkMaxSeries(`Cannot register metric "${name}"`, maxSeries);
    const shape = `${kind} with labels [${labels.join(", ")}], ${maxSeries} series${extra}`;
    const known = this.#register.getSingleMetric(name);
    const own = asOwn(known);
    if (own?.shape === shape) return own.metric as M;
    if (known !== undefined) {
      const other = own?.shape ?? `${(known as { type?: string }).type ?? "metric"} of prom-client`;
      throw new TypeError(
        `Cannot register metric "${name}" as a ${shape}: it exists as a ${other}`,
      );
    }
    checkNames(name, kind, labels);
    const { help, aggregator = "sum" } = options;
    const { metric, family } = create({ name, help, labels: [...labels], maxSeries });
    const prepare = () => this.#collectOnce();
    this.#register.registerMetric(new OwnMetric(shape, metric, family, { aggregator, prepare }));
    return metric;
  }

  /** The same as {@linkcode text} in Prometheus' format, under prom-client's name. */
  metrics(): Promise<string> {
    return this.text();
  }

  /** Takes in a metric of prom-client, as its constructors do with `registers`. */
  registerMetric(metric: object): void {
    this.#register.registerMetric(metric);
  }

  /** The metric of that name, as prom-client knows it. */
  // deno-lint-ignore no-explicit-any -- prom-client's type, which isn't named here
  getSingleMetric(name: string): any {
    return this.#register.getSingleMetric(name);
  }

  /** One metric as text. */
  getSingleMetricAsString(name: string): Promise<string> {
    return this.#register.getSingleMetricAsString(name);
  }

  /** All metrics, as prom-client knows them. */
  // deno-lint-ignore no-explicit-any -- prom-client's type, which isn't named here
  getMetricsAsArray(): any[] {
    return [...this.#register.getMetricsAsArray()];
  }

  /** All metrics with their values, as prom-client's cluster aggregation takes them. */
  // deno-lint-ignore no-explicit-any -- prom-client's type, which isn't named here
  async getMetricsAsJSON(): Promise<any[]> {
    return [...await this.#register.getMetricsAsJSON()];
  }

  /** Takes a metric out; a handle on it counts on where nobody looks. */
  removeSingleMetric(name: string): void {
    this.#register.removeSingleMetric(name);
  }

  /** Takes all metrics out. */
  clear(): void {
    this.#register.clear();
  }

  /** Sets all metrics back to nothing counted. */
  resetMetrics(): void {
    this.#register.resetMetrics();
  }

  /** Gives each series these labels, unless it has one of the name. */
  setDefaultLabels(labels: object): void {
    this.#register.setDefaultLabels(labels);
  }

  /**
   * For prom-client, which asks for it; OpenMetrics is had by {@linkcode text}.
   *
   * @throws {TypeError} when it isn't {@linkcode contentType}
   */
  setContentType(contentType: "text/plain; version=0.0.4; charset=utf-8"): void {
    if (contentType === CONTENT_TYPE) return;
    throw new TypeError(`Cannot set content type "${contentType}": it is always ${CONTENT_TYPE}`);
  }
}

/** The registry of ours for each registry of prom-client. */
const registries = new WeakMap<PrometheusRegistry, MetricsRegistry>();

/** `registry` itself, or the one that stands for a registry of prom-client, always the same. */
export function registryOf(registry: PrometheusRegistry): MetricsRegistry {
  if (registry instanceof MetricsRegistry) return registry;
  return registries.get(registry) ?? new MetricsRegistry({ register: registry });
}
