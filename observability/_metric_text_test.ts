import { trace } from "@opentelemetry/api";
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import client from "prom-client";
import { preferredFormat } from "./_metric_text.ts";
import { MetricsRegistry } from "./metrics_registry.ts";
import { parsePrometheus, type Sample, valueOf } from "./testdata/prometheus_text.ts";
import { setupTracing } from "./tracing.ts";
import { spansOf } from "./testdata/with_tracing.ts";

const help = 'For the "test" \\ with\nlines.';

function sorted(samples: readonly Sample[]): string[] {
  return samples.map(({ name, labels, value }) =>
    JSON.stringify([name, Object.entries(labels).sort(), value])
  ).sort();
}

Deno.test("MetricsRegistry.text() says the same as prom-client after the same calls", async () => {
  const label = fc.oneof(fc.constantFrom("a", "b", 'q"\\\n'), fc.string({ maxLength: 3 }));
  const value = fc.oneof(fc.double({ min: 0, max: 1e6, noNaN: true }), fc.nat(50));
  const call = fc.tuple(fc.constantFrom("counter", "gauge", "histogram"), label, label, value);
  await fc.assert(
    fc.asyncProperty(fc.array(call, { maxLength: 40 }), async (calls) => {
      const ours = new MetricsRegistry();
      const theirs = new client.Registry();
      const labels = ["x", "y"] as const;
      const buckets = [0.5, 1, 10, 1000];
      const registers = [theirs];
      const a = {
        counter: ours.counter("c_total", { help, labels }),
        gauge: ours.gauge("g", { help, labels }),
        histogram: ours.histogram("h", { help, labels, buckets }),
      };
      const b = {
        counter: new client.Counter({ name: "c_total", help, labelNames: labels, registers }),
        gauge: new client.Gauge({ name: "g", help, labelNames: labels, registers }),
        histogram: new client.Histogram({
          name: "h",
          help,
          labelNames: labels,
          buckets,
          registers,
        }),
      };
      for (const [kind, x, y, value] of calls) {
        if (kind === "counter") a.counter.inc({ x, y }, value), b.counter.inc({ x, y }, value);
        if (kind === "gauge") a.gauge.inc({ x, y }, value), b.gauge.inc({ x, y }, value);
        if (kind !== "histogram") continue;
        a.histogram.observe({ x, y }, value);
        b.histogram.observe({ x, y }, value);
      }
      const [own, other] = [await ours.text(), await theirs.metrics()];
      assertEquals(sorted(parsePrometheus(own)), sorted(parsePrometheus(other)));
      const comments = (text: string) => text.split("\n").filter((line) => line.startsWith("#"));
      assertEquals(comments(own), comments(other));
    }),
    { numRuns: 50 },
  );
});

Deno.test("MetricsRegistry.text() in OpenMetrics names families as that wants it", async () => {
  const registry = new MetricsRegistry();
  registry.counter("reads_total", { help }).inc({}, 2);
  registry.counter("writes", { help }).inc();
  registry.gauge("target_info", { help, labels: ["service_name"] }).set({ service_name: "s" }, 1);
  const text = await registry.text({ format: "openmetrics" });
  const help2 = 'For the \\"test\\" \\\\ with\\nlines.';
  assertEquals(
    text,
    `# HELP reads ${help2}\n# TYPE reads counter\nreads_total 2\n` +
      `# HELP writes ${help2}\n# TYPE writes counter\nwrites_total 1\n` +
      `# HELP target ${help2}\n# TYPE target info\ntarget_info{service_name="s"} 1\n` +
      "# EOF\n",
  );
});

Deno.test("Histogram.observe() keeps the trace of the latest sampled value as exemplar", async () => {
  const registry = new MetricsRegistry();
  const options = { help, labels: ["m"], buckets: [1, 10], exemplars: true } as const;
  const histogram = registry.histogram("h", options);
  const [span] = await spansOf(() => {
    trace.getTracer("t").startActiveSpan("s", (span) => {
      histogram.observe({ m: "a" }, 0.5);
      span.end();
    });
    histogram.observe({ m: "a" }, 5);
    return Promise.resolve();
  });
  const lines = (await registry.text({ format: "openmetrics" })).split("\n");
  const line = (le: string) => lines.find((line) => line.includes(`le="${le}"`))!;
  const ids = `trace_id="${span.traceId}",span_id="${span.spanId}"`;
  assertStringIncludes(line("1"), `h_bucket{le="1",m="a"} 1 # {${ids}} 0.5 `);
  assertMatch(line("1"), / \d{10}(\.\d{1,3})?$/);
  assertEquals(line("10"), 'h_bucket{le="10",m="a"} 2');
  assertEquals((await registry.text()).includes("trace_id"), false);
});

Deno.test("Histogram.observe() keeps no exemplar of a span that isn't sampled", async () => {
  const registry = new MetricsRegistry();
  const histogram = registry.histogram("h", { help, exemplars: true });
  await using _tracing = await setupTracing({ samplingRatio: 0, env: {} });
  trace.getTracer("t").startActiveSpan("s", (span) => {
    assertEquals(span.spanContext().traceId.length, 32);
    histogram.observe({}, 0.5);
    span.end();
  });
  assertEquals((await registry.text({ format: "openmetrics" })).includes("trace_id"), false);
});

Deno.test("preferredFormat() takes OpenMetrics where it is wanted at least as much", () => {
  const prometheus = "application/openmetrics-text;version=1.0.0," +
    "application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";
  assertEquals(preferredFormat(prometheus), "openmetrics");
  const odd = "text/plain;q=much, application/openmetrics-text";
  assertEquals(preferredFormat(odd), "openmetrics");
  for (
    const accept of [
      "",
      "*/*",
      "text/html",
      "text/plain, application/openmetrics-text;q=0.5",
      "application/openmetrics-text;version=0.0.1",
      "application/openmetrics-text;q=0",
    ]
  ) assertEquals(preferredFormat(accept), "prometheus", accept);
});

Deno.test("MetricsRegistry.pieces() lets others run during a scrape of many series", async () => {
  const registry = new MetricsRegistry({ maxSeries: 10_000 });
  const histogram = registry.histogram("h", { help, labels: ["n"] });
  for (let n = 0; n < 10_000; n++) histogram.observe({ n }, n / 1_000);
  let turns = 0;
  let over = false;
  const count = (): void => {
    turns++;
    if (!over) setTimeout(count, 0);
  };
  setTimeout(count, 0);
  const text = await registry.text();
  over = true;
  await new Promise((resolve) => setTimeout(resolve, 5));
  assertEquals(text.split("\n").filter((line) => line.startsWith("h_count{")).length, 10_000);
  // In one go it would be one turn, or none.
  assertEquals(turns > 3, true, `${turns} turns`);
});

Deno.test("MetricsRegistry holds 100,000 label values to its bound, and counts them all", async () => {
  const registry = new MetricsRegistry();
  const counter = registry.counter("c_total", { help, labels: ["user"] });
  for (let user = 0; user < 100_000; user++) counter.inc({ user });
  const samples = parsePrometheus(await registry.text());
  assertEquals(samples.length, 1_001);
  assertEquals(valueOf(samples, "c_total", { user: "other" }), 99_000);
});

Deno.test("MetricsRegistry.include() shows the metrics of prom-client's registry too", async () => {
  const registry = new MetricsRegistry();
  registry.counter("own_total", { help }).inc();
  const theirs = new client.Registry();
  new client.Counter({ name: "their_total", help, registers: [theirs] }).inc(3);
  const remove = registry.include(theirs);
  const samples = parsePrometheus(await registry.text());
  assertEquals([valueOf(samples, "own_total"), valueOf(samples, "their_total")], [1, 3]);
  remove();
  assertEquals((await registry.text()).includes("their_total"), false);
});

Deno.test("MetricsRegistry.onScrape() calls before each scrape, until it is taken back", async () => {
  const registry = new MetricsRegistry();
  const gauge = registry.gauge("g", { help });
  const stop = registry.onScrape(() => gauge.inc());
  await registry.text();
  assertEquals(valueOf(parsePrometheus(await registry.text()), "g"), 2);
  stop();
  assertEquals(valueOf(parsePrometheus(await registry.text()), "g"), 2);
});

Deno.test("Counter.series() is the series that inc() of the same labels adds to", async () => {
  const registry = new MetricsRegistry();
  const counter = registry.counter("c_total", { help, labels: ["a"] });
  const series = counter.series({ a: "1" });
  series.inc();
  series.inc(2);
  for (const value of [NaN, -1, Infinity]) series.inc(value);
  counter.inc({ a: 1 });
  assertEquals(valueOf(parsePrometheus(await registry.text()), "c_total", { a: "1" }), 4);
});
