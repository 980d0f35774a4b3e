import {
  assertAlmostEquals,
  assertEquals,
  assertExists,
  assertGreater,
  assertThrows,
} from "@std/assert";
import { cpuUsage } from "node:process";
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

Deno.test("observeProcess() shows processor time, open files and the start of the process", async () => {
  const registry = new MetricsRegistry();
  for (let i = 0; i < 2; i++) observeProcess(registry, { clock: new FakeClock() }).shutdown();
  const read = async (name: string) => valueOf(parsePrometheus(await registry.text()), name)!;
  const before = await read("process_cpu_seconds_total");
  const since = cpuUsage();
  let spent = 0;
  while (spent < 200_000) {
    const { user, system } = cpuUsage(since);
    spent = user + system;
  }
  const used = await read("process_cpu_seconds_total") - before;
  // Registered twice, counted once.
  assertAlmostEquals(used, spent / 1e6, 0.1);
  assertGreater(await read("process_open_fds"), 2);
  assertGreater(await read("process_max_fds"), 20);
  const started = await read("process_start_time_seconds");
  assertEquals(Math.abs(started - performance.timeOrigin / 1_000) < 1, true);
});

Deno.test("observeProcess() leaves out what it may not read", async () => {
  const program = `
    import { MetricsRegistry, observeProcess } from "${new URL("mod.ts", import.meta.url)}";
    const registry = new MetricsRegistry();
    observeProcess(registry).shutdown();
    console.log(await registry.text());`;
  const file = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    await Deno.writeTextFile(file, program);
    const config = new URL("../deno.json", import.meta.url).pathname;
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--no-prompt", `--config=${config}`, file],
    }).output();
    const samples = parsePrometheus(new TextDecoder().decode(stdout).trimEnd() + "\n");
    assertEquals(valueOf(samples, "process_open_fds"), undefined);
    assertEquals(valueOf(samples, "process_max_fds"), undefined);
    assertExists(valueOf(samples, "process_heap_used_bytes"));
  } finally {
    await Deno.remove(file);
  }
});
