import {
  type Attributes,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace,
} from "@opentelemetry/api";
import { TraceState } from "@opentelemetry/core";
import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { PreparedSpan, SpanForm } from "./_prepared_span.ts";
import { OtlpReceiver } from "./testdata/otlp_receiver.ts";
import type { Json } from "./testdata/otlp_schema.ts";
import { spansOf } from "./testdata/with_tracing.ts";
import { setupTracing } from "./tracing.ts";

const SUCCESS = { "rpc.response.status_code": "OK" };
const ATTRIBUTES = { "rpc.method": "test.Echo/Say", batch: 3, cached: false };
const form = new SpanForm("test.Echo/Say", SpanKind.SERVER, ATTRIBUTES, SUCCESS);
const REMOTE: SpanContext = {
  traceId: "0af7651916cd43dd8448eb211c80319c",
  spanId: "B7AD6B7169203331",
  traceFlags: 1,
  isRemote: true,
};
const LOCAL: SpanContext = { ...REMOTE, isRemote: undefined };
const within = (parent: SpanContext) => trace.setSpanContext(ROOT_CONTEXT, parent);

function start(at = ROOT_CONTEXT): PreparedSpan {
  const span = trace.getTracer("test", "1.2.3").startSpan(form.name, form, at);
  assertInstanceOf(span, PreparedSpan);
  return span;
}

/** The same span as everybody gets it. */
function startUsual(at = ROOT_CONTEXT): Span {
  const { kind, attributes } = form;
  const span = trace.getTracer("test", "1.2.3").startSpan(form.name, { kind, attributes }, at);
  return span.setAttributes(SUCCESS as Attributes);
}

/** What two spans can't have in common. */
function alike({ spanId: _spanId, startTimeUnixNano, endTimeUnixNano, ...rest }: Json): Json {
  const nanos = BigInt(endTimeUnixNano) - BigInt(startTimeUnixNano);
  assert(nanos >= 0n && nanos < 10_000_000_000n, `it took ${nanos} ns`);
  const age = Date.now() - Number(startTimeUnixNano) / 1e6;
  assert(age >= -1 && age < 60_000, `it began ${age} ms ago`);
  return rest;
}

Deno.test("PreparedSpan reaches the collector as the usual span does", async () => {
  const parents = [ROOT_CONTEXT, within(LOCAL), within(REMOTE)];
  const ids: string[] = [];
  const spans = await spansOf(() => {
    const own = parents.map(start);
    const usual = parents.map(startUsual);
    for (const span of own) span.endWell();
    for (const span of usual) span.end();
    for (const span of [...own, ...usual]) ids.push(span.spanContext().spanId);
    return Promise.resolve();
  });
  assertEquals(spans.map(({ spanId }) => spanId), ids);
  const [own, usual] = [spans.slice(0, parents.length), spans.slice(parents.length)];
  assertEquals(own[1].traceId, REMOTE.traceId);
  // A trace of its own each.
  for (const [i, span] of own.entries()) {
    const expected = alike(usual[i]);
    assertEquals(alike(span), i === 0 ? { ...expected, traceId: span.traceId } : expected);
    assertEquals(span.attributes, { ...ATTRIBUTES, ...SUCCESS });
  }
});

Deno.test("PreparedSpan stands in a request with all others of its resource and scope", async () => {
  await using receiver = new OtlpReceiver();
  const tracing = await setupTracing({ otlpEndpoint: receiver.url, serviceName: "s", env: {} });
  const ids = Array.from({ length: 300 }, (_, i) => {
    const span = i % 100 === 99 ? startUsual() : start(i % 2 === 0 ? ROOT_CONTEXT : within(REMOTE));
    if (span instanceof PreparedSpan) span.endWell();
    else span.end();
    return span.spanContext().spanId;
  });
  await tracing.shutdown();
  const [request] = receiver.received;
  const resources: Json[] = request!.body.resourceSpans;
  const [own, usual] = resources.map(({ scopeSpans }) => scopeSpans);
  assertEquals([resources.length, own.length, own[0].spans.length], [2, 1, 297]);
  assertEquals(resources[0]!.resource, resources[1]!.resource);
  assertEquals(own[0].scope, usual[0].scope);
  assertEquals(receiver.spans.map(({ spanId }) => spanId).sort(), ids.sort());
  assertEquals(tracing.spans, { sent: 300, lost: 0 });
});

Deno.test("PreparedSpan becomes the usual one when something is added, in whatever way", async () => {
  const additions: ((span: Span) => void)[] = [
    (span) => span.setAttribute("a", 1),
    (span) => span.setAttributes({ a: 1, b: [true] }),
    (span) => span.addEvent("event"),
    (span) => span.addEvent("event", { a: 1 }),
    (span) => span.addEvent("event", { a: 1 }, new Date(5)),
    (span) => span.addEvent("event", [1, 2]),
    (span) => span.addLink({ context: LOCAL }),
    (span) => span.addLinks([{ context: LOCAL, attributes: { a: 1 } }]),
    (span) => span.setStatus({ code: SpanStatusCode.ERROR, message: "why" }),
    (span) => span.updateName("other"),
    (span) => span.recordException("broken"),
    (span) => span.recordException("broken", new Date(5)),
  ];
  const began: unknown[] = [];
  const spans = await spansOf(() => {
    for (const add of additions) {
      const span = start(within(REMOTE));
      began.push([span.spanContext().spanId, String(BigInt(span.startMs) * 1_000_000n)]);
      add(span);
      assertEquals(span.isRecording(), true);
      span.endWell();
      const usual = startUsual(within(REMOTE));
      add(usual);
      usual.end();
    }
    return Promise.resolve();
  });
  assertEquals(spans.length, 2 * additions.length);
  const untimed = (span: Json): Json => {
    const events = (span.events ?? []).map(({ timeUnixNano, ...event }: Json) => {
      // Those without a time of their own have that of the call.
      const own = BigInt(timeUnixNano) < BigInt(span.startTimeUnixNano);
      assert(
        own || BigInt(timeUnixNano) <= BigInt(span.endTimeUnixNano),
        "the event is after the end",
      );
      return own ? { ...event, timeUnixNano } : event;
    });
    return { ...alike(span), events };
  };
  for (let i = 0; i < spans.length; i += 2) {
    assertEquals([spans[i].spanId, String(spans[i].startTimeUnixNano)], began[i / 2]);
    assertEquals(untimed(spans[i]), untimed(spans[i + 1]), String(additions[i / 2]));
  }
});

Deno.test("PreparedSpan ends once, and takes nothing more", async () => {
  const traces: string[] = [];
  const spans = await spansOf(() => {
    const [well, plain, added] = [start(), start(), start()];
    for (const span of [well, plain, added]) traces.push(span.spanContext().traceId);
    well.endWell();
    plain.end();
    added.setAttribute("a", 1).endWell();
    for (const span of [well, plain, added]) {
      assertEquals(span.isRecording(), false);
      span.setAttribute("late", 1).updateName("late").end();
      span.endWell();
    }
    return Promise.resolve();
  });
  assertEquals(spans.map(({ traceId }) => traceId), traces);
  const seen = spans.map(({ name, attributes }) => [name, attributes]);
  assertEquals(seen, [
    [form.name, { ...ATTRIBUTES, ...SUCCESS }],
    [form.name, ATTRIBUTES],
    [form.name, { ...ATTRIBUTES, ...SUCCESS, a: 1 }],
  ]);
});

Deno.test("PreparedSpan isn't made where its trace has a state to pass on", async () => {
  const [span] = await spansOf(() => {
    const at = within({ ...REMOTE, traceState: new TraceState("vendor=1") });
    const span = trace.getTracer("test").startSpan(form.name, form, at);
    assertEquals(span instanceof PreparedSpan, false);
    span.end();
    return Promise.resolve();
  });
  assertEquals([span.traceState, span.parentSpanId], ["vendor=1", REMOTE.spanId.toLowerCase()]);
});
