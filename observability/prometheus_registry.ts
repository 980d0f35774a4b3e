/**
 * A registry of prom-client, as far as it is used here: pass `new Registry()` of yours,
 * or its global `register`, and what stands in it stands on one page with what is made
 * here. Written out so that this package works with each version that has this shape.
 */
export interface PrometheusRegistry {
  /** The media type of {@linkcode metrics}. */
  readonly contentType: string;
  /** All metrics as text. */
  metrics(): Promise<string>;
  /** Takes a metric in; one of the same name must not be there. */
  registerMetric(metric: object): void;
  /** The metric registered under `name`. */
  getSingleMetric(name: string): object | undefined;
  /** One metric as text. */
  getSingleMetricAsString(name: string): Promise<string>;
  /** All metrics. */
  getMetricsAsArray(): readonly object[];
  /** All metrics with their values, as cluster aggregation passes them on. */
  getMetricsAsJSON(): Promise<readonly object[]>;
  /** Takes a metric out. */
  removeSingleMetric(name: string): void;
  /** Takes all metrics out. */
  clear(): void;
  /** Sets all metrics back to nothing counted. */
  resetMetrics(): void;
  /** Labels that each series gets. */
  setDefaultLabels(labels: object): void;
}
