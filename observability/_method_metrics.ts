import type { SpanContext } from "@opentelemetry/api";
import { HistogramCell } from "./_cells.ts";
import type { Repeating } from "./_log_line.ts";
import type { CounterSeries, GaugeSeries, HistogramSeries } from "./metric.ts";
import type { ServiceMetrics } from "./service_metrics.ts";

/** The bound is against routes made of data. */
const MAX_METHODS = 1_000;

/** The series of one method, found once, so that a call adds to them without a search. */
export class MethodMetrics {
  readonly method: string;
  readonly active: GaugeSeries;
  readonly #duration: HistogramSeries;
  readonly #metrics: ServiceMetrics;
  readonly #requests = new Map<string, CounterSeries>();
  readonly #errors = new Map<string, CounterSeries>();
  readonly #lines = new Map<string, Repeating>();

  constructor(metrics: ServiceMetrics, method: string) {
    this.method = method;
    this.#metrics = metrics;
    this.active = metrics.activeConnections.series({ method });
    this.#duration = metrics.requestDuration.series({ method });
  }

  /** Counts what a call took that began in `span`. */
  observe(seconds: number, span: SpanContext | undefined): void {
    const duration = this.#duration;
    if (duration instanceof HistogramCell) duration.observeIn(seconds, span);
    // Of another copy of this module, as after a hot reload.
    else duration.observe(seconds);
  }

  /** What the log lines of calls that ended with `code` have in common. */
  lines(code: string): Repeating {
    let lines = this.#lines.get(code);
    if (lines === undefined) {
      lines = { fields: { method: this.method, code }, last: "duration_ms" };
      this.#lines.set(code, lines);
    }
    return lines;
  }

  /** Codes are few: those of gRPC, or of HTTP. */
  requests(code: string): CounterSeries {
    let series = this.#requests.get(code);
    if (series === undefined) {
      series = this.#metrics.requestsTotal.series({ method: this.method, code });
      this.#requests.set(code, series);
    }
    return series;
  }

  errors(code: string): CounterSeries {
    let series = this.#errors.get(code);
    if (series === undefined) {
      series = this.#metrics.errorsTotal.series({ method: this.method, code });
      this.#errors.set(code, series);
    }
    return series;
  }
}

/** Finds the series of a method by what names it. */
export function methodMetrics<Key>(
  metrics: ServiceMetrics,
  nameOf: (key: Key) => string,
): (key: Key) => MethodMetrics {
  const known = new Map<Key, MethodMetrics>();
  return (key) => {
    let found = known.get(key);
    if (found === undefined) {
      found = new MethodMetrics(metrics, nameOf(key));
      if (known.size < MAX_METHODS) known.set(key, found);
    }
    return found;
  };
}
