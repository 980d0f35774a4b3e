import type { CounterCell, Exemplar, GaugeCell, HistogramCell } from "./_cells.ts";
import { escapeLabel, type SeriesMap } from "./_series.ts";

/** A metric as it is written down. */
export type MetricFamily =
  & { readonly name: string; readonly help: string; readonly labels: readonly string[] }
  & (
    | { readonly kind: "counter"; readonly series: SeriesMap<CounterCell> }
    | { readonly kind: "gauge"; readonly series: SeriesMap<GaugeCell> }
    | {
      readonly kind: "histogram";
      readonly series: SeriesMap<HistogramCell>;
      readonly bounds: readonly number[];
    }
  );

/** The text formats: Prometheus' own, and OpenMetrics, which has exemplars. */
export type MetricFormat = "prometheus" | "openmetrics";

/** Their media types. */
export const MEDIA_TYPES: Readonly<Record<MetricFormat, string>> = {
  prometheus: "text/plain; version=0.0.4; charset=utf-8",
  openmetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8",
};

/** A label that each series of a registry gets, unless it has one of that name. */
export interface DefaultLabel {
  readonly name: string;
  /** `name="value"` */
  readonly text: string;
}

/** Writes a default label down as prom-client does: only texts need escaping. */
export function defaultLabel([name, value]: [string, unknown]): DefaultLabel {
  const text = typeof value === "string" ? escapeLabel(value) : String(value);
  return { name, text: `${name}="${text}"` };
}

/** The text of a metric, a small piece at a time. */
export function* familyText(
  family: MetricFamily,
  format: MetricFormat,
  defaults: readonly DefaultLabel[] = [],
): Generator<string> {
  const { name, kind } = family;
  const open = format === "openmetrics";
  const more = defaults.filter((label) => !family.labels.includes(label.name))
    .map(({ text }) => text).join(",");
  const withMore = (labels: string) =>
    more === "" ? labels : labels === "" ? more : `${labels},${more}`;
  yield head(family, open);
  if (kind === "histogram") {
    const bounds = family.bounds.map((bound) => `le="${bound}"`);
    for (const { labels, cell } of family.series.all()) {
      yield histogramText(name, withMore(labels), cell, bounds, open);
    }
  } else {
    // OpenMetrics wants the ending; without it, it is another name for the same series.
    const sample = open && kind === "counter" && !name.endsWith("_total") ? `${name}_total` : name;
    for (const { labels, cell } of family.series.all()) {
      yield `${sample}${braced(withMore(labels))} ${numberText(cell.value)}\n`;
    }
  }
}

function head({ name, help, kind }: MetricFamily, open: boolean): string {
  if (!open) {
    const text = help.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
    return `# HELP ${name} ${text}\n# TYPE ${name} ${kind}\n`;
  }
  const text = help.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll('"', '\\"');
  const info = kind === "gauge" && name.endsWith("_info");
  const family = kind === "counter"
    ? name.replace(/_total$/, "")
    : info
    ? name.replace(/_info$/, "")
    : name;
  return `# HELP ${family} ${text}\n# TYPE ${family} ${info ? "info" : kind}\n`;
}

function histogramText(
  name: string,
  labels: string,
  { counts, sum, exemplars }: HistogramCell,
  bounds: readonly string[],
  open: boolean,
): string {
  const more = labels === "" ? "" : `,${labels}`;
  let text = "";
  let total = 0;
  for (let i = 0; i < counts.length; i++) {
    total += counts[i]!;
    text += `${name}_bucket{${bounds[i] ?? 'le="+Inf"'}${more}} ${total}${
      open ? exemplarText(exemplars?.[i]) : ""
    }\n`;
  }
  const braces = braced(labels);
  return `${text}${name}_sum${braces} ${numberText(sum)}\n${name}_count${braces} ${total}\n`;
}

function exemplarText(exemplar: Exemplar | undefined): string {
  if (exemplar === undefined) return "";
  const { traceId, spanId, value, timeSeconds } = exemplar;
  return ` # {trace_id="${traceId}",span_id="${spanId}"} ${value} ${timeSeconds}`;
}

function braced(labels: string): string {
  return labels === "" ? "" : `{${labels}}`;
}

/** A sum may have grown beyond what a number holds. */
function numberText(value: number): string {
  return value === Infinity ? "+Inf" : value === -Infinity ? "-Inf" : String(value);
}

/** Which format a scraper prefers, by its `Accept` header. */
export function preferredFormat(accept: string): MetricFormat {
  const quality = { prometheus: -1, openmetrics: -1 };
  for (const type of accept.split(",")) {
    const [name, ...params] = type.split(";").map((part) => part.trim().toLowerCase());
    const q = Number(params.find((param) => param.startsWith("q="))?.slice(2) ?? 1);
    if (!(q > 0)) continue;
    if (name === "application/openmetrics-text") {
      // 0.0.1 is another format.
      const version = params.find((param) => param.startsWith("version="))?.slice(8);
      if (version === undefined || version.startsWith("1.")) {
        quality.openmetrics = Math.max(quality.openmetrics, q);
      }
    } else if (name === "text/plain" || name === "text/*" || name === "*/*") {
      quality.prometheus = Math.max(quality.prometheus, q);
    }
  }
  return quality.openmetrics > 0 && quality.openmetrics >= quality.prometheus
    ? "openmetrics"
    : "prometheus";
}
