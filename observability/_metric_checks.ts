/** What a metric may be called, and how many series it may have. */
const METRIC_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/** Throws a `RangeError` unless a metric can have so many series. */
export function checkMaxSeries(doing: string, maxSeries: number): void {
  if (!Number.isInteger(maxSeries) || maxSeries < 1) {
    throw new RangeError(`${doing}: maxSeries is ${maxSeries}, not an integer from 1 on`);
  }
}

/** Throws a `TypeError` unless Prometheus takes a metric and labels of these names. */
export function checkNames(name: string, kind: string, labels: readonly string[]): void {
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
