import type { SpanContext } from "@opentelemetry/api";
import type { MethodMetrics } from "./_method_metrics.ts";
import { activeSpan } from "./_own_span_context.ts";
import type { Clock } from "./clock.ts";
import { type Logger, logRepeating } from "./logger.ts";

/** What a request came to. */
export interface Outcome {
  readonly code: string;
  readonly failed: boolean;
  /** What was thrown, for the log. */
  readonly error?: unknown;
}

/** Codes that mean a mistake in the service: only there a stack is worth its lines. */
const FAULTS: ReadonlySet<string> = new Set(["unknown", "internal", "data_loss", "500"]);

/** Counts one request from its start to its end. */
export class Observation {
  readonly #metrics: MethodMetrics;
  readonly #logger: Logger | undefined;
  readonly #clock: Clock;
  readonly #started: number;
  /** Where it began: it may end where another span is active, or none, as when it is given up. */
  readonly #span: SpanContext | undefined;
  #ended = false;

  constructor(metrics: MethodMetrics, logger: Logger | undefined, clock: Clock) {
    this.#metrics = metrics;
    this.#logger = logger;
    this.#clock = clock;
    this.#span = activeSpan();
    this.#started = clock.now();
    metrics.active.inc();
  }

  /** Metrics need no context. */
  step<T>(call: () => T): T {
    return call();
  }

  /** Only the first call counts. */
  end({ code, failed, error }: Outcome): void {
    if (this.#ended) return;
    this.#ended = true;
    const durationMs = this.#clock.now() - this.#started;
    const metrics = this.#metrics;
    metrics.active.dec();
    metrics.requests(code).inc();
    metrics.observe(durationMs / 1_000, this.#span);
    if (failed) metrics.errors(code).inc();
    const logger = this.#logger;
    if (logger === undefined) return;
    const level = failed ? "info" : "debug";
    if (!logger.enabled(level)) return;
    const ms = Math.round(durationMs * 1_000) / 1_000;
    const message = failed ? "call failed" : "call ended";
    if (error === undefined) {
      return logRepeating(logger, level, message, metrics.lines(code), ms, this.#span);
    }
    logger[level](message, {
      method: metrics.method,
      code,
      duration_ms: ms,
      error: error instanceof Error && !FAULTS.has(code) ? error.message : error,
    });
  }
}
