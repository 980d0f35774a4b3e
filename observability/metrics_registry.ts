import { CounterCell, GaugeCell, HistogramCell } from "./_cells.ts";
import { familiesOf } from "./_families.ts";
import { familyText, MEDIA_TYPES, type MetricFamily, type MetricFormat } from "./_metric_text.ts";
import { nextTurn } from "./_runtime.ts";
import { SeriesMap } from "./_series.ts";
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
  /**
   * Whether each bucket keeps the trace id of its latest value, if that was measured
   * inside a sampled span; scrapers see them in the OpenMetrics format.
   * @default false
   */
  readonly exemplars?: boolean;
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

const METRIC_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const DEFAULT_MAX_SERIES = 1_000;
/** What Prometheus' own clients take for requests, in seconds. */
const DEFAULT_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** How long a scrape may go on before others get their turn. */
const TURN_MS = 2;
/** How much text is put together before it is handed on. */
const PIECE_LENGTH = 16_384;

interface Registered {
  /** What a second registration must agree with. */
  readonly shape: string;
  readonly metric: Counter | Gauge | Histogram;
  readonly family: MetricFamily;
}

interface Spec {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
  readonly maxSeries: number;
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
  readonly #maxSeries: number;
  readonly #metrics = new Map<string, Registered>();
  readonly #collectors = new Map<string, () => void>();
  readonly #callbacks = new Set<() => void>();
  readonly #sources = new Set<MetricsSource>();

  /**
   * An empty registry.
   *
   * @throws {RangeError} when `maxSeries` isn't an integer from 1 on
   */
  constructor(options: MetricsRegistryOptions = {}) {
    const { maxSeries = DEFAULT_MAX_SERIES } = options;
    checkMaxSeries("Cannot create metrics registry", maxSeries);
    this.#maxSeries = maxSeries;
    familiesOf.set(this, () => [...this.#metrics.values()].map(({ family }) => family));
  }

  /** The media type of {@linkcode text} in Prometheus' format. */
  get contentType(): string {
    return MEDIA_TYPES.prometheus;
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
    this.collect();
    let piece = "";
    let began = performance.now();
    for (const text of this.#texts(format)) {
      piece += text;
      const late = performance.now() - began > TURN_MS;
      if (!late && piece.length < PIECE_LENGTH) continue;
      yield piece;
      piece = "";
      if (!late) continue;
      await new Promise<void>((resolve) => nextTurn(resolve));
      began = performance.now();
    }
    // Others' metrics have no OpenMetrics form here.
    if (format === "prometheus") {
      for (const source of this.#sources) piece += (await source.metrics()).trimEnd() + "\n";
    }
    const empty = this.#metrics.size === 0 && this.#sources.size === 0;
    yield format === "openmetrics" ? `${piece}# EOF\n` : empty ? "\n" : piece;
  }

  /**
   * Calls all `collect` and {@linkcode onScrape} functions, as each scrape does.
   *
   * @throws what one of them throws
   */
  collect(): void {
    for (const callback of [...this.#callbacks, ...this.#collectors.values()]) callback();
  }

  *#texts(format: MetricFormat): Generator<string> {
    for (const { family } of this.#metrics.values()) yield* familyText(family, format);
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
    return this.#getOrCreate<Counter>("counter", name, options, "", ({ labels, maxSeries }) => {
      const series = new SeriesMap(labels, maxSeries, () => new CounterCell());
      const metric: Counter = {
        inc: (labels = {}, value) => series.at(labels).inc(value),
        series: (labels) => series.at(labels),
      };
      return { metric, family: { kind: "counter", name, help: options.help, series } };
    });
  }

  /**
   * The gauge called `name`, made if there is none.
   *
   * @throws {TypeError} when the name is illegal, or taken by another kind of metric
   */
  gauge<Name extends string = never>(name: string, options: GaugeOptions<Name>): Gauge<Name> {
    const gauge = this.#getOrCreate<Gauge>("gauge", name, options, "", ({ labels, maxSeries }) => {
      const series = new SeriesMap(labels, maxSeries, () => new GaugeCell());
      const metric: Gauge = {
        set: (labels, value) => series.at(labels).set(value),
        inc: (labels = {}, value) => series.at(labels).inc(value),
        dec: (labels = {}, value) => series.at(labels).dec(value),
        series: (labels) => series.at(labels),
      };
      return { metric, family: { kind: "gauge", name, help: options.help, series } };
    });
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
      const create = () => new HistogramCell(bounds, exemplars);
      const series = new SeriesMap(spec.labels, spec.maxSeries, create);
      const metric: Histogram = {
        observe: (labels, value) => series.at(labels).observe(value),
        series: (labels) => series.at(labels),
      };
      return { metric, family: { kind: "histogram", name, help: options.help, series, bounds } };
    });
  }

  #getOrCreate<M extends Counter | Gauge | Histogram>(
    kind: MetricFamily["kind"],
    name: string,
    options: MetricOptions,
    extra: string,
    create: (spec: Spec) => { readonly metric: M; readonly family: MetricFamily },
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
    const { metric, family } = create({ name, help: options.help, labels: [...labels], maxSeries });
    this.#metrics.set(name, { shape, metric, family });
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
