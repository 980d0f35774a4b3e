import { metricPrefix } from "../_metric_prefix.ts";
import { FAULT_CODES } from "./panels.ts";

/** What the alerts measure a service by. */
export interface RuleLimits {
  readonly availability: number;
  readonly latencySeconds: number;
}

interface Rule {
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/**
 * A file of Prometheus rules. It is written as JSON's subset of YAML where texts are
 * concerned, so that no name can break it.
 */
export function prometheusRules(serviceName: string, limits: RuleLimits): string {
  const prefix = metricPrefix(serviceName);
  const groups = [
    { name: `${prefix}.recording`, rules: recordingRules(prefix) },
    { name: `${prefix}.alerts`, rules: alerts(prefix, serviceName, limits) },
  ];
  const lines = ["groups:"];
  for (const { name, rules } of groups) {
    lines.push(`  - name: ${JSON.stringify(name)}`, "    rules:");
    for (const rule of rules) lines.push(...ruleLines(rule));
  }
  return `${lines.join("\n")}\n`;
}

function ruleLines(rule: Rule): string[] {
  const lines: string[] = [];
  for (const [key, value] of Object.entries(rule)) {
    if (typeof value === "string") lines.push(`${key}: ${JSON.stringify(value)}`);
    else {
      lines.push(`${key}:`);
      for (const [name, text] of Object.entries(value as Record<string, string>)) {
        lines.push(`  ${name}: ${JSON.stringify(text)}`);
      }
    }
  }
  return lines.map((line, i) => `${i === 0 ? "      - " : "        "}${line}`);
}

/** The windows that the alerts on the error budget look at. */
const WINDOWS = ["5m", "30m", "1h", "6h"];

function recordingRules(prefix: string): Rule[] {
  const requests = `${prefix}_requests_total`;
  const buckets = `${prefix}_request_duration_seconds_bucket`;
  return [
    {
      record: `method:${requests}:rate5m`,
      expr: `sum by (method) (rate(${requests}[5m]))`,
    },
    {
      record: `method:${prefix}_request_duration_seconds:p99_5m`,
      expr: `histogram_quantile(0.99, sum by (le, method) (rate(${buckets}[5m])))`,
    },
    ...WINDOWS.map((window) => ({
      record: `service:${prefix}_faults:ratio_rate${window}`,
      // Without requests there is no failure: 0, not nothing, so that alerts end.
      expr: `(sum(rate(${requests}{code=~"${FAULT_CODES}"}[${window}])) or vector(0)) / ` +
        `(sum(rate(${requests}[${window}])) > 0)`,
    })),
  ];
}

function alerts(prefix: string, serviceName: string, limits: RuleLimits): Rule[] {
  const ratio = (window: string) => `service:${prefix}_faults:ratio_rate${window}`;
  const budget = 1 - limits.availability;
  // Prometheus fills in {{ }}; a name with braces must not be taken for that.
  const name = serviceName.replaceAll("{", "").replaceAll("}", "");
  const alert = (
    alert: string,
    severity: "page" | "ticket",
    expr: string,
    wait: string,
    summary: string,
  ): Rule => ({
    alert,
    expr,
    for: wait,
    labels: { severity, service: name },
    annotations: { summary: `${name}: ${summary}` },
  });
  /** The multiwindow, multi-burn-rate alerts of Google's SRE workbook. */
  const burning = (factor: number, long: string, short: string) => {
    const limit = Number((factor * budget).toPrecision(6));
    return `${ratio(long)} > ${limit} and ${ratio(short)} > ${limit}`;
  };
  const target = `target_info{service_name=${JSON.stringify(serviceName)}}`;
  const here = `on (instance, job) group_left () ${target}`;
  return [
    alert("ServiceGone", "page", `absent(${target})`, "5m", "no instance is being scraped"),
    alert(
      "ErrorBudgetBurningFast",
      "page",
      burning(14.4, "1h", "5m"),
      "2m",
      "two percent of the month's error budget went within an hour",
    ),
    alert(
      "ErrorBudgetBurning",
      "ticket",
      burning(6, "6h", "30m"),
      "15m",
      "five percent of the month's error budget went within six hours",
    ),
    alert(
      "RequestsSlow",
      "ticket",
      `method:${prefix}_request_duration_seconds:p99_5m > ${limits.latencySeconds}`,
      "10m",
      `1 % of {{ $labels.method }} takes longer than ${limits.latencySeconds} s`,
    ),
    alert(
      "EventLoopBlocked",
      "ticket",
      "histogram_quantile(0.99, sum by (le, instance, job) " +
        `(rate(process_event_loop_lag_seconds_bucket[5m]) * ${here})) > 0.25`,
      "10m",
      "timers of {{ $labels.instance }} run more than 250 ms late",
    ),
    alert(
      "OpenFilesRunOut",
      "page",
      `process_open_fds / process_max_fds > 0.8 and on (instance, job) ${target}`,
      "5m",
      "{{ $labels.instance }} has more than 80 % of its open files",
    ),
    alert(
      "TelemetryLost",
      "ticket",
      `sum by (kind, reason) (increase(otel_records_lost_total[15m]) * ${here}) > 0`,
      "15m",
      "{{ $labels.kind }}s are lost: {{ $labels.reason }}",
    ),
    alert(
      "LogLinesLost",
      "ticket",
      `sum by (reason) (increase(log_lines_lost_total{reason!="rate_limit"}[15m]) * ${here}) > 0`,
      "15m",
      "log lines are lost: {{ $labels.reason }}",
    ),
    alert(
      "TooManySeries",
      "ticket",
      `increase(${prefix}_requests_total{method="other"}[15m]) > 0`,
      "15m",
      "a metric has more label values than it may have",
    ),
  ];
}
