/**
 * The sampler's decision before the SDK's work. Of ten requests nine aren't sampled in a
 * common setting; all there is to those are ids that calls pass on.
 */
import {
  type Context,
  context,
  isSpanContextValid,
  ROOT_CONTEXT,
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
  type TraceState,
} from "@opentelemetry/api";
import { isTracingSuppressed } from "@opentelemetry/core";
import type { IdGenerator, Sampler } from "@opentelemetry/sdk-trace";
import { OwnSpanContext } from "./_own_span_context.ts";
import {
  type CallForms,
  type CallTracer,
  hrTime,
  PreparedSpan,
  SpanForm,
  type SpanRecorder,
} from "./_prepared_span.ts";
import { hexOf } from "./_runtime.ts";

const TRACE_DIGITS = 32;
const SPAN_DIGITS = 16;
/**
 * So many bytes of chance are fetched at a time: enough for some 680 spans. What is called so
 * rarely takes its time whatever it fetches: amid calls that are served, 30 us on Deno and 70
 * on Node for 4 KiB, and hardly more for 16.
 */
const POOL_BYTES = 16_384;
const WORD_DIGITS = 8;
const WORD_BYTES = 4;

/** Random ids; the SDK is told the trace id that was sampled. */
export class Ids implements IdGenerator {
  /** What the next span of the SDK begins. */
  sampled: string | undefined;
  /** What the next span of the SDK is called, if it is there already under that id. */
  own: string | undefined;
  /** The words of the latest id, combined by exclusive or: what the share of traces goes by. */
  mix = 0;
  readonly #bytes = new Uint8Array(POOL_BYTES);
  readonly #words = new DataView(this.#bytes.buffer);
  #pool = "";
  #used = 0;

  generateTraceId(): string {
    const { sampled } = this;
    this.sampled = undefined;
    return sampled ?? this.#take(TRACE_DIGITS);
  }

  generateSpanId(): string {
    const { own } = this;
    this.own = undefined;
    return own ?? this.#take(SPAN_DIGITS);
  }

  #take(digits: number): string {
    if (this.#used + digits > this.#pool.length) {
      this.#pool = hexOf(crypto.getRandomValues(this.#bytes));
      this.#used = 0;
    }
    let mix = 0;
    let any = 0;
    const from = this.#used / WORD_DIGITS;
    for (let word = from; word < from + digits / WORD_DIGITS; word++) {
      const value = this.#words.getUint32(word * WORD_BYTES);
      mix ^= value;
      any |= value;
    }
    const id = this.#pool.slice(this.#used, this.#used += digits);
    // Zeros aren't an id, by the specification.
    if (any === 0) return this.#take(digits);
    this.mix = mix >>> 0;
    return id;
  }
}

/** The bound for {@linkcode Ids.mix} below which `TraceIdRatioBasedSampler` samples. */
export function boundOf(ratio: number): number {
  return ratio >= 1 ? 2 ** 32 : Math.floor(ratio * (2 ** 32 - 1));
}

/**
 * Asks `sampler` itself, and `sdk`, which has to record whatever it gets, for the sampled ones.
 *
 * @param rootBound where all that `sampler` does for a new trace is to compare its id with
 * this, as `boundOf` says: that is known before the id is a text
 * @param take gets prepared spans that have ended; without it all are the SDK's
 */
export function samplingProvider(
  sdk: TracerProvider,
  sampler: Sampler,
  ids: Ids,
  rootBound?: number,
  take?: (span: PreparedSpan) => void,
): TracerProvider {
  return {
    getTracer: (name: string, version?: string, options?: TracerOptions) =>
      new SamplingTracer(sdk.getTracer(name, version, options), sampler, ids, rootBound, take),
  };
}

class SamplingTracer implements CallTracer {
  readonly #sdk: Tracer;
  readonly #sampler: Sampler;
  readonly #ids: Ids;
  readonly #rootBound: number | undefined;
  readonly #recorder: SpanRecorder | undefined;

  constructor(
    sdk: Tracer,
    sampler: Sampler,
    ids: Ids,
    rootBound: number | undefined,
    take: ((span: PreparedSpan) => void) | undefined,
  ) {
    this.#rootBound = rootBound;
    this.#sdk = sdk;
    this.#sampler = sampler;
    this.#ids = ids;
    this.#recorder = take && recorderOf(sdk, ids, take);
  }

  startSpan(name: string, options: SpanOptions = {}, at: Context = context.active()): Span {
    if (isTracingSuppressed(at)) return this.#sdk.startSpan(name, options, at);
    const parent = options.root ? undefined : validParent(at);
    if (parent === undefined && this.#rootBound !== undefined) {
      const traceId = this.#ids.generateTraceId();
      if (this.#ids.mix >= this.#rootBound) return this.#unsampled(traceId, undefined);
      return this.#sampled(name, options, traceId, undefined, at);
    }
    const traceId = parent?.traceId ?? this.#ids.generateTraceId();
    const { kind = SpanKind.INTERNAL, attributes = {}, links = [] } = options;
    const asked = options.root ? trace.deleteSpan(at) : at;
    const sampling = this.#sampler.shouldSample(asked, traceId, name, kind, attributes, links);
    if (sampling.decision === SamplingDecision.NOT_RECORD) {
      return this.#unsampled(traceId, sampling.traceState ?? parent?.traceState);
    }
    const { decision, attributes: more, traceState } = sampling;
    // What the sampler adds, the SDK's sampler has to say.
    const plain = decision === SamplingDecision.RECORD_AND_SAMPLED && !more && !traceState;
    if (plain) return this.#sampled(name, options, traceId, parent, asked);
    if (parent === undefined) this.#ids.sampled = traceId;
    return this.#sdk.startSpan(name, options, asked);
  }

  startCall(forms: CallForms, header: Headers, at: Context): Span {
    // A call that begins a trace, as long as the trace's id decides.
    if (at === ROOT_CONTEXT && this.#rootBound !== undefined) {
      const traceId = this.#ids.generateTraceId();
      if (this.#ids.mix >= this.#rootBound) return this.#unsampled(traceId, undefined);
      const form = forms.of(header);
      return this.#sampled(form.name, form, traceId, undefined, at);
    }
    const form = forms.of(header);
    return this.startSpan(form.name, form, at);
  }

  #sampled(
    name: string,
    options: SpanOptions,
    traceId: string,
    parent: SpanContext | undefined,
    at: Context,
  ): Span {
    if (
      this.#recorder !== undefined && options instanceof SpanForm &&
      parent?.traceState === undefined
    ) {
      const spanId = this.#ids.generateSpanId();
      const own = new OwnSpanContext(traceId, spanId, TraceFlags.SAMPLED, undefined);
      return new PreparedSpan(options, own, parent, at, this.#recorder);
    }
    if (parent === undefined) this.#ids.sampled = traceId;
    return this.#sdk.startSpan(name, options, options.root ? trace.deleteSpan(at) : at);
  }

  /** Nothing but ids, which calls pass on. */
  #unsampled(traceId: string, traceState: TraceState | undefined): Span {
    const spanId = this.#ids.generateSpanId();
    return trace.wrapSpanContext(
      new OwnSpanContext(traceId, spanId, TraceFlags.NONE, traceState),
    );
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

function recorderOf(sdk: Tracer, ids: Ids, take: (span: PreparedSpan) => void): SpanRecorder {
  return {
    take,
    open(span, at) {
      const { form, parent, startMs } = span;
      const { traceId, spanId } = span.spanContext();
      ids.own = spanId;
      if (parent === undefined) ids.sampled = traceId;
      const { kind, attributes } = form;
      return sdk.startSpan(form.name, { kind, attributes, startTime: hrTime(startMs) }, at);
    },
    example: (form) => sdk.startSpan(form.name, form, ROOT_CONTEXT),
  };
}

function validParent(at: Context): SpanContext | undefined {
  const parent = trace.getSpanContext(at);
  return parent !== undefined && isSpanContextValid(parent) ? parent : undefined;
}
