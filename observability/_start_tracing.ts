/** What `setupTracing` loads: OpenTelemetry's SDK and what exports. */
import { defaultResource, resourceFromAttributes } from "@opentelemetry/resources";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import { type Exporter, sendRest, startExporter } from "./_exporter.ts";
import { type LogRecord, recordOf } from "./_log_record.ts";
import { addLogTap } from "./_log_tap.ts";
import { logCodec, spanCodec } from "./_otlp_codec.ts";
import { type OtelEnv, readOtelEnv } from "./_otel_env.ts";
import { jaegerEndpoint, otlpEndpoint } from "./_otlp_endpoint.ts";
import type { PreparedSpan } from "./_prepared_span.ts";
import { registerTracing, samplingOf } from "./_register_tracing.ts";
import { hasDenoTelemetry, readEnv, runtimeAttributes } from "./_runtime.ts";
import { endOnSigterm, onExit } from "./_runtime_exit.ts";
import { getLogger } from "./logger.ts";
import { type LoggingHandle, setupLogging } from "./logging.ts";
import type { ExportCounts, TracingConfig, TracingHandle } from "./tracing.ts";

/** Log lines of this target stay out of what is exported: they may tell of its failure. */
const OWN_TARGET = "oprc.observability";

const DEFAULT_TIMEOUT_MS = 3_000;
const NOTHING: ExportCounts = { sent: 0, lost: 0 };

/** See {@linkcode setupTracing}. */
export function startTracing(config: TracingConfig): TracingHandle {
  check(config);
  const { env } = config;
  const otel = readOtelEnv(env === undefined ? readEnv : (name) => env[name]);
  const place = endpointOf(config, otel);
  const logsUrl = logsUrlOf(config, otel, place?.url);
  const logging = logsOf(config);
  const logger = getLogger(OWN_TARGET);
  for (const warning of [...otel.warnings, place?.warning]) {
    if (warning !== undefined) logger.warn(warning);
  }
  if (otel.disabled) {
    return handleOf({ provider: "disabled", endpoint: undefined }, [], [], logging);
  }

  const resource = defaultResource().merge(resourceFromAttributes({
    ...runtimeAttributes(),
    ...otel.resourceAttributes,
    "service.name": config.serviceName ?? otel.serviceName ??
      otel.resourceAttributes["service.name"] ?? "unknown_service",
    ...config.resourceAttributes,
  }));
  const common = {
    timeoutMs: config.exportTimeoutMs ?? otel.traces.timeoutMs ?? DEFAULT_TIMEOUT_MS,
    shutdownTimeoutMs: config.shutdownTimeoutMs ?? DEFAULT_TIMEOUT_MS,
    delayMs: otel.delayMs,
    maxQueue: otel.maxQueue,
    maxBatch: otel.maxBatch,
    registry: config.registry,
    logger,
  };
  const adopted = isTaken();
  const logs = logsUrl === undefined ? undefined : startExporter<LogRecord>({
    ...common,
    kind: "log",
    url: logsUrl,
    gzip: otel.logs.gzip,
    headers: { ...otel.logs.headers, ...config.headers },
    codec: logCodec(resource),
  });
  const spans = adopted || place === undefined
    ? undefined
    : startExporter<ReadableSpan | PreparedSpan>({
      ...common,
      kind: "span",
      url: place.url,
      gzip: otel.traces.gzip,
      headers: { ...otel.traces.headers, ...config.headers },
      codec: spanCodec(),
    });
  const exporters = [spans, logs].filter((exporter) => exporter !== undefined);
  const undos = [onExit(() => sendRest(exporters, common.shutdownTimeoutMs))];
  const parts: Part[] = [];
  if (logs !== undefined) parts.push(tapped(logs));
  if (!adopted) {
    parts.push(registerTracing(samplingOf(config, otel, spans), resource, spans, logger));
  } else {
    const whose = hasDenoTelemetry() ? "Deno's own OpenTelemetry" : "another tracer provider";
    logger.warn(`${whose} is set up already and records the spans; this configuration doesn't`, {
      service_name: config.serviceName,
    });
  }
  const handle = handleOf(
    { provider: adopted ? "adopted" : "sdk", endpoint: adopted ? undefined : place?.url },
    parts,
    undos,
    logging,
    spans?.counts,
    logs?.counts,
  );
  if (config.endOnSigterm) {
    undos.push(endOnSigterm(() => handle.shutdown()));
  }
  return handle;
}

/** Something that the handle looks after. */
interface Part {
  flush(): Promise<void>;
  shutdown(): Promise<void>;
}

function check({ samplingRatio, exportTimeoutMs, shutdownTimeoutMs }: TracingConfig): void {
  if (samplingRatio !== undefined && !(samplingRatio >= 0 && samplingRatio <= 1)) {
    throw new RangeError(`Cannot set up tracing: samplingRatio is ${samplingRatio}, not 0 to 1`);
  }
  for (const [name, value] of Object.entries({ exportTimeoutMs, shutdownTimeoutMs })) {
    if (value !== undefined && !(value > 0 && Number.isFinite(value))) {
      throw new RangeError(`Cannot set up tracing: ${name} is ${value}, not positive`);
    }
  }
}

function endpointOf(config: TracingConfig, otel: OtelEnv) {
  if (config.otlpEndpoint !== undefined) return otlpEndpoint("otlpEndpoint", config.otlpEndpoint);
  if (config.jaegerEndpoint !== undefined) return jaegerEndpoint(config.jaegerEndpoint);
  if (otel.traces.url === undefined || !otel.exportTraces) return undefined;
  return otlpEndpoint("OTEL_EXPORTER_OTLP_ENDPOINT", otel.traces.url);
}

function logsOf({ logLevel, jsonFormat }: TracingConfig): LoggingHandle | undefined {
  if (logLevel === undefined && jsonFormat === undefined) return undefined;
  const format = jsonFormat === undefined ? undefined : jsonFormat ? "json" : "text";
  return setupLogging({ level: logLevel, format });
}

/** Whether somebody has registered a provider, in any copy of the API. */
function isTaken(): boolean {
  const api = (globalThis as Record<symbol, unknown>)[Symbol.for("opentelemetry.js.api.1")];
  return (api as { trace?: unknown } | undefined)?.trace !== undefined;
}

/** Where log lines go, if they do. */
function logsUrlOf(
  config: TracingConfig,
  otel: OtelEnv,
  traces: string | undefined,
): string | undefined {
  if (otel.disabled || !(config.exportLogs ?? otel.exportLogs ?? false)) return undefined;
  const given = config.otlpEndpoint ?? config.jaegerEndpoint;
  const url = given === undefined ? otel.logs.url : traces?.replace(/\/v1\/traces$/, "/v1/logs");
  if (url !== undefined) return url;
  throw new TypeError("Cannot set up tracing: exportLogs needs an address to send them to");
}

/** Takes each line that is logged, until the shutdown. */
function tapped(logs: Exporter<LogRecord>): Part {
  const cancel = addLogTap((entry, timeMs, redactor) => {
    if (entry.target !== OWN_TARGET) logs.add(recordOf(entry, timeMs, redactor));
  });
  return {
    flush: () => logs.flush(),
    shutdown() {
      cancel();
      return logs.shutdown();
    },
  };
}

function handleOf(
  what: Pick<TracingHandle, "provider" | "endpoint">,
  parts: readonly Part[],
  undos: readonly (() => void)[],
  logging: LoggingHandle | undefined,
  spans: ExportCounts = NOTHING,
  logs: ExportCounts = NOTHING,
): TracingHandle {
  let ending: Promise<void> | undefined;
  const end = async (): Promise<void> => {
    await Promise.all(parts.map((part) => part.shutdown()));
    // Not before: the process may end while the last records are on their way.
    for (const undo of undos) undo();
    await logging?.shutdown();
  };
  const shutdown = (): Promise<void> => ending ??= end();
  return {
    ...what,
    spans,
    logs,
    flush: async () => void await Promise.all(parts.map((part) => part.flush())),
    shutdown,
    [Symbol.asyncDispose]: shutdown,
  };
}
