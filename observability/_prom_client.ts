/**
 * prom-client's registry, and nothing else of it: the rest (summaries, the push gateway,
 * default metrics) would double the time that importing this package takes.
 */
import Registry from "prom-client/lib/registry.js";
import type { PrometheusRegistry } from "./prometheus_registry.ts";

/** What prom-client asks of a metric that is registered with it. */
export interface PromMetric {
  /** A registry for OpenMetrics takes the ending `_total` away from it. */
  name: string;
  readonly help: string;
  readonly type: string;
  /** How values of several processes become one. */
  readonly aggregator?: string;
  get(): Promise<PromValues>;
  /** The same in a form that is quicker to write down. */
  getForPromString?(): Promise<PromValues>;
  reset(): void;
}

/** A metric with its values. */
export interface PromValues {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly aggregator?: string;
  readonly values: readonly PromValue[];
}

/** One value. */
export interface PromValue {
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
  /** The metric's name with an ending, for the parts of a histogram. */
  readonly metricName?: string;
  readonly exemplar?: {
    readonly labelSet: Readonly<Record<string, string>>;
    readonly value: number;
    readonly timestamp: number;
  };
}

/** Makes a registry of prom-client. */
export const PromRegistry: new (contentType?: string) => PrometheusRegistry = Registry;

/**
 * The labels that each series of `registry` gets. prom-client has no other way to read
 * them than this field.
 */
export function defaultLabelsOf(registry: PrometheusRegistry): Readonly<Record<string, unknown>> {
  return (registry as { _defaultLabels?: Record<string, unknown> })._defaultLabels ?? {};
}
