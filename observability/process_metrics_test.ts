import { assertEquals, assertExists, assertGreater, assertThrows } from "@std/assert";
import { MetricsRegistry } from "./metrics_registry.ts";
import { observeProcess } from "./process_metrics.ts";
import { FakeClock } from "./testdata/fake_clock.ts";
import { parsePrometheus, valueOf } from "./testdata/prometheus_text.ts";

Deno.test("observeProcess() shows heap and resident memory", async () => {
  const registry = new MetricsRegistry();
  const handle = observeProcess(registry, { clock: new FakeClock() });
  const samples = parsePrometheus(await registry.text());
  for (const name of ["heap_used", "heap_size", "resident_memory"]) {
    const value = valueOf(samples, `process_${name}_bytes`);
    assertExists(value, name);
    assertGreater(value, 100_000);
  }
  handle.shutdown();
});

Deno.test("observeProcess() counts how much later than asked its timer ran", async () => {
  const registry = new MetricsRegistry();
  const clock = new FakeClock();
  const handle = observeProcess(registry, { clock, intervalMs: 100 });
  clock.advance(100);
  clock.advance(300);
  const samples = parsePrometheus(await registry.text());
  const lag = (suffix: string, le?: string) =>
    valueOf(samples, `process_event_loop_lag_seconds_${suffix}`, le === undefined ? {} : { le });
  assertEquals([lag("count"), lag("sum")], [2, 0.2]);
  assertEquals([lag("bucket", "0.1"), lag("bucket", "0.25")], [1, 2]);
  handle.shutdown();
});

Deno.test("observeProcess() sees the process blocked, by its own clock", async () => {
  const registry = new MetricsRegistry();
  const handle = observeProcess(registry, { intervalMs: 1 });
  const until = performance.now() + 30;
  while (performance.now() < until);
  await new Promise((resolve) => setTimeout(resolve, 5));
  handle.shutdown();
  const samples = parsePrometheus(await registry.text());
  assertGreater(valueOf(samples, "process_event_loop_lag_seconds_sum")!, 0.02);
});

Deno.test("observeProcess() shutdown() ends the samples", async () => {
  const registry = new MetricsRegistry();
  const clock = new FakeClock();
  const handle = observeProcess(registry, { clock });
  handle.shutdown();
  assertEquals(clock.timers, 0);
  clock.advance(10_000);
  const samples = parsePrometheus(await registry.text());
  assertEquals(valueOf(samples, "process_event_loop_lag_seconds_count"), 0);
});

Deno.test("observeProcess() may be called again on the same registry", () => {
  const registry = new MetricsRegistry();
  for (let i = 0; i < 2; i++) observeProcess(registry, { clock: new FakeClock() }).shutdown();
});

Deno.test("observeProcess() refuses an interval that isn't positive", () => {
  for (const intervalMs of [0, -1, NaN, Infinity]) {
    assertThrows(() => observeProcess(new MetricsRegistry(), { intervalMs }), RangeError);
  }
});
