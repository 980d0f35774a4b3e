/** What is registered with OpenTelemetry's API, and which spans it samples. */
import { context, propagation, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  CompositePropagator,
  W3CBaggagePropagator,
  W3CTraceContextPropagator,
} from "@opentelemetry/core";
import type { Resource } from "@opentelemetry/resources";
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  type ReadableSpan,
  type Sampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import type { Exporter } from "./_exporter.ts";
import type { OtelEnv } from "./_otel_env.ts";
import type { PreparedSpan } from "./_prepared_span.ts";
import { boundOf, Ids, samplingProvider } from "./_sampling_tracer.ts";
import type { Logger } from "./logger.ts";
import type { TracingConfig } from "./tracing.ts";

/** Which spans are recorded, and which share of new traces that comes to. */
export interface Sampling {
  readonly sampler: Sampler;
  readonly share: number;
}

/** What the configuration says, else the variables; nothing where `spans` go nowhere. */
export function samplingOf(config: TracingConfig, otel: OtelEnv, spans: unknown): Sampling {
  const ofShare = (share: number, root: Sampler = new TraceIdRatioBasedSampler(share)) => ({
    sampler: new ParentBasedSampler({ root }),
    share,
  });
  const { samplingRatio } = config;
  if (samplingRatio !== undefined) return ofShare(samplingRatio);
  // Nobody would see them, and the services behind needn't record for nothing.
  if (spans === undefined) return ofShare(0, new AlwaysOffSampler());
  const { name = "parentbased_always_on", ratio: argument = 1 } = otel.sampler ?? {};
  const [share, root] = name.endsWith("always_on")
    ? [1, new AlwaysOnSampler()]
    : name.endsWith("always_off")
    ? [0, new AlwaysOffSampler()]
    : [Math.min(1, argument), new TraceIdRatioBasedSampler(Math.min(1, argument))];
  return name.startsWith("parentbased_") ? ofShare(share, root) : { sampler: root, share };
}

/** What is registered, until its shutdown. */
export interface Registration {
  flush(): Promise<void>;
  shutdown(): Promise<void>;
}

/** Registers tracing with OpenTelemetry's API: what records, what keeps the context, what passes it on. */
export function registerTracing(
  { sampler, share }: Sampling,
  resource: Resource,
  spans: Exporter<ReadableSpan | PreparedSpan> | undefined,
  logger: Logger,
): Registration {
  const ids = new Ids();
  const provider = new TracerProvider({
    resource,
    idGenerator: ids,
    // The sampler has been asked before.
    sampler: new AlwaysOnSampler(),
    spanProcessors: spans === undefined ? [] : [{
      onStart() {},
      onEnd(span) {
        if (span.spanContext().traceFlags & 1) spans.add(span);
      },
      forceFlush: () => spans.flush(),
      shutdown: () => spans.shutdown(),
    }],
  });
  const manager = new AsyncLocalStorageContextManager();
  const undo: (() => void)[] = [];
  const registered = (what: string, ok: boolean, disable: () => void): void => {
    if (ok) undo.push(disable);
    else logger.warn(`another ${what} is registered with OpenTelemetry and stays`);
  };
  registered(
    "tracer provider",
    trace.setGlobalTracerProvider(
      samplingProvider(
        provider,
        sampler,
        ids,
        boundOf(share),
        spans && ((span) => spans.add(span)),
      ),
    ),
    () => trace.disable(),
  );
  registered(
    "context manager",
    context.setGlobalContextManager(manager.enable()),
    () => context.disable(),
  );
  const propagator = new CompositePropagator({
    propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()],
  });
  registered("propagator", propagation.setGlobalPropagator(propagator), () => {
    propagation.disable();
  });
  return {
    flush: () => provider.forceFlush().catch(() => {}),
    async shutdown() {
      await provider.shutdown().catch(() => {});
      for (const disable of undo) disable();
    },
  };
}
