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
