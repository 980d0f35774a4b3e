/**
 * The sampler's decision before the SDK's work. Of ten requests nine aren't sampled in a
 * common setting; all there is to those are ids that calls pass on.
 */
import {
  type Context,
  context,
  isSpanContextValid,
  SamplingDecision,
  type Span,
  type SpanContext,
  SpanKind,
  type SpanOptions,
  trace,
  TraceFlags,
  type Tracer,
  type TracerOptions,
  type TracerProvider,
} from "@opentelemetry/api";
import { isTracingSuppressed } from "@opentelemetry/core";
import type { IdGenerator, Sampler } from "@opentelemetry/sdk-trace";
import { randomHex } from "./_runtime.ts";

const TRACE_DIGITS = 32;
const SPAN_DIGITS = 16;
/** So many bytes of chance are fetched at a time: enough for some 170 spans. */
const POOL_BYTES = 4_096;
const ZERO = /^0+$/;

/** Random ids; the SDK is told the trace id that was sampled. */
export class Ids implements IdGenerator {
  /** What the next span of the SDK begins. */
  sampled: string | undefined;
  #pool = "";
  #used = 0;

  generateTraceId(): string {
    const { sampled } = this;
    this.sampled = undefined;
    return sampled ?? this.#take(TRACE_DIGITS);
  }

  generateSpanId(): string {
    return this.#take(SPAN_DIGITS);
  }

  #take(digits: number): string {
    if (this.#used + digits > this.#pool.length) {
      this.#pool = randomHex(POOL_BYTES);
      this.#used = 0;
    }
    const id = this.#pool.slice(this.#used, this.#used += digits);
    // Not an id, by the specification.
    return ZERO.test(id) ? this.#take(digits) : id;
  }
}

/** Asks `sampler` itself, and `sdk`, which has to record whatever it gets, for the sampled ones. */
export function samplingProvider(
  sdk: TracerProvider,
  sampler: Sampler,
  ids: Ids,
): TracerProvider {
  return {
    getTracer: (name: string, version?: string, options?: TracerOptions) =>
      new SamplingTracer(sdk.getTracer(name, version, options), sampler, ids),
  };
}

class SamplingTracer implements Tracer {
  readonly #sdk: Tracer;
  readonly #sampler: Sampler;
  readonly #ids: Ids;

  constructor(sdk: Tracer, sampler: Sampler, ids: Ids) {
    this.#sdk = sdk;
    this.#sampler = sampler;
    this.#ids = ids;
  }

  startSpan(name: string, options: SpanOptions = {}, at: Context = context.active()): Span {
    if (isTracingSuppressed(at)) return this.#sdk.startSpan(name, options, at);
    const parent = options.root ? undefined : validParent(at);
    const traceId = parent?.traceId ?? this.#ids.generateTraceId();
    const { kind = SpanKind.INTERNAL, attributes = {}, links = [] } = options;
    const asked = options.root ? trace.deleteSpan(at) : at;
    const sampling = this.#sampler.shouldSample(asked, traceId, name, kind, attributes, links);
    if (sampling.decision === SamplingDecision.NOT_RECORD) {
      return trace.wrapSpanContext({
        traceId,
        spanId: this.#ids.generateSpanId(),
        traceFlags: TraceFlags.NONE,
        traceState: sampling.traceState ?? parent?.traceState,
      });
    }
    if (parent === undefined) this.#ids.sampled = traceId;
    return this.#sdk.startSpan(name, options, asked);
  }

  startActiveSpan<F extends (span: Span) => unknown>(name: string, fn: F): ReturnType<F>;
  startActiveSpan<F extends (span: Span) => unknown>(
    name: string,
    options: SpanOptions,
    fn: F,
  ): ReturnType<F>;
  startActiveSpan<F extends (span: Span) => unknown>(
    name: string,
    options: SpanOptions,
    at: Context,
    fn: F,
  ): ReturnType<F>;
  startActiveSpan(name: string, ...rest: unknown[]): unknown {
    const fn = rest.pop() as (span: Span) => unknown;
    const [options, at = context.active()] = rest as [SpanOptions?, Context?];
    const span = this.startSpan(name, options, at);
    return context.with(trace.setSpan(at, span), fn, undefined, span);
  }
}

function validParent(at: Context): SpanContext | undefined {
  const parent = trace.getSpanContext(at);
  return parent !== undefined && isSpanContextValid(parent) ? parent : undefined;
}
