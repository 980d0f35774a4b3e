/** The labels of a series; a label that is left out counts as empty. */
export type Labels<Name extends string = string> = Readonly<
  Partial<Record<Name, string | number>>
>;

/** One series of a counter. */
export interface CounterSeries {
  /** Adds `value`, 1 by default; what isn't a finite number from 0 on is left out. */
  inc(value?: number): void;
}

/** A number that only grows. */
export interface Counter<Name extends string = string> {
  /**
   * Adds `value`; what isn't a finite number from 0 on is left out, since one such
   * value would spoil the series for good.
   *
   * @param value defaults to 1
   */
  inc(labels?: Labels<Name>, value?: number): void;
  /** The series of these labels, to keep: adding to it costs a few nanoseconds. */
  series(labels: Labels<Name>): CounterSeries;
}

/** One series of a gauge. */
export interface GaugeSeries {
  /** Sets the value. */
  set(value: number): void;
  /** Adds `value`, 1 by default. */
  inc(value?: number): void;
  /** Takes `value` away, 1 by default. */
  dec(value?: number): void;
}

/** A number that goes up and down. Values that aren't finite are left out. */
export interface Gauge<Name extends string = string> {
  /** Sets the value. */
  set(labels: Labels<Name>, value: number): void;
  /** Adds `value`, 1 by default. */
  inc(labels?: Labels<Name>, value?: number): void;
  /** Takes `value` away, 1 by default; give the labels that were given to `inc`. */
  dec(labels?: Labels<Name>, value?: number): void;
  /** The series of these labels, to keep. */
  series(labels: Labels<Name>): GaugeSeries;
}

/** One series of a histogram. */
export interface HistogramSeries {
  /** Counts `value`; one that isn't finite is left out. */
  observe(value: number): void;
}

/** Counts of values by size. */
export interface Histogram<Name extends string = string> {
  /** Counts `value`; one that isn't finite is left out. */
  observe(labels: Labels<Name>, value: number): void;
  /** The series of these labels, to keep. */
  series(labels: Labels<Name>): HistogramSeries;
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
  /**
   * How prom-client's cluster aggregation makes one value out of those of several
   * processes.
   * @default "sum"
   */
  readonly aggregator?: "sum" | "first" | "min" | "max" | "average" | "omit";
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
