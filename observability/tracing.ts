import type { PrometheusRegistry } from "./prometheus_registry.ts";

/** How a service is traced. */
export interface TracingConfig {
  /**
   * What the service is called. `OTEL_SERVICE_NAME` counts only where this is left
   * out.
   * @default "unknown_service"
   */
  readonly serviceName?: string;
  /**
   * The least level that is logged, as in {@linkcode setupLogging}, which is called
   * when this or `jsonFormat` is given.
   * @default logging stays as it is
   */
  readonly logLevel?: string;
  /**
   * Whether log lines are JSON, or text for people.
   * @default logging stays as it is
   */
  readonly jsonFormat?: boolean;
  /**
   * The collector's address for OTLP over HTTP: `http://localhost:4318`, or with
   * the path. Without this, `jaegerEndpoint` and the variables, spans go nowhere,
   * but calls keep the trace they belong to.
   * @default `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT`, `OTEL_EXPORTER_OTLP_ENDPOINT`
   */
  readonly otlpEndpoint?: string;
  /**
   * The address of Jaeger; one of those it had for Thrift is mapped to the port for
   * OTLP of the same host, with a warning. `otlpEndpoint` goes first.
   */
  readonly jaegerEndpoint?: string;
  /**
   * Which share of new traces is recorded, from 0 to 1; a trace that another
   * service began is recorded if it was there.
   * @default `OTEL_TRACES_SAMPLER`, else 1
   */
  readonly samplingRatio?: number;
  /**
   * Headers for the collector, beside those of the `OTEL_*` variables.
   * @default {}
   */
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * What else is known of the process, beside what `OTEL_RESOURCE_ATTRIBUTES`
   * says: `{ "deployment.environment.name": "production" }`.
   * @default {}
   */
  readonly resourceAttributes?: Readonly<Record<string, string | number | boolean>>;
  /**
   * Whether log lines go to the collector too, at `/v1/logs`.
   * @default whether `OTEL_LOGS_EXPORTER` is `otlp`
   */
  readonly exportLogs?: boolean;
  /**
   * How long the collector may take to answer once.
   * @default `OTEL_EXPORTER_OTLP_TIMEOUT`, else 3000
   */
  readonly exportTimeoutMs?: number;
  /**
   * How long `shutdown`, and the end of the process, may be held up to send what is
   * left.
   * @default 3000
   */
  readonly shutdownTimeoutMs?: number;
  /**
   * Whether SIGTERM sends what is left and ends the process, with 143. For services
   * without a SIGTERM listener of their own; others call `shutdown` in theirs.
   * @default false
   */
  readonly endOnSigterm?: boolean;
  /**
   * Gets `otel_records_sent_total` and `otel_records_lost_total`.
   * @default nowhere
   */
  readonly registry?: PrometheusRegistry;
  /**
   * Where the `OTEL_*` variables are read.
   * @default the environment of the process, as far as it may be read
   */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** How many records of a kind were sent, and lost. */
export interface ExportCounts {
  /** Taken by the collector. */
  readonly sent: number;
  /** Given up: the queue was full, the collector refused them or couldn't be reached. */
  readonly lost: number;
}

/** Tracing as set up by {@linkcode setupTracing}. */
export interface TracingHandle {
  /**
   * Who records: `sdk`, set up here; `adopted`, a provider that was there before,
   * such as Deno's own; `disabled`, nobody (`OTEL_SDK_DISABLED=true`).
   */
  readonly provider: "sdk" | "adopted" | "disabled";
  /** The URL that spans are posted to, if there is one. */
  readonly endpoint: string | undefined;
  /** What became of the spans. */
  readonly spans: ExportCounts;
  /** What became of the log lines, if they are exported. */
  readonly logs: ExportCounts;
  /** Sends what has been recorded so far; ends when it was sent or lost. Never rejects. */
  flush(): Promise<void>;
  /**
   * Sends what is left within `shutdownTimeoutMs` and stops tracing. Never rejects,
   * and may be called twice.
   */
  shutdown(): Promise<void>;
  /** The same as `shutdown()`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Sets up tracing with OpenTelemetry for the whole process: spans of
 * `@opentelemetry/api` go to a collector by OTLP over HTTP, calls carry W3C trace
 * context and baggage. It is loaded with this call, so that services without it don't
 * pay for it.
 *
 * What counts, from first to last: what `config` says, the `OTEL_*` variables
 * of the kind of telemetry (`OTEL_EXPORTER_OTLP_TRACES_ENDPOINT`), the general ones
 * (`OTEL_EXPORTER_OTLP_ENDPOINT`), the defaults. Headers and resource attributes
 * are put together in that order.
 *
 * A process that has a provider already, as Deno with `OTEL_DENO=true`, keeps it: two of
 * them would tear traces apart. A warning says that `config` doesn't count then.
 *
 * @example
 * ```ts
 * import { trace } from "@opentelemetry/api";
 * import { assertEquals } from "@std/assert";
 * import { setupTracing } from "@oprc/observability";
 *
 * const tracing = await setupTracing({ serviceName: "package-manager", samplingRatio: 0.1 });
 * const traceId = trace.getTracer("main").startActiveSpan("start", (span) => {
 *   span.end();
 *   return span.spanContext().traceId;
 * });
 * await tracing.shutdown();
 *
 * assertEquals(traceId.length, 32);
 * ```
 *
 * @throws {TypeError} when an address or the log level can't be read
 * @throws {RangeError} when a number is out of its range
 */
export async function setupTracing(config: TracingConfig = {}): Promise<TracingHandle> {
  const { startTracing } = await import("./_start_tracing.ts");
  return startTracing(config);
}
