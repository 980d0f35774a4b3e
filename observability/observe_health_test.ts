import { assertEquals } from "@std/assert";
import { HealthRegistry } from "./health_registry.ts";
import { MetricsRegistry } from "./metrics_registry.ts";
import { observeHealth } from "./observe_health.ts";
import { FakeClock } from "./testdata/fake_clock.ts";
import { parsePrometheus, valueOf } from "./testdata/prometheus_text.ts";

Deno.test("observeHealth() shows the latest answer of each check, and one that hangs", async () => {
  const registry = new MetricsRegistry();
  const clock = new FakeClock();
  const health = new HealthRegistry({ clock });
  let works = true;
  let asked = 0;
  health.add({
    name: "store",
    kind: "readiness",
    check() {
      asked++;
      if (!works) throw new Error("no connection");
    },
  });
  let answer = () => {};
  health.add({
    name: "stuck",
    kind: "liveness",
    check: () => new Promise<void>((resolve) => answer = resolve),
  });
  const stop = observeHealth(registry, health);
  const read = async () => {
    const samples = parsePrometheus(await registry.text());
    const value = (name: string, kind: string, check: string) =>
      valueOf(samples, `health_check_${name}`, { kind, check });
    return [
      value("ok", "readiness", "store"),
      value("ok", "liveness", "stuck"),
      value("hanging", "liveness", "stuck"),
    ];
  };
  assertEquals([await read(), asked], [[undefined, undefined, 0], 0]);
  await health.check("readiness");
  const stuck = health.check("liveness");
  clock.advance(800);
  await stuck;
  assertEquals([await read(), asked], [[1, 0, 1], 1]);
  works = false;
  await health.check("readiness");
  answer();
  await Promise.resolve();
  await Promise.resolve();
  assertEquals(await read(), [0, 0, 0]);
  stop();
  works = true;
  await health.check("readiness");
  assertEquals((await read())[0], 0);
});
