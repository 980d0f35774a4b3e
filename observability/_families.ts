import type { MetricFamily } from "./_metric_text.ts";
import type { MetricsRegistry } from "./metrics_registry.ts";

/** What a registry holds, for the status page; no part of the registry's interface. */
export const familiesOf: WeakMap<MetricsRegistry, () => Iterable<MetricFamily>> = new WeakMap();
