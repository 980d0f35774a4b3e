/**
 * What stands before a service's metrics: its name with `_` for what a metric name
 * can't hold. A colon is legal, but kept for recording rules.
 */
export function metricPrefix(serviceName: string): string {
  return serviceName.replace(/[^a-zA-Z0-9_]/g, "_").replace(/^(?=[0-9])/, "_");
}
