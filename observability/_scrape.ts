import { type DefaultLabel, defaultLabel, familyText, type MetricFormat } from "./_metric_text.ts";
import { MEDIA_TYPES } from "./_metric_text.ts";
import { asOwn } from "./_own_metric.ts";
import { defaultLabelsOf, type PromMetric, PromRegistry } from "./_prom_client.ts";
import { nextTurn } from "./_runtime.ts";
import type { PrometheusRegistry } from "./prometheus_registry.ts";

/** How long a scrape may go on before others get their turn. */
const TURN_MS = 2;
/** How much text is put together before it is handed on. */
const PIECE_LENGTH = 16_384;

/**
 * What `registry.metrics()` says, piece by piece. Metrics of ours are written down a few
 * series at a time, and between the pieces others get their turn; those of prom-client
 * write themselves down, each in one go.
 */
export async function* scrape(
  registry: PrometheusRegistry,
  format: MetricFormat,
): AsyncGenerator<string, void, undefined> {
  const labels = Object.entries(defaultLabelsOf(registry)).map(defaultLabel);
  const metrics = registry.getMetricsAsArray() as readonly PromMetric[];
  for (const metric of metrics) asOwn(metric)?.prepare();
  // Joined, a piece is one string; added up it would be a tree of thousands, which the
  // collector of garbage would copy around while nobody else gets a turn.
  let parts: string[] = [];
  let length = 0;
  let began = performance.now();
  for (const [i, metric] of metrics.entries()) {
    for (const text of await textsOf(registry, metric, labels, format)) {
      parts.push(text);
      length += text.length;
      const late = performance.now() - began > TURN_MS;
      if (!late && length < PIECE_LENGTH) continue;
      yield parts.join("");
      parts = [];
      length = 0;
      if (!late) continue;
      await new Promise<void>((resolve) => nextTurn(resolve));
      began = performance.now();
    }
    if (format === "prometheus" && i < metrics.length - 1) parts.push("\n");
  }
  if (parts.length > 0) yield parts.join("");
}

async function textsOf(
  registry: PrometheusRegistry,
  metric: PromMetric,
  labels: readonly DefaultLabel[],
  format: MetricFormat,
): Promise<Iterable<string>> {
  const own = asOwn(metric);
  if (own !== undefined) return familyText(own.family, format, labels);
  // Not by its own registry, which may be one for the other format.
  const writer = new PromRegistry(MEDIA_TYPES[format]);
  writer.setDefaultLabels(defaultLabelsOf(registry));
  const name = format === "openmetrics" && metric.type === "counter"
    ? metric.name.replace(/_total$/, "")
    : metric.name;
  const get = async () => ({
    ...await (metric.getForPromString?.() ?? metric.get()),
    name,
  });
  writer.registerMetric({ name, get });
  return [`${await writer.getSingleMetricAsString(name)}\n`];
}
