/** Ours and prom-client's in one registry of prom-client. */
import { trace } from "@opentelemetry/api";
import { assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import client from "prom-client";
import { asOwn } from "./_own_metric.ts";
import { HealthRegistry } from "./health_registry.ts";
import { MetricsRegistry } from "./metrics_registry.ts";
import { setupMetricsServer } from "./metrics_server.ts";
import { observeHealth } from "./observe_health.ts";
import { observeProcess } from "./process_metrics.ts";
import { ServiceMetrics } from "./service_metrics.ts";
import { parsePrometheus, valueOf } from "./testdata/prometheus_text.ts";
import { spansOf } from "./testdata/with_tracing.ts";

const help = "For the test.";
const OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/** A service with something in each kind of metric, ours and prom-client's, by turns. */
async function filled(register: InstanceType<typeof client.Registry>) {
  const registers = [register];
  new client.Counter({ name: "first_total", help, registers }).inc(2);
  const metrics = new ServiceMetrics("shop", { registry: register, buckets: [0.5, 1] });
  const labels = { method: '/a.B/"C\\\n', code: "ok" };
  metrics.requestsTotal.inc(labels, 3);
  metrics.activeConnections.inc({ method: "m" }, -0.5);
  new client.Histogram({ name: "h", help, labelNames: ["x"], registers }).observe({ x: "y" }, 2);
  new client.Summary({ name: "s", help, registers, percentiles: [0.5] }).observe(1);
  new client.Gauge({ name: "g", help, labelNames: ["dc"], registers }).set({ dc: "own" }, 1);
  metrics.registry.gauge("named", { help, labels: ["dc"] }).set({ dc: "ours" }, 1);
  metrics.registry.counter("plain_total", { help }).inc();
  await spansOf(() => {
    trace.getTracer("t").startActiveSpan("s", (span) => {
      metrics.requestDuration.observe({ method: "m" }, 0.7);
      span.end();
    });
    metrics.requestDuration.observe({ method: "m" }, 70);
    return Promise.resolve();
  });
  return metrics;
}

Deno.test("MetricsRegistry.text() is what prom-client's registry says, to the letter", async () => {
  const register = new client.Registry();
  assertEquals(await new MetricsRegistry({ register }).text(), await register.metrics());
  const { registry } = await filled(register);
  const text = await register.metrics();
  assertEquals(await registry.text(), text);
  const samples = parsePrometheus(text);
  const bucket = { method: "m", le: "1" };
  assertEquals(valueOf(samples, "shop_request_duration_seconds_bucket", bucket), 1);
  assertEquals(valueOf(samples, "h_count", { x: "y" }), 1);
  register.setDefaultLabels({ dc: 'eu"\\\n1', n: 1 });
  assertEquals(await registry.text(), await register.metrics());
  assertEquals(valueOf(parsePrometheus(await registry.text()), "named", { dc: "ours", n: "1" }), 1);
});

Deno.test("MetricsRegistry.text() in OpenMetrics is what prom-client's registry for it says", async () => {
  const register = new client.Registry();
  (register as { setContentType(type: string): void }).setContentType(OPENMETRICS);
  const counter = new client.Counter({
    name: "seen_total",
    help,
    registers: [register],
    enableExemplars: true,
  });
  counter.inc({ value: 1, exemplarLabels: { trace_id: "abc" } });
  const { registry } = await filled(register);
  register.setDefaultLabels({ dc: "eu" });
  const ours = await registry.text({ format: "openmetrics" });
  // That one knows no info metrics.
  const theirs = (await register.metrics()).replace("# HELP target_info", "# HELP target")
    .replace("# TYPE target_info gauge", "# TYPE target info");
  assertEquals(ours, theirs);
  assertEquals(ours.match(/ # \{trace_id=/g)?.length, 2);
});

Deno.test("ServiceMetrics stands in the registry of prom-client that it is given", async () => {
  const register = new client.Registry();
  const metrics = new ServiceMetrics("shop", { registry: register });
  metrics.requestsTotal.inc({ method: "m", code: "ok" });
  const names = (await register.getMetricsAsJSON()).map(({ name }) => name);
  assertEquals(names, [
    "shop_requests_total",
    "shop_request_duration_seconds",
    "shop_active_connections",
    "shop_errors_total",
    "target_info",
  ]);
  const single = await register.getSingleMetric("shop_requests_total")!.get();
  assertEquals(single.values, [{ labels: { method: "m", code: "ok" }, value: 1 }]);
});

Deno.test("ServiceMetrics made twice in a registry of prom-client are the same", async () => {
  const register = new client.Registry();
  const [a, b] = [1, 2].map(() => new ServiceMetrics("shop", { registry: register }));
  assertStrictEquals(a!.requestsTotal, b!.requestsTotal);
  assertStrictEquals(a!.registry, b!.registry);
  b!.requestsTotal.inc({ method: "m", code: "ok" });
  const info = 'target_info{service_name="shop"} 1';
  assertEquals((await register.metrics()).split("\n").filter((line) => line === info), [info]);
  assertThrows(
    () =>
      new ServiceMetrics("sh.op", { registry: register }) &&
      new ServiceMetrics("sh-op", { registry: register }),
    TypeError,
    'Cannot create metrics of "sh-op": "sh.op" has the prefix sh_op already',
  );
});

Deno.test("MetricsRegistry refuses a name that a metric of prom-client has, and the other way round", () => {
  const register = new client.Registry();
  const registers = [register];
  new client.Counter({ name: "shop_requests_total", help, registers });
  assertThrows(
    () => new ServiceMetrics("shop", { registry: register }),
    TypeError,
    'Cannot register metric "shop_requests_total" as a counter with labels [method, code], ' +
      "1000 series: it exists as a counter of prom-client",
  );
  new MetricsRegistry({ register }).gauge("rooms", { help });
  assertThrows(
    () => new client.Gauge({ name: "rooms", help, registers }),
    Error,
    "has already been registered",
  );
});

Deno.test("MetricsRegistry is taken by prom-client as a registry", async () => {
  const registry = new MetricsRegistry();
  registry.counter("own_total", { help }).inc();
  const gauge = new client.Gauge({ name: "theirs", help, registers: [registry] });
  gauge.set(2);
  assertStrictEquals(registry.getSingleMetric("theirs"), gauge);
  assertEquals(await registry.metrics(), await registry.text());
  assertEquals(
    await registry.getSingleMetricAsString("theirs"),
    [
      `# HELP theirs ${help}`,
      "# TYPE theirs gauge",
      "theirs 2",
    ].join("\n"),
  );
  const merged = client.Registry.merge([registry, new client.Registry()]);
  assertEquals(await merged.metrics(), await registry.text());
  assertThrows(
    () => (registry.setContentType as (type: string) => void)(OPENMETRICS),
    TypeError,
    "it is always text/plain",
  );
  registry.setContentType(registry.contentType);
  registry.removeSingleMetric("theirs");
  assertEquals((await registry.getMetricsAsJSON()).map(({ name }) => name), ["own_total"]);
  registry.clear();
  assertEquals(await registry.text(), "\n");
  // What was taken out may come again, from nothing.
  registry.counter("own_total", { help });
  assertEquals(valueOf(parsePrometheus(await registry.text()), "own_total"), 0);
});

Deno.test("client.AggregatorRegistry adds up what several processes count", async () => {
  const processes = [];
  for (const _process of ["a", "b"]) {
    const register = new client.Registry();
    await filled(register);
    const health = new HealthRegistry();
    health.add({ name: "store", kind: "liveness", check: () => {} });
    observeHealth(register, health);
    await health.check("liveness");
    processes.push(JSON.parse(JSON.stringify(await register.getMetricsAsJSON())));
  }
  const samples = parsePrometheus(await client.AggregatorRegistry.aggregate(processes).metrics());
  const values = (start: string) =>
    samples.filter(({ name }) => name.startsWith(start)).map(({ value }) => value);
  assertEquals(values("shop_requests_total"), [6]);
  assertEquals(values("shop_request_duration_seconds_bucket"), [0, 2, 4]);
  assertEquals(values("shop_request_duration_seconds_sum"), [141.4]);
  assertEquals(values("first_total"), [4]);
  assertEquals(values("target_info"), [1]);
  assertEquals(values("health_check_ok"), [1]);
});

Deno.test("Registry.metrics() of prom-client asks collect and onScrape functions once", async () => {
  const register = new client.Registry();
  const registry = new MetricsRegistry({ register });
  const looked = registry.counter("looked_total", { help });
  registry.onScrape(() => looked.inc());
  registry.gauge("size", { help, collect: (gauge) => gauge.set({}, 7) });
  const samples = parsePrometheus(await register.metrics());
  assertEquals([valueOf(samples, "looked_total"), valueOf(samples, "size")], [1, 7]);
  await registry.text();
  assertEquals(valueOf(parsePrometheus(await register.metrics()), "looked_total"), 3);
  registry.onScrape(() => {
    throw new Error("no such file");
  });
  await assertRejects(() => register.metrics(), Error, "no such file");
});

Deno.test("Registry.resetMetrics() of prom-client empties our series, which go on", async () => {
  const register = new client.Registry();
  const metrics = await filled(register);
  const series = metrics.requestsTotal.series({ method: "m", code: "ok" });
  series.inc(5);
  register.resetMetrics();
  series.inc();
  const text = await register.metrics();
  const samples = parsePrometheus(text);
  const method = "m";
  assertEquals(valueOf(samples, "shop_requests_total", { method, code: "ok" }), 1);
  assertEquals(valueOf(samples, "shop_request_duration_seconds_count", { method }), 0);
  assertEquals(valueOf(samples, "shop_active_connections", { method }), 0);
  assertEquals(valueOf(samples, "target_info", { service_name: "shop" }), 1);
  assertEquals(
    (await metrics.registry.text({ format: "openmetrics" })).includes("trace_id"),
    false,
  );
});

Deno.test("setupMetricsServer() serves a registry of prom-client, in both formats", async () => {
  const register = new client.Registry();
  await filled(register);
  observeProcess(register).shutdown();
  await using server = await setupMetricsServer(0, { registry: register });
  const get = async (accept: string, path = "/metrics") =>
    await (await fetch(`http://127.0.0.1:${server.addr.port}${path}`, { headers: { accept } }))
      .text();
  const steady = (text: string) => text.split("\n").filter((line) => !line.startsWith("process_"));
  assertEquals(steady(await get("text/plain")), steady(await register.metrics()));
  const open = await get("application/openmetrics-text");
  for (const part of ["first_total 2\n", "# TYPE first counter\n", "plain_total 1\n", "# EOF\n"]) {
    assertEquals(open.split(part).length, 2, part);
  }
  assertEquals(JSON.parse(await get("", "/status.json")).services, ["shop"]);
});

Deno.test("MetricsRegistry knows its metrics when the module was loaded a second time", () => {
  const register = new client.Registry();
  const counter = new MetricsRegistry({ register }).counter("reads_total", { help });
  const known = register.getSingleMetric("reads_total") as unknown as object;
  assertEquals(Symbol.for("@oprc/observability metric") in known, true);
  // Another copy of the class has another prototype.
  const copy = Object.create({}, Object.getOwnPropertyDescriptors(known));
  register.clear();
  register.registerMetric(copy);
  assertStrictEquals(asOwn(copy)?.metric, counter);
  assertStrictEquals(new MetricsRegistry({ register }).counter("reads_total", { help }), counter);
});

Deno.test("MetricsRegistry.text() asks collect functions of another one on the same register", async () => {
  const register = new client.Registry();
  const [one, other] = [new MetricsRegistry({ register }), new MetricsRegistry({ register })];
  one.gauge("size", { help, collect: (gauge) => gauge.set({}, 7) });
  assertEquals(valueOf(parsePrometheus(await other.text()), "size"), 7);
});
