import { context, propagation, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { BatchSpanProcessor, type ReadableSpan, TracerProvider } from "@opentelemetry/sdk-trace";
import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { spanCodec } from "./_otlp_codec.ts";
import { getLogger } from "./logger.ts";
import { setupLogging } from "./logging.ts";
import { MetricsRegistry } from "./metrics_registry.ts";
import { nobody, OtlpReceiver } from "./testdata/otlp_receiver.ts";
import { decodeOtlp } from "./testdata/otlp_schema.ts";
import { parsePrometheus, valueOf } from "./testdata/prometheus_text.ts";
import { setupTracing, type TracingConfig, type TracingHandle } from "./tracing.ts";

const tracer = () => trace.getTracer("test", "1.2.3");

/** Runs `test` with a receiver and tracing into it; what is logged goes to `lines`. */
async function withTracing(
  config: TracingConfig,
  test: (tracing: TracingHandle, receiver: OtlpReceiver, lines: string[]) => Promise<void> | void,
): Promise<void> {
  const lines: string[] = [];
  const logging = setupLogging({ write: (line) => lines.push(line) });
  await using receiver = new OtlpReceiver();
  const tracing = await setupTracing({
    serviceName: "test-service",
    otlpEndpoint: receiver.url,
    env: {},
    ...config,
  });
  try {
    await test(tracing, receiver, lines);
  } finally {
    await tracing.shutdown();
    await logging.shutdown();
  }
}

Deno.test("setupTracing() sends spans with all their parts to the collector", async () => {
  await withTracing(
    { resourceAttributes: { "deployment.environment.name": "test", replicas: 3 } },
    async (tracing, receiver) => {
      assertEquals([tracing.provider, tracing.endpoint], ["sdk", `${receiver.url}/v1/traces`]);
      tracer().startActiveSpan("parent", (parent) => {
        const link = { context: parent.spanContext(), attributes: { why: "test" } };
        const child = tracer().startSpan("child é", {
          kind: SpanKind.CLIENT,
          attributes: { s: "text", n: -5, f: 0.5, b: true, list: ["a", "b"], big: 2 ** 40 },
          links: [link],
        });
        child.addEvent("cache miss", { key: "a" });
        child.recordException(new TypeError("broken"));
        child.setStatus({ code: SpanStatusCode.ERROR, message: "broken" });
        child.end();
        parent.end();
      });
      await tracing.flush();
      const [child, parent] = receiver.spans;
      assertEquals([parent.name, child.name, child.kind], ["parent", "child é", 3]);
      assertEquals(child.traceId, parent.traceId);
      assertEquals([child.parentSpanId, parent.parentSpanId], [parent.spanId, undefined]);
      assertMatch(child.traceId, /^[0-9a-f]{32}$/);
      assertMatch(child.spanId, /^[0-9a-f]{16}$/);
      assertEquals(child.attributes, {
        s: "text",
        n: -5,
        f: 0.5,
        b: true,
        list: ["a", "b"],
        big: 2 ** 40,
      });
      assertEquals(child.status, { message: "broken", code: 2 });
      assertEquals(child.links[0].spanId, parent.spanId);
      assertEquals(child.links[0].attributes, { why: "test" });
      assertEquals(child.events.map((event: { name: string }) => event.name), [
        "cache miss",
        "exception",
      ]);
      assertEquals(child.events[1].attributes["exception.message"], "broken");
      const start = BigInt(child.startTimeUnixNano);
      const end = BigInt(child.endTimeUnixNano);
      assert(end >= start && Math.abs(Number(start / 1_000_000n) - Date.now()) < 60_000);
      assertEquals(child.scope, "test");
      assertEquals(child.resource["service.name"], "test-service");
      assertEquals(child.resource["deployment.environment.name"], "test");
      assertEquals(child.resource.replicas, 3);
      assertEquals(child.resource["telemetry.sdk.name"], "opentelemetry");
      assertEquals([tracing.spans.sent, tracing.spans.lost], [2, 0]);
    },
  );
});

Deno.test("spanCodec.encode() says the same as OpenTelemetry's own exporter", async () => {
  await using receiver = new OtlpReceiver();
  const seen: ReadableSpan[] = [];
  const processor = new BatchSpanProcessor({
    exporter: new OTLPTraceExporter({ url: `${receiver.url}/v1/traces` }),
  });
  const provider = new TracerProvider({
    spanProcessors: [processor, {
      onStart() {},
      onEnd: (span) => void seen.push(span),
      forceFlush: () => Promise.resolve(),
      shutdown: () => Promise.resolve(),
    }],
  });
  const [one, two] = [provider.getTracer("one", "1"), provider.getTracer("two")];
  const root = one.startSpan("root", { kind: SpanKind.SERVER });
  const remote = trace.setSpanContext(context.active(), { ...root.spanContext(), isRemote: true });
  const child = two.startSpan("child", { links: [{ context: root.spanContext() }] }, remote);
  child.setAttributes({ text: "é", empty: "", none: [], negative: -1, list: [1, 2.5], yes: true });
  child.addEvent("e", { n: 1 }).setStatus({ code: SpanStatusCode.ERROR, message: "m" }).end();
  root.end();
  await provider.shutdown();

  const ours = decodeOtlp("traces", spanCodec().encode(seen));
  assertEquals(ours, receiver.received[0]!.body);
});

Deno.test("setupTracing() keeps the context across await and timers", async () => {
  await withTracing({}, async (tracing, receiver) => {
    await tracer().startActiveSpan("outer", async (outer) => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      tracer().startSpan("inner").end();
      outer.end();
    });
    await tracing.flush();
    const [inner, outer] = receiver.spans;
    assertEquals(inner.parentSpanId, outer.spanId);
  });
});

Deno.test("setupTracing() speaks W3C trace context and baggage", async () => {
  await withTracing({}, () => {
    const carrier: Record<string, string> = {};
    const bag = propagation.createBaggage({ tenant: { value: "a b" } });
    tracer().startActiveSpan("call", (span) => {
      propagation.inject(propagation.setBaggage(context.active(), bag), carrier);
      const { traceId, spanId } = span.spanContext();
      assertEquals(carrier.traceparent, `00-${traceId}-${spanId}-01`);
      span.end();
    });
    assertEquals(carrier.baggage, "tenant=a%20b");
    const there = propagation.extract(context.active(), carrier);
    assertEquals(propagation.getBaggage(there)?.getEntry("tenant")?.value, "a b");
    assertEquals(trace.getSpanContext(there)?.isRemote, true);
  });
});

Deno.test("setupTracing() samples the share asked for, and what others began to sample", async () => {
  await withTracing({ samplingRatio: 0 }, async (tracing, receiver) => {
    tracer().startSpan("unseen").end();
    const parent = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331" };
    const remote = trace.setSpanContext(context.active(), { ...parent, traceFlags: 1 });
    tracer().startSpan("seen", {}, remote).end();
    await tracing.flush();
    assertEquals(receiver.spans.map(({ name, traceId }) => [name, traceId]), [
      ["seen", parent.traceId],
    ]);
  });
  await withTracing({ samplingRatio: 0.25 }, async (tracing, receiver) => {
    for (let i = 0; i < 400; i++) tracer().startSpan("s").end();
    await tracing.flush();
    assert(receiver.spans.length > 40 && receiver.spans.length < 180, `${receiver.spans.length}`);
  });
});

Deno.test("setupTracing() reads OTEL_* variables where the configuration is silent", async () => {
  await using receiver = new OtlpReceiver();
  const env = {
    OTEL_SERVICE_NAME: "from-env",
    OTEL_EXPORTER_OTLP_ENDPOINT: `${receiver.url}/`,
    OTEL_EXPORTER_OTLP_HEADERS: "x-all=1,authorization=Bearer%20secret-1",
    OTEL_EXPORTER_OTLP_TRACES_HEADERS: "x-traces=2",
    OTEL_EXPORTER_OTLP_COMPRESSION: "gzip",
    OTEL_RESOURCE_ATTRIBUTES: "team=core,zone=a%20b",
    OTEL_TRACES_SAMPLER: "always_on",
  };
  await withTracing({ env, serviceName: undefined, otlpEndpoint: undefined }, async (tracing) => {
    tracer().startSpan("s").end();
    await tracing.flush();
    const [{ headers }] = receiver.received as [typeof receiver.received[number]];
    assertEquals(headers.get("content-encoding"), "gzip");
    assertEquals(headers.get("authorization"), "Bearer secret-1");
    assertEquals([headers.get("x-all"), headers.get("x-traces")], ["1", "2"]);
    const { resource } = receiver.spans[0];
    assertEquals([resource["service.name"], resource.team, resource.zone], [
      "from-env",
      "core",
      "a b",
    ]);
  });
});

Deno.test("setupTracing() lets its configuration go before OTEL_* variables", async () => {
  await using receiver = new OtlpReceiver();
  const env = {
    OTEL_SERVICE_NAME: "from-env",
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://127.0.0.1:1/other",
    OTEL_EXPORTER_OTLP_HEADERS: "x-one=env,x-two=env",
    OTEL_RESOURCE_ATTRIBUTES: "team=env,zone=env",
    OTEL_TRACES_SAMPLER: "always_off",
  };
  const config = {
    env,
    otlpEndpoint: receiver.url,
    samplingRatio: 1,
    headers: { "x-one": "config" },
    resourceAttributes: { team: "config" },
  };
  await withTracing(config, async (tracing) => {
    tracer().startSpan("s").end();
    await tracing.flush();
    const { headers } = receiver.received[0]!;
    assertEquals([headers.get("x-one"), headers.get("x-two")], ["config", "env"]);
    const { resource } = receiver.spans[0];
    assertEquals([resource["service.name"], resource.team, resource.zone], [
      "test-service",
      "config",
      "env",
    ]);
  });
});

Deno.test("setupTracing() says which variables it can't use, without their secrets", async () => {
  const env = {
    OTEL_TRACES_SAMPLER: "sometimes",
    OTEL_EXPORTER_OTLP_PROTOCOL: "grpc",
    OTEL_PROPAGATORS: "tracecontext,b3",
    OTEL_BSP_SCHEDULE_DELAY: "soon",
    OTEL_EXPORTER_OTLP_HEADERS: "hunter2",
  };
  await withTracing({ env }, (_, __, lines) => {
    const messages = lines.map((line) => JSON.parse(line).message);
    assertEquals(messages.length, 5);
    for (const name of Object.keys(env)) {
      assert(messages.some((message) => message.includes(name)), name);
    }
    assertEquals(lines.join().includes("hunter2"), false);
  });
});

Deno.test("setupTracing() does nothing when OTEL_SDK_DISABLED is true", async () => {
  await withTracing({ env: { OTEL_SDK_DISABLED: "true" } }, (tracing, receiver) => {
    assertEquals(tracing.provider, "disabled");
    const span = tracer().startSpan("s");
    span.end();
    assertEquals([span.isRecording(), receiver.requests], [false, 0]);
  });
});

Deno.test("setupTracing() without an address records nothing, and passes traces on", async () => {
  await withTracing({ otlpEndpoint: undefined }, (tracing) => {
    assertEquals(tracing.endpoint, undefined);
    const span = tracer().startSpan("s");
    assertEquals(span.isRecording(), false);
    const parent = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331" };
    const remote = trace.setSpanContext(context.active(), { ...parent, traceFlags: 1 });
    assertEquals(tracer().startSpan("s", {}, remote).spanContext().traceId, parent.traceId);
  });
});

Deno.test("setupTracing() leaves a provider in place that was there before", async () => {
  await withTracing({}, async (_, receiver) => {
    const second = await setupTracing({ otlpEndpoint: receiver.url, env: {} });
    assertEquals([second.provider, second.endpoint], ["adopted", undefined]);
    await second.shutdown();
    const span = tracer().startSpan("still recorded by the first");
    assertEquals(span.isRecording(), true);
  });
});

Deno.test("setupTracing() can be set up again after a shutdown", async () => {
  for (let i = 0; i < 2; i++) {
    await withTracing({}, async (tracing, receiver) => {
      tracer().startSpan(`round ${i}`).end();
      await tracing.shutdown();
      assertEquals(receiver.spans.map(({ name }) => name), [`round ${i}`]);
    });
  }
  assertEquals(tracer().startSpan("s").isRecording(), false);
});

Deno.test("setupTracing() exports log lines with their span", async () => {
  await withTracing({ exportLogs: true }, async (tracing, receiver) => {
    const error = new TypeError("broken", { cause: new Error("no leader") });
    const spanId = tracer().startActiveSpan("work", (span) => {
      getLogger("oprc.storage").warn("slow", { key: "a", n: 2, password: "hunter2", error });
      span.end();
      return span.spanContext().spanId;
    });
    getLogger("oprc.grpc").debug("below the level");
    await tracing.flush();
    const [record, ...others] = receiver.logs;
    assertEquals(others, []);
    assertEquals([record.scope, record.body.stringValue], ["oprc.storage", "slow"]);
    assertEquals([record.severityNumber, record.severityText], [13, "WARN"]);
    assertEquals([record.spanId, record.traceId.length, record.flags], [spanId, 32, 1]);
    assertEquals(record.resource["service.name"], "test-service");
    const { attributes } = record;
    assertEquals([attributes.key, attributes.n], ["a", 2]);
    assertEquals(attributes.password, "[redacted]");
    assertEquals(attributes["exception.type"], "TypeError");
    assertEquals(attributes["exception.cause"].message, "no leader");
    assertEquals(Math.abs(Number(record.timeUnixNano) / 1e6 - Date.now()) < 60_000, true);
    assertEquals([tracing.logs.sent, tracing.logs.lost], [1, 0]);
  });
});

Deno.test("setupTracing() sets up logging when asked to", async () => {
  await withTracing({ logLevel: "error", jsonFormat: true }, (_, __, lines) => {
    assertEquals(getLogger("t").enabled("warn"), false);
    assertEquals(getLogger("t").enabled("error"), true);
    assertEquals(lines, []);
  });
});

Deno.test("setupTracing() refuses what can't be right, naming it", async () => {
  const refused = (config: TracingConfig, type: typeof TypeError, message: string) =>
    assertRejects(() => setupTracing({ env: {}, ...config }), type, message);
  await refused({ samplingRatio: 1.5 }, RangeError, "samplingRatio is 1.5");
  await refused({ samplingRatio: NaN }, RangeError, "samplingRatio is NaN");
  await refused({ exportTimeoutMs: 0 }, RangeError, "exportTimeoutMs is 0");
  await refused({ otlpEndpoint: "ftp://a" }, TypeError, "otlpEndpoint is no http");
  await refused({ jaegerEndpoint: "http://u:hunter2@ x" }, TypeError, "jaegerEndpoint is no http");
  await refused({ logLevel: "loud" }, TypeError, "loud");
  await refused({ exportLogs: true }, TypeError, "exportLogs needs an address");
  assertEquals(tracer().startSpan("s").isRecording(), false);
});

Deno.test("setupTracing() counts spans that the collector refuses in part", async () => {
  const registry = new MetricsRegistry();
  await withTracing({ registry }, async (tracing, receiver) => {
    receiver.mode = "partial";
    for (let i = 0; i < 3; i++) tracer().startSpan("s").end();
    await tracing.flush();
    assertEquals([tracing.spans.sent, tracing.spans.lost], [2, 1]);
    const samples = parsePrometheus(await registry.text());
    assertEquals(valueOf(samples, "otel_records_sent_total", { kind: "span" }), 2);
    const labels = { kind: "span", reason: "rejected" };
    assertEquals(valueOf(samples, "otel_records_lost_total", labels), 1);
  });
});

Deno.test("setupTracing() counts log lines that the collector refuses in part", async () => {
  await withTracing({ exportLogs: true }, async (tracing, receiver) => {
    receiver.mode = "partial";
    for (const n of [1, 2, 3]) getLogger("test").warn("line", { n });
    await tracing.flush();
    assertEquals([tracing.logs.sent, tracing.logs.lost], [2, 1]);
  });
});

Deno.test("setupTracing() tries again when the collector says so", async () => {
  await withTracing({}, async (tracing, receiver) => {
    receiver.mode = "unavailable";
    receiver.retryAfter = "0";
    tracer().startSpan("kept").end();
    const flushed = tracing.flush();
    await receiver.until(() => receiver.requests > 0);
    receiver.mode = "ok";
    await flushed;
    assertEquals(receiver.spans.map(({ name }) => name), ["kept"]);
    assertEquals([tracing.spans.sent, tracing.spans.lost], [1, 0]);
  });
});

for (const mode of ["refuse", "broken"] as const) {
  Deno.test(`setupTracing() counts what a collector that answers ${mode} loses`, async () => {
    await withTracing({}, async (tracing, receiver, lines) => {
      receiver.mode = mode;
      for (let i = 0; i < 3; i++) tracer().startSpan("lost").end();
      await tracing.flush();
      assertEquals([tracing.spans.sent, tracing.spans.lost], [0, 3]);
      assertEquals(receiver.requests, 1);
      assertStringIncludes(lines.join(), "spans are lost on the way to the collector");
      receiver.mode = "ok";
      tracer().startSpan("kept").end();
      await tracing.flush();
      assertEquals([tracing.spans.sent, tracing.spans.lost], [1, 3]);
    });
  });
}

Deno.test("setupTracing() ends in time though the collector is silent, and counts the loss", async () => {
  const registry = new MetricsRegistry();
  await withTracing({ registry, shutdownTimeoutMs: 50 }, async (tracing, receiver) => {
    receiver.mode = "silent";
    for (let i = 0; i < 600; i++) tracer().startSpan("lost").end();
    await receiver.until(() => receiver.requests > 0);
    await tracing.shutdown();
    assertEquals([tracing.spans.sent, tracing.spans.lost], [0, 600]);
  });
});

Deno.test("setupTracing() ends in time though no collector is there", async () => {
  const config = { otlpEndpoint: nobody(), shutdownTimeoutMs: 50 };
  await withTracing(config, async (tracing) => {
    tracer().startSpan("lost").end();
    await tracing.shutdown();
    assertEquals([tracing.spans.sent, tracing.spans.lost], [0, 1]);
  });
});

Deno.test("setupTracing() holds a bounded number of spans, and counts the others", async () => {
  const registry = new MetricsRegistry();
  const env = { OTEL_BSP_MAX_QUEUE_SIZE: "10", OTEL_BSP_MAX_EXPORT_BATCH_SIZE: "5" };
  await withTracing({ registry, env, shutdownTimeoutMs: 50 }, async (tracing, receiver) => {
    receiver.mode = "silent";
    for (let i = 0; i < 1_000; i++) tracer().startSpan("s").end();
    await receiver.until(() => receiver.requests > 0);
    const samples = parsePrometheus(await registry.text());
    const labels = { kind: "span", reason: "queue_full" };
    assertEquals(valueOf(samples, "otel_records_lost_total", labels), 985);
    receiver.mode = "ok";
    await tracing.shutdown();
    assertEquals(tracing.spans.sent + tracing.spans.lost, 1_000);
  });
});
