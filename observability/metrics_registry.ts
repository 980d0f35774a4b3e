import {
  createCounter,
  createGauge,
  createHistogram,
  createPromRegistry,
  type MetricSpec,
  type PromRegistry,
} from "./_prom_client.ts";
import type { Counter, Gauge, Histogram } from "./metric.ts";

/** Settings of a {@linkcode MetricsRegistry}. */
export interface MetricsRegistryOptions {
  /**
   * How many sets of label values a metric may have; further ones are counted
   * under the label value `other`.
   * @default 1000
   */
  readonly maxSeries?: number;
}

/** What a metric is. */
export interface MetricOptions<Name extends string = string> {
  /** One sentence for the reader of the metrics page. */
  readonly help: string;
  /**
   * The names of its labels.
   * @default []
   */
  readonly labels?: readonly Name[];
  /**
   * How many sets of label values it may have.
   * @default as the registry's options say
   */
  readonly maxSeries?: number;
}

/** What a gauge is. */
export interface GaugeOptions<Name extends string = string> extends MetricOptions<Name> {
  /**
   * Called before each scrape, to set what is only known by looking. Of several
   * registrations the latest function counts; if it throws, so does the scrape.
   */
  readonly collect?: (gauge: Gauge<Name>) => void;
}

/** What a histogram is. */
export interface HistogramOptions<Name extends string = string> extends MetricOptions<Name> {
  /**
   * The upper bounds of its buckets, growing; the last one, infinity, is added.
   * @default 5 ms to 10 s, in seconds
   */
  readonly buckets?: readonly number[];
}

const METRIC_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const DEFAULT_MAX_SERIES = 1_000;
/** What Prometheus' own clients take for requests, in seconds. */
const DEFAULT_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

interface Registered {
  readonly kind: "counter" | "gauge" | "histogram";
  /** What a second registration must agree with. */
  readonly shape: string;
  readonly metric: Counter | Gauge | Histogram;
}

/**
 * The metrics that one endpoint serves. Asking twice for a metric answers the
 * same one, so that reloading code never fails.
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
 */
export class MetricsRegistry {
  readonly #prom: PromRegistry = createPromRegistry();
  readonly #maxSeries: number;
  readonly #metrics = new Map<string, Registered>();
  readonly #collectors = new Map<string, () => void>();

  /**
   * An empty registry.
   *
   * @throws {RangeError} when `maxSeries` isn't an integer from 1 on
   */
  constructor(options: MetricsRegistryOptions = {}) {
    const { maxSeries = DEFAULT_MAX_SERIES } = options;
    checkMaxSeries("Cannot create metrics registry", maxSeries);
    this.#maxSeries = maxSeries;
  }

  /** The media type of {@linkcode text}. */
  get contentType(): string {
    return this.#prom.contentType;
  }

  /** All metrics in Prometheus' text format. */
  text(): Promise<string> {
    return this.#prom.metrics();
  }

  /**
   * The counter called `name`, made if there is none.
   *
   * @throws {TypeError} when the name is illegal, or taken by another kind of metric
   */
  counter<Name extends string = never>(name: string, options: MetricOptions<Name>): Counter<Name> {
    return this.#getOrCreate(
      "counter",
      name,
      options,
      "",
      (spec) => createCounter(this.#prom, spec),
    );
  }

  /**
   * The gauge called `name`, made if there is none.
   *
   * @throws {TypeError} when the name is illegal, or taken by another kind of metric
   */
  gauge<Name extends string = never>(name: string, options: GaugeOptions<Name>): Gauge<Name> {
    const gauge: Gauge<Name> = this.#getOrCreate(
      "gauge",
      name,
      options,
      "",
      (spec) => createGauge(this.#prom, spec, () => this.#collectors.get(name)?.()),
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
    const { buckets = DEFAULT_BUCKETS } = options;
    const growing = buckets.every((bound, i) =>
      Number.isFinite(bound) && (i === 0 || bound > buckets[i - 1]!)
    );
    if (buckets.length === 0 || !growing) {
      const shown = `[${buckets.join(", ")}]`;
      throw new RangeError(`Cannot register metric "${name}": buckets ${shown} don't grow`);
    }
    return this.#getOrCreate(
      "histogram",
      name,
      options,
      ` and buckets [${buckets.join(", ")}]`,
      (spec) => createHistogram(this.#prom, spec, buckets),
    );
  }

  #getOrCreate<M extends Counter | Gauge | Histogram>(
    kind: Registered["kind"],
    name: string,
    options: MetricOptions,
    extra: string,
    create: (spec: MetricSpec) => M,
  ): M {
    const { labels = [], maxSeries = this.#maxSeries } = options;
    checkMaxSeries(`Cannot register metric "${name}"`, maxSeries);
    const shape = `${kind} with labels [${labels.join(", ")}], ${maxSeries} series${extra}`;
    const known = this.#metrics.get(name);
    if (known !== undefined) {
      if (known.shape === shape) return known.metric as M;
      throw new TypeError(
        `Cannot register metric "${name}" as a ${shape}: it exists as a ${known.shape}`,
      );
    }
    check(name, kind, labels);
    const metric = create({ name, help: options.help, labels, maxSeries });
    this.#metrics.set(name, { kind, shape, metric });
    return metric;
  }
}

function checkMaxSeries(doing: string, maxSeries: number): void {
  if (!Number.isInteger(maxSeries) || maxSeries < 1) {
    throw new RangeError(`${doing}: maxSeries is ${maxSeries}, not an integer from 1 on`);
  }
}

function check(name: string, kind: string, labels: readonly string[]): void {
  if (!METRIC_NAME.test(name)) {
    throw new TypeError(`Cannot register metric "${name}": the name must match ${METRIC_NAME}`);
  }
  for (const label of labels) {
    // `le` is what a histogram's buckets use; names with two underscores are Prometheus' own.
    const reserved = label.startsWith("__") || (kind === "histogram" && label === "le");
    if (reserved || !METRIC_NAME.test(label)) {
      throw new TypeError(`Cannot register metric "${name}": illegal label "${label}"`);
    }
  }
}
