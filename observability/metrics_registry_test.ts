import {
  assertEquals,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { MetricsRegistry } from "./metrics_registry.ts";
import { parsePrometheus, type Sample, valueOf } from "./testdata/prometheus_text.ts";

const help = "For the test.";

async function scrape(registry: MetricsRegistry): Promise<Sample[]> {
  return parsePrometheus(await registry.text());
}

Deno.test("MetricsRegistry.counter() counts by labels", async () => {
  const registry = new MetricsRegistry();
  const counter = registry.counter("reads_total", { help, labels: ["store", "code"] });
  counter.inc({ store: "a", code: 1 });
  counter.inc({ store: "a", code: 1 }, 2.5);
  counter.inc({ store: "b" });
  const samples = await scrape(registry);
  assertEquals(valueOf(samples, "reads_total", { store: "a", code: "1" }), 3.5);
  assertEquals(valueOf(samples, "reads_total", { store: "b", code: "" }), 1);
});

Deno.test("MetricsRegistry.counter() without labels starts at 0", async () => {
  const registry = new MetricsRegistry();
  const counter = registry.counter("reads_total", { help });
  assertEquals(valueOf(await scrape(registry), "reads_total"), 0);
  counter.inc();
  assertEquals(valueOf(await scrape(registry), "reads_total"), 1);
});

Deno.test("MetricsRegistry.counter() leaves out what would spoil the series", async () => {
  const registry = new MetricsRegistry();
  const counter = registry.counter("reads_total", { help });
  counter.inc({}, 2);
  for (const value of [NaN, Infinity, -1]) counter.inc({}, value);
  assertEquals(valueOf(await scrape(registry), "reads_total"), 2);
});

Deno.test("MetricsRegistry.gauge() goes up and down, leaving out NaN", async () => {
  const registry = new MetricsRegistry();
  const gauge = registry.gauge("open", { help, labels: ["kind"] });
  const labels = { kind: "a" };
  gauge.inc(labels);
  gauge.inc(labels, 4);
  gauge.dec(labels, 2);
  gauge.dec(labels);
  gauge.inc(labels, NaN);
  gauge.dec(labels, Infinity);
  gauge.set(labels, NaN);
  assertEquals(valueOf(await scrape(registry), "open", labels), 2);
  gauge.set(labels, -1);
  assertEquals(valueOf(await scrape(registry), "open", labels), -1);
});

Deno.test("MetricsRegistry.gauge() asks collect at each scrape, the latest one", async () => {
  const registry = new MetricsRegistry();
  let asked = 0;
  registry.gauge("open", { help, collect: (gauge) => gauge.set({}, ++asked) });
  await registry.text();
  assertEquals(valueOf(await scrape(registry), "open"), 2);
  registry.gauge("open", { help, collect: (gauge) => gauge.set({}, 100) });
  assertEquals(valueOf(await scrape(registry), "open"), 100);
  registry.gauge("open", { help });
  assertEquals(asked, 2);
});

Deno.test("MetricsRegistry.text() rejects with what collect throws", async () => {
  const registry = new MetricsRegistry();
  registry.gauge("open", {
    help,
    collect: () => {
      throw new Error("no such file");
    },
  });
  await assertRejects(() => registry.text(), Error, "no such file");
});

Deno.test("MetricsRegistry.histogram() counts by size", async () => {
  const registry = new MetricsRegistry();
  const histogram = registry.histogram("size", { help, labels: ["m"], buckets: [1, 5] });
  for (const value of [0.5, 3, 10, NaN, Infinity]) histogram.observe({ m: "a" }, value);
  const samples = await scrape(registry);
  const bucket = (le: string) => valueOf(samples, "size_bucket", { m: "a", le });
  assertEquals([bucket("1"), bucket("5"), bucket("+Inf")], [1, 2, 3]);
  assertEquals(valueOf(samples, "size_sum", { m: "a" }), 13.5);
  assertEquals(valueOf(samples, "size_count", { m: "a" }), 3);
});

Deno.test("MetricsRegistry.histogram() refuses buckets that don't grow", () => {
  const registry = new MetricsRegistry();
  for (const buckets of [[], [1, 1], [2, 1], [NaN], [1, Infinity]]) {
    assertThrows(
      () => registry.histogram("size", { help, buckets }),
      RangeError,
      'Cannot register metric "size": buckets',
    );
  }
});

Deno.test("MetricsRegistry answers the same metric for the same description", () => {
  const registry = new MetricsRegistry();
  const options = { help, labels: ["a"] } as const;
  assertStrictEquals(registry.counter("c_total", options), registry.counter("c_total", options));
  assertStrictEquals(registry.gauge("g", options), registry.gauge("g", options));
  assertStrictEquals(registry.histogram("h", options), registry.histogram("h", options));
});

Deno.test("MetricsRegistry refuses another description for a name, naming both", () => {
  const registry = new MetricsRegistry();
  registry.counter("reads", { help, labels: ["a"] });
  registry.histogram("size", { help, buckets: [1] });
  assertThrows(
    () => registry.gauge("reads", { help, labels: ["a"] }),
    TypeError,
    'Cannot register metric "reads" as a gauge with labels [a], 1000 series: ' +
      "it exists as a counter with labels [a], 1000 series",
  );
  assertThrows(() => registry.counter("reads", { help, labels: ["b"] }), TypeError);
  assertThrows(() => registry.counter("reads", { help, labels: ["a"], maxSeries: 2 }), TypeError);
  assertThrows(() => registry.histogram("size", { help, buckets: [2] }), TypeError);
});

Deno.test("MetricsRegistry refuses illegal names and labels", () => {
  const registry = new MetricsRegistry();
  for (const name of ["", "a-b", "1a", "a:b", "é"]) {
    assertThrows(() => registry.counter(name, { help }), TypeError, `"${name}"`);
  }
  for (const label of ["", "a-b", "__name__"]) {
    assertThrows(() => registry.gauge("g", { help, labels: [label] }), TypeError, `"${label}"`);
  }
  assertThrows(() => registry.histogram("h", { help, labels: ["le"] }), TypeError, '"le"');
});

Deno.test("MetricsRegistry maxSeries bounds each metric, the metric's own setting first", async () => {
  const registry = new MetricsRegistry({ maxSeries: 3 });
  const three = registry.counter("three_total", { help, labels: ["id"] });
  const one = registry.counter("one_total", { help, labels: ["id"], maxSeries: 1 });
  for (let id = 0; id < 1_000; id++) {
    three.inc({ id });
    one.inc({ id });
  }
  const samples = await scrape(registry);
  const of = (name: string) => samples.filter((sample) => sample.name === name).length;
  assertEquals([of("three_total"), of("one_total")], [4, 2]);
  assertEquals(valueOf(samples, "three_total", { id: "other" }), 997);
  assertEquals(valueOf(samples, "one_total", { id: "other" }), 999);
});

Deno.test("MetricsRegistry keeps a gauge balanced beyond the cap", async () => {
  const registry = new MetricsRegistry({ maxSeries: 1 });
  const gauge = registry.gauge("open", { help, labels: ["id"] });
  for (let id = 0; id < 10; id++) gauge.inc({ id });
  for (let id = 0; id < 10; id++) gauge.dec({ id });
  const samples = await scrape(registry);
  assertEquals(samples.map((sample) => sample.value), [0, 0]);
});

Deno.test("MetricsRegistry refuses a maxSeries below 1", () => {
  for (const maxSeries of [0, 1.5, NaN]) {
    assertThrows(() => new MetricsRegistry({ maxSeries }), RangeError, `maxSeries is ${maxSeries}`);
    assertThrows(
      () => new MetricsRegistry().gauge("g", { help, maxSeries }),
      RangeError,
      `Cannot register metric "g": maxSeries is ${maxSeries}`,
    );
  }
});

Deno.test("MetricsRegistry.text() escapes label values", async () => {
  const registry = new MetricsRegistry();
  registry.gauge("g", { help, labels: ["v"] }).set({ v: 'a"b\\c\nd' }, 1);
  assertEquals(valueOf(await scrape(registry), "g", { v: 'a"b\\c\nd' }), 1);
  assertStringIncludes(registry.contentType, "text/plain; version=0.0.4");
});

Deno.test("MetricsRegistry keeps its metrics apart from other registries", async () => {
  const [a, b] = [new MetricsRegistry(), new MetricsRegistry()];
  a.counter("c_total", { help }).inc();
  assertEquals(await scrape(b), []);
});
