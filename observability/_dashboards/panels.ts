/** What the dashboard shows: each panel with its queries. */
import { metricPrefix } from "../_metric_prefix.ts";

/** How Grafana writes the values of a panel. */
export type PanelUnit = "reqps" | "percentunit" | "s" | "short" | "bytes" | "cps";

/** One panel. */
export interface Panel {
  readonly title: string;
  readonly description: string;
  readonly unit: PanelUnit;
  readonly queries: readonly {
    readonly expr: string;
    /** Names the lines, with `{{label}}` for the value of a label. */
    readonly legend: string;
  }[];
}

/** Codes that mean the service failed; the others are the caller's mistakes. */
export const FAULT_CODES =
  "unknown|deadline_exceeded|unimplemented|internal|unavailable|data_loss|5..";

/** The panels for a service, in rows of two. */
export function panelsOf(serviceName: string): readonly Panel[] {
  const prefix = metricPrefix(serviceName);
  const own = 'instance=~"$instance"';
  const rate = "$__rate_interval";
  const requests = `${prefix}_requests_total`;
  const duration = `${prefix}_request_duration_seconds`;
  const quantile = (q: number, by: string) =>
    `histogram_quantile(${q}, sum by (${by}) (rate(${duration}_bucket{${own}}[${rate}])))`;
  return [
    {
      title: "Requests a second",
      description: "Requests that have ended, by method.",
      unit: "reqps",
      queries: [{
        expr: `sum by (method) (rate(${requests}{${own}}[${rate}]))`,
        legend: "{{method}}",
      }],
    },
    {
      title: "Share of failed requests",
      description: "Requests that failed by the service's fault, of all requests of the method.",
      unit: "percentunit",
      queries: [{
        expr: `sum by (method) (rate(${requests}{${own},code=~"${FAULT_CODES}"}[${rate}])) / ` +
          `sum by (method) (rate(${requests}{${own}}[${rate}]))`,
        legend: "{{method}}",
      }],
    },
    {
      title: "Latency",
      description: "Half, 95 % and 99 % of all requests took at most this.",
      unit: "s",
      queries: [0.5, 0.95, 0.99].map((q) => ({
        expr: quantile(q, "le"),
        legend: `${q * 100} %`,
      })),
    },
    {
      title: "Latency by method, 99 %",
      description: "99 % of the method's requests took at most this.",
      unit: "s",
      queries: [{ expr: quantile(0.99, "le, method"), legend: "{{method}}" }],
    },
    {
      title: "Requests under way",
      description: "Calls and streams that have begun and not ended.",
      unit: "short",
      queries: [{
        expr: `sum by (method) (${prefix}_active_connections{${own}})`,
        legend: "{{method}}",
      }],
    },
    {
      title: "Errors by code",
      description: "All requests that failed, the callers' mistakes too.",
      unit: "reqps",
      queries: [{
        expr: `sum by (code) (rate(${prefix}_errors_total{${own}}[${rate}]))`,
        legend: "{{code}}",
      }],
    },
    {
      title: "Event loop lag, 99 %",
      description: "How much later than asked a timer ran: nothing else ran meanwhile.",
      unit: "s",
      queries: [{
        expr: `histogram_quantile(0.99, sum by (le, instance) ` +
          `(rate(process_event_loop_lag_seconds_bucket{${own}}[${rate}])))`,
        legend: "{{instance}}",
      }],
    },
    {
      title: "Processors in use",
      description: "Seconds of processor time a second.",
      unit: "short",
      queries: [{
        expr: `rate(process_cpu_seconds_total{${own}}[${rate}])`,
        legend: "{{instance}}",
      }],
    },
    {
      title: "Memory",
      description: "In RAM, and JavaScript heap in use.",
      unit: "bytes",
      queries: [
        { expr: `process_resident_memory_bytes{${own}}`, legend: "resident {{instance}}" },
        { expr: `process_heap_used_bytes{${own}}`, legend: "heap {{instance}}" },
      ],
    },
    {
      title: "Telemetry lost",
      description: "Spans and log lines that were lost, by reason. Nothing is the normal case.",
      unit: "cps",
      queries: [
        {
          expr: `sum by (kind, reason) (rate(otel_records_lost_total{${own}}[${rate}]))`,
          legend: "{{kind}} {{reason}}",
        },
        {
          expr: `sum by (reason) (rate(log_lines_lost_total{${own}}[${rate}]))`,
          legend: "log line {{reason}}",
        },
      ],
    },
  ];
}
