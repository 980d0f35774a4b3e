/** The one place that knows prom-client. */
import client from "prom-client";
import { SeriesCap } from "./_series_cap.ts";
import type { Counter, Gauge, Histogram, Labels } from "./metric.ts";

/** What a metric is made of. */
export interface MetricSpec {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
  readonly maxSeries: number;
}

/** A registry of prom-client. */
export type PromRegistry = InstanceType<typeof client.Registry>;

/** An empty registry, apart from prom-client's global one. */
export function createPromRegistry(): PromRegistry {
  return new client.Registry();
}

function config(registry: PromRegistry, spec: MetricSpec) {
  return {
    name: spec.name,
    help: spec.help,
    labelNames: [...spec.labels],
    registers: [registry],
  };
}

/** A counter in `registry`. */
export function createCounter(registry: PromRegistry, spec: MetricSpec): Counter {
  const counter = new client.Counter(config(registry, spec));
  const cap = new SeriesCap(spec.labels, spec.maxSeries);
  return {
    inc(labels: Labels = {}, value = 1) {
      if (Number.isFinite(value) && value >= 0) counter.inc(cap.admit(labels), value);
    },
  };
}

/** A gauge in `registry`, `collect` being called at each scrape. */
export function createGauge(
  registry: PromRegistry,
  spec: MetricSpec,
  collect: () => void,
): Gauge {
  const cap = new SeriesCap(spec.labels, spec.maxSeries);
  const gauge: Gauge = {
    set(labels, value) {
      if (Number.isFinite(value)) prom.set(cap.admit(labels), value);
    },
    inc(labels = {}, value = 1) {
      if (Number.isFinite(value)) prom.inc(cap.admit(labels), value);
    },
    dec(labels = {}, value = 1) {
      if (Number.isFinite(value)) prom.dec(cap.admit(labels), value);
    },
  };
  const prom = new client.Gauge({ ...config(registry, spec), collect });
  return gauge;
}

/** A histogram in `registry`. */
export function createHistogram(
  registry: PromRegistry,
  spec: MetricSpec,
  buckets: readonly number[],
): Histogram {
  const histogram = new client.Histogram({ ...config(registry, spec), buckets: [...buckets] });
  const cap = new SeriesCap(spec.labels, spec.maxSeries);
  return {
    observe(labels, value) {
      if (Number.isFinite(value)) histogram.observe(cap.admit(labels), value);
    },
  };
}
