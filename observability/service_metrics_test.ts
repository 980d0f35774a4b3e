import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { MetricsRegistry } from "./metrics_registry.ts";
import { ServiceMetrics } from "./service_metrics.ts";
import { parsePrometheus, valueOf } from "./testdata/prometheus_text.ts";

Deno.test("ServiceMetrics registers four metrics under the service's name", async () => {
  const metrics = new ServiceMetrics("crm");
  const method = "/test.Echo/Say";
  metrics.requestsTotal.inc({ method, code: "ok" });
  metrics.errorsTotal.inc({ method, code: "internal" });
  metrics.activeConnections.inc({ method });
  metrics.requestDuration.observe({ method }, 0.2);
  const samples = parsePrometheus(await metrics.registry.text());
  assertEquals(valueOf(samples, "crm_requests_total", { method, code: "ok" }), 1);
  assertEquals(valueOf(samples, "crm_errors_total", { method, code: "internal" }), 1);
  assertEquals(valueOf(samples, "crm_active_connections", { method }), 1);
  assertEquals(valueOf(samples, "crm_request_duration_seconds_sum", { method }), 0.2);
});

Deno.test("ServiceMetrics maps what a metric name can't hold, and keeps the true name", async () => {
  const cases = [["package-manager", "package_manager"], ["a:b.c", "a_b_c"], [
    "3d",
    "_3d",
  ]] as const;
  for (const [name, prefix] of cases) {
    const metrics = new ServiceMetrics(name);
    metrics.requestsTotal.inc({ method: "m", code: "ok" });
    const samples = parsePrometheus(await metrics.registry.text());
    assertEquals(valueOf(samples, `${prefix}_requests_total`, { method: "m", code: "ok" }), 1);
    assertEquals(valueOf(samples, "target_info", { service_name: name }), 1);
  }
});

Deno.test("ServiceMetrics made twice in one registry are the same", () => {
  const registry = new MetricsRegistry();
  const [a, b] = [
    new ServiceMetrics("crm", { registry, buckets: [1] }),
    new ServiceMetrics("crm", { registry, buckets: [1] }),
  ];
  assertStrictEquals(a.requestsTotal, b.requestsTotal);
  assertStrictEquals(a.requestDuration, b.requestDuration);
});

Deno.test("ServiceMetrics of several services share a registry", async () => {
  const registry = new MetricsRegistry();
  new ServiceMetrics("a", { registry });
  new ServiceMetrics("b", { registry });
  const samples = parsePrometheus(await registry.text());
  assertEquals(
    samples.map((sample) => [sample.name, sample.labels.service_name]),
    [["target_info", "a"], ["target_info", "b"]],
  );
});

Deno.test("ServiceMetrics refuses two services with one prefix, and no name", () => {
  const registry = new MetricsRegistry();
  new ServiceMetrics("a-b", { registry });
  assertThrows(
    () => new ServiceMetrics("a_b", { registry }),
    TypeError,
    'Cannot create metrics of "a_b": "a-b" has the prefix a_b already',
  );
  assertThrows(() => new ServiceMetrics(""), TypeError, "the name is empty");
});

Deno.test("ServiceMetrics takes buckets and a cap of series", async () => {
  const metrics = new ServiceMetrics("crm", { buckets: [1, 2], maxSeries: 2 });
  for (let i = 0; i < 100; i++) {
    metrics.requestsTotal.inc({ method: `m${i}`, code: "ok" });
    metrics.requestDuration.observe({ method: `m${i}` }, 1.5);
  }
  const samples = parsePrometheus(await metrics.registry.text());
  assertEquals(valueOf(samples, "crm_requests_total", { method: "other", code: "other" }), 98);
  const bucket = (le: string) =>
    valueOf(samples, "crm_request_duration_seconds_bucket", { method: "other", le });
  assertEquals([bucket("1"), bucket("2"), bucket("+Inf")], [0, 98, 98]);
});
