import {
  context,
  propagation,
  ROOT_CONTEXT,
  type SpanContext,
  SpanKind,
  trace,
  type Tracer,
} from "@opentelemetry/api";
import { assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { suppressTracing, TraceState } from "@opentelemetry/core";
import {
  AlwaysOnSampler,
  ParentBasedSampler,
  type ReadableSpan,
  type Sampler,
  SamplingDecision,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import { isCallTracer, PreparedSpan, SpanForm } from "./_prepared_span.ts";
import { boundOf, Ids, samplingProvider } from "./_sampling_tracer.ts";

/** A tracer whose sampler notes what it is asked, with the spans that were recorded. */
function setUp(sampler: Sampler, rootBound?: number, take?: (span: PreparedSpan) => void) {
  const asked: string[] = [];
  const spans: ReadableSpan[] = [];
  const ids = new Ids();
  const sdk = new TracerProvider({
    idGenerator: ids,
    sampler: new AlwaysOnSampler(),
    spanProcessors: [{
      onStart() {},
      onEnd: (span) => void spans.push(span),
      forceFlush: () => Promise.resolve(),
      shutdown: () => Promise.resolve(),
    }],
  });
  const noting: Sampler = {
    shouldSample(at, traceId, ...rest) {
      asked.push(traceId);
      return sampler.shouldSample(at, traceId, ...rest);
    },
    toString: () => "noting",
  };
  return {
    tracer: samplingProvider(sdk, noting, ids, rootBound, take).getTracer("t", "1"),
    asked,
    spans,
  };
}

const never: Sampler = {
  shouldSample: () => ({ decision: SamplingDecision.NOT_RECORD }),
  toString: () => "never",
};
const parent: SpanContext = { traceId: "a".repeat(32), spanId: "b".repeat(16), traceFlags: 1 };
const within = (span: SpanContext) => trace.setSpanContext(ROOT_CONTEXT, span);
const start = (tracer: Tracer, at = ROOT_CONTEXT) => tracer.startSpan("s", {}, at).spanContext();

Deno.test("Ids are valid, of their length, and never the same", () => {
  const ids = new Ids();
  const seen = new Set<string>();
  for (let i = 0; i < 2_000; i++) {
    const [traceId, spanId] = [ids.generateTraceId(), ids.generateSpanId()];
    assertMatch(traceId, /^[0-9a-f]{32}$/);
    assertMatch(spanId, /^[0-9a-f]{16}$/);
    seen.add(traceId).add(spanId);
  }
  assertEquals(seen.size, 4_000);
});

Deno.test("SamplingTracer.startSpan() records what is sampled under the trace id that was asked about", () => {
  const { tracer, asked, spans } = setUp(new TraceIdRatioBasedSampler(0.3));
  const all = Array.from({ length: 300 }, () => tracer.startSpan("s", {}, ROOT_CONTEXT));
  for (const span of all) span.end();
  assertEquals(all.map((span) => span.spanContext().traceId), asked);
  const recorded = spans.map((span) => span.spanContext().traceId);
  const sampled = all.filter((span) => span.isRecording() || span.spanContext().traceFlags === 1);
  assertEquals(recorded, sampled.map((span) => span.spanContext().traceId));
  // The chance to be outside is below 1 in a million.
  assertEquals(spans.length > 45 && spans.length < 135, true, `${spans.length} of 300`);
});

Deno.test("SamplingTracer.startSpan() decides by the bound as TraceIdRatioBasedSampler does", () => {
  for (const ratio of [0, 0.1, 0.5, 1]) {
    const usual = new TraceIdRatioBasedSampler(ratio);
    const { tracer, asked } = setUp(never, boundOf(ratio));
    // More than are drawn at a time.
    const all = Array.from({ length: 1_500 }, () => start(tracer));
    const sampled = all.map(({ traceFlags }) => traceFlags);
    assertEquals(
      sampled,
      all.map(({ traceId }) => usual.shouldSample(ROOT_CONTEXT, traceId).decision / 2),
    );
    assertEquals(asked, [], "the sampler isn't needed");
    // A trace that another service began is for the sampler.
    start(tracer, within(parent));
    assertEquals(asked, [parent.traceId]);
  }
});

Deno.test("SamplingTracer.startCall() decides as startSpan() does, and looks only at calls it records", () => {
  const form = new SpanForm("s", SpanKind.SERVER, {}, {});
  for (const ratio of [0, 0.5, 1]) {
    const usual = new TraceIdRatioBasedSampler(ratio);
    const { tracer, asked } = setUp(never, boundOf(ratio));
    if (!isCallTracer(tracer)) throw new TypeError("it is no such tracer");
    let looked = 0;
    const forms = {
      of() {
        looked++;
        return form;
      },
    };
    const headers = new Headers();
    const all = Array.from(
      { length: 500 },
      () => tracer.startCall(forms, headers, ROOT_CONTEXT).spanContext(),
    );
    const sampled = all.filter(({ traceFlags }) => traceFlags === 1);
    const expected = all.filter(({ traceId }) =>
      usual.shouldSample(ROOT_CONTEXT, traceId).decision === SamplingDecision.RECORD_AND_SAMPLED
    );
    assertEquals([sampled, looked], [expected, expected.length]);
    assertEquals(asked, [], "the sampler isn't needed");
    tracer.startCall(forms, headers, within(parent));
    assertEquals(asked, [parent.traceId]);
  }
});

Deno.test("SamplingTracer.startSpan() records under the id that the bound was asked about", () => {
  const { tracer, spans } = setUp(never, boundOf(1));
  const span = tracer.startSpan("s", { root: true }, within(parent));
  span.end();
  const { traceId } = span.spanContext();
  assertEquals(spans.map((span) => span.spanContext().traceId), [traceId]);
  assertEquals([spans[0]!.parentSpanContext, traceId === parent.traceId], [undefined, false]);
});

Deno.test("SamplingTracer.startSpan() passes on a trace that isn't sampled", () => {
  const { tracer, spans } = setUp(never);
  const state = { ...parent, traceFlags: 0 };
  const child = start(tracer, within(state));
  assertEquals([child.traceId, child.traceFlags], [parent.traceId, 0]);
  assertNotEquals(child.spanId, parent.spanId);
  const [one, other] = [start(tracer), start(tracer)];
  assertNotEquals(one.traceId, other.traceId);
  const invalid = start(tracer, within({ ...parent, traceId: "0".repeat(32) }));
  assertMatch(invalid.traceId, /[^0]/);
  assertEquals(spans, []);
});

Deno.test("SamplingTracer.startSpan() is a child of a sampled parent, unless root is asked for", () => {
  const { tracer, spans } = setUp(new ParentBasedSampler({ root: never }));
  tracer.startSpan("child", { kind: SpanKind.SERVER }, within(parent)).end();
  const root = tracer.startSpan("root", { root: true }, within(parent)).spanContext();
  assertEquals(spans.map(({ name, kind, parentSpanContext }) => [name, kind, parentSpanContext]), [
    ["child", SpanKind.SERVER, parent],
  ]);
  assertEquals([root.traceFlags, root.traceId === parent.traceId], [0, false]);
  // A child's trace id is its parent's, and none is kept for the next one.
  const recording = setUp(new AlwaysOnSampler());
  recording.tracer.startSpan("child", {}, within(parent)).end();
  const own = recording.tracer.startSpan("own", { root: true }, within(parent));
  own.end();
  assertEquals(recording.spans[0]!.spanContext().traceId, parent.traceId);
  assertEquals(own.spanContext().traceId, recording.asked[1]);
  assertEquals(recording.spans[1]!.parentSpanContext, undefined);
});

Deno.test("SamplingTracer.startSpan() makes no span where tracing is suppressed", () => {
  const { tracer, asked } = setUp(new AlwaysOnSampler());
  assertMatch(start(tracer, suppressTracing(ROOT_CONTEXT)).traceId, /^0+$/);
  assertEquals(asked, []);
});

Deno.test("SamplingTracer.startSpan() prepares spans of a form, unless the sampler adds to them", () => {
  const { RECORD, RECORD_AND_SAMPLED } = SamplingDecision;
  const form = new SpanForm("s", SpanKind.SERVER, {}, {});
  for (
    const [result, prepared] of [
      [{ decision: RECORD_AND_SAMPLED }, true],
      [{ decision: RECORD_AND_SAMPLED, attributes: { a: 1 } }, false],
      [{ decision: RECORD_AND_SAMPLED, traceState: new TraceState("a=1") }, false],
      [{ decision: RECORD }, false],
    ] as const
  ) {
    const taken: PreparedSpan[] = [];
    const sampler: Sampler = { shouldSample: () => result, toString: () => "adding" };
    const { tracer } = setUp(sampler, undefined, (span) => taken.push(span));
    const span = tracer.startSpan(form.name, form, within(parent));
    assertEquals(span instanceof PreparedSpan, prepared);
    if (span instanceof PreparedSpan) span.endWell();
    assertEquals(taken as unknown[], prepared ? [span] : []);
    // Others than those of a form, and without anybody to take them, are the SDK's.
    const plain = tracer.startSpan("s", { kind: SpanKind.SERVER }, within(parent));
    const alone = setUp(sampler).tracer.startSpan(form.name, form, within(parent));
    assertEquals([plain, alone].filter((span) => span instanceof PreparedSpan), []);
  }
});

Deno.test("SamplingTracer.startActiveSpan() takes options and a context, and answers what the function does", () => {
  const { tracer, spans } = setUp(new AlwaysOnSampler());
  const options = { attributes: { a: 1 } };
  const end = (result: string) => (span: { end(): void }) => {
    span.end();
    return result;
  };
  assertEquals(tracer.startActiveSpan("one", end("1")), "1");
  assertEquals(tracer.startActiveSpan("two", options, end("2")), "2");
  assertEquals(tracer.startActiveSpan("three", options, within(parent), end("3")), "3");
  assertEquals(spans.map(({ name, attributes }) => [name, attributes.a]), [
    ["one", undefined],
    ["two", 1],
    ["three", 1],
  ]);
  assertEquals(spans[2]!.parentSpanContext, parent);
  assertEquals(context.active(), ROOT_CONTEXT);
  assertEquals(propagation.getActiveBaggage(), undefined);
});
