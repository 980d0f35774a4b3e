/** What OpenTelemetry's own environment variables say, as far as they are read here. */

/** Reads one variable; empty counts as unset, as the specification has it. */
export type ReadEnv = (name: string) => string | undefined;

/** Settings of an exporter; `url` is complete. */
export interface OtelExport {
  readonly url: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number | undefined;
  readonly gzip: boolean;
}

/** What the variables come to; what can't be used is said in `warnings`. */
export interface OtelEnv {
  readonly disabled: boolean;
  readonly serviceName: string | undefined;
  readonly resourceAttributes: Readonly<Record<string, string>>;
  readonly sampler: { readonly name: string; readonly ratio: number | undefined } | undefined;
  readonly traces: OtelExport;
  readonly logs: OtelExport;
  readonly exportTraces: boolean;
  readonly exportLogs: boolean | undefined;
  readonly delayMs: number | undefined;
  readonly maxQueue: number | undefined;
  readonly maxBatch: number | undefined;
  readonly warnings: readonly string[];
}

const SAMPLERS = [
  "always_on",
  "always_off",
  "traceidratio",
  "parentbased_always_on",
  "parentbased_always_off",
  "parentbased_traceidratio",
];

/** Reads the variables. Never throws: a wrong one is left out, and said. */
export function readOtelEnv(read: ReadEnv): OtelEnv {
  const warnings: string[] = [];
  const unused = (name: string, value: string, why: string): undefined => {
    warnings.push(`${name}=${value} is ignored: ${why}`);
  };
  const number = (name: string, least: number): number | undefined => {
    const value = read(name)?.trim();
    if (value === undefined || value === "") return undefined;
    const parsed = Number(value);
    return parsed >= least && Number.isFinite(parsed)
      ? parsed
      : unused(name, value, `it must be a number from ${least} on`);
  };
  const oneOf = (name: string, known: readonly string[]): string | undefined => {
    const value = read(name)?.trim().toLowerCase();
    if (value === undefined || value === "") return undefined;
    return known.includes(value) ? value : unused(name, value, `known are ${known.join(", ")}`);
  };
  const either = <T>(signal: string, part: string, get: (name: string) => T | undefined) =>
    get(`OTEL_EXPORTER_OTLP_${signal}_${part}`) ?? get(`OTEL_EXPORTER_OTLP_${part}`);
  const pairs = (name: string) => keyValues(read(name) ?? "", name, warnings);

  const exporter = (signal: "TRACES" | "LOGS"): OtelExport => {
    either(signal, "PROTOCOL", (name) => oneOf(name, ["http/protobuf"]));
    const whole = read(`OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`)?.trim();
    const base = read("OTEL_EXPORTER_OTLP_ENDPOINT")?.trim();
    const path = `v1/${signal.toLowerCase()}`;
    return {
      // Only the general variable is a base; that of a signal stands as it is.
      url: whole || (base ? `${base.replace(/\/*$/, "")}/${path}` : undefined),
      headers: {
        ...pairs("OTEL_EXPORTER_OTLP_HEADERS"),
        ...pairs(`OTEL_EXPORTER_OTLP_${signal}_HEADERS`),
      },
      timeoutMs: either(signal, "TIMEOUT", (name) => number(name, 1)),
      gzip: either(signal, "COMPRESSION", (name) => oneOf(name, ["gzip", "none"])) === "gzip",
    };
  };

  const samplerName = oneOf("OTEL_TRACES_SAMPLER", SAMPLERS);
  const ratio = number("OTEL_TRACES_SAMPLER_ARG", 0);
  const propagators = read("OTEL_PROPAGATORS")?.trim();
  for (const name of propagators ? propagators.split(",").map((name) => name.trim()) : []) {
    if (name === "tracecontext" || name === "baggage") continue;
    unused("OTEL_PROPAGATORS", name, "only tracecontext and baggage are spoken");
  }
  const exportLogs = oneOf("OTEL_LOGS_EXPORTER", ["otlp", "none"]);
  return {
    disabled: read("OTEL_SDK_DISABLED")?.trim().toLowerCase() === "true",
    serviceName: read("OTEL_SERVICE_NAME")?.trim() || undefined,
    resourceAttributes: pairs("OTEL_RESOURCE_ATTRIBUTES"),
    sampler: samplerName === undefined ? undefined : { name: samplerName, ratio },
    traces: exporter("TRACES"),
    logs: exporter("LOGS"),
    exportTraces: oneOf("OTEL_TRACES_EXPORTER", ["otlp", "none"]) !== "none",
    exportLogs: exportLogs === undefined ? undefined : exportLogs === "otlp",
    delayMs: number("OTEL_BSP_SCHEDULE_DELAY", 0),
    maxQueue: number("OTEL_BSP_MAX_QUEUE_SIZE", 1),
    maxBatch: number("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", 1),
    // The general variables are read once for each kind of telemetry.
    warnings: [...new Set(warnings)],
  };
}

/** `key=value,key=value`, percent-encoded. Values may be secrets and stay out of warnings. */
function keyValues(text: string, name: string, warnings: string[]): Record<string, string> {
  const values: Record<string, string> = Object.create(null);
  for (const part of text.split(",").map((part) => part.trim()).filter((part) => part !== "")) {
    const at = part.indexOf("=");
    try {
      if (at < 1) throw new TypeError("no key");
      values[part.slice(0, at).trim()] = decodeURIComponent(part.slice(at + 1).trim());
    } catch {
      warnings.push(`a part of ${name} is ignored: it isn't key=value, percent-encoded`);
    }
  }
  return values;
}
