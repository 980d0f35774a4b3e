import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { HealthRegistry } from "./health_registry.ts";
import { FakeClock } from "./testdata/fake_clock.ts";

/** A check that is answered by the test. */
class Manual {
  calls = 0;
  signal: AbortSignal | undefined;
  #pending: { resolve(): void; reject(error: unknown): void } | undefined;

  readonly check = (signal: AbortSignal): Promise<void> => {
    this.calls++;
    this.signal = signal;
    return new Promise<void>((resolve, reject) => this.#pending = { resolve, reject });
  };

  async pass(): Promise<void> {
    this.#pending!.resolve();
    await settled();
  }

  async fail(error: unknown): Promise<void> {
    this.#pending!.reject(error);
    await settled();
  }
}

/** Lets what has been settled run to its end. */
function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

function setUp(options: { timeoutMs?: number; cacheMs?: number } = {}) {
  const clock = new FakeClock();
  const health = new HealthRegistry({ clock });
  const manual = new Manual();
  const remove = health.add({ name: "store", kind: "readiness", check: manual.check, ...options });
  return { clock, health, manual, remove };
}

Deno.test("HealthRegistry.check() is well without checks", async () => {
  assertEquals(await new HealthRegistry().check("liveness"), { ok: true, checks: [] });
});

Deno.test("HealthRegistry.check() runs the checks of its kind, in order", async () => {
  const health = new HealthRegistry({ clock: new FakeClock() });
  health.add({ name: "b", kind: "readiness", check: () => {} });
  health.add({ name: "a", kind: "readiness", check: () => Promise.reject(new Error("refused")) });
  health.add({ name: "a", kind: "startup", check: () => {} });
  assertEquals(await health.check("readiness"), {
    ok: false,
    checks: [
      { name: "b", ok: true, durationMs: 0 },
      { name: "a", ok: false, error: "refused", durationMs: 0 },
    ],
  });
  assertEquals((await health.check("startup")).checks.map((check) => check.name), ["a"]);
  assertEquals((await health.check("liveness")).checks, []);
});

Deno.test("HealthRegistry.check() reports what a check throws, whatever it is", async () => {
  const health = new HealthRegistry({ clock: new FakeClock() });
  const thrown: [name: string, value: unknown, error: string][] = [
    ["error", new Error("refused"), "refused"],
    ["empty", new TypeError(), "TypeError"],
    ["text", "refused", "refused"],
    ["nothing", undefined, "undefined"],
  ];
  for (const [name, value] of thrown) {
    health.add({
      name,
      kind: "liveness",
      check: () => {
        throw value;
      },
    });
  }
  const { checks } = await health.check("liveness");
  assertEquals(checks.map(({ error }) => error), thrown.map(([, , error]) => error));
});

Deno.test("HealthRegistry.check() says how long a check took", async () => {
  const { clock, health, manual } = setUp();
  const report = health.check("readiness");
  clock.advance(30);
  await manual.pass();
  assertEquals((await report).checks[0]?.durationMs, 30);
  assertEquals(clock.timers, 0);
});

Deno.test("HealthRegistry.check() runs a check once for all who ask meanwhile", async () => {
  const { health, manual } = setUp();
  const reports = [health.check("readiness"), health.check("readiness")];
  assertEquals(manual.calls, 1);
  await manual.pass();
  assertEquals((await Promise.all(reports)).map((report) => report.ok), [true, true]);
  const next = health.check("readiness");
  assertEquals(manual.calls, 2);
  await manual.fail(new Error("refused"));
  assertEquals((await next).ok, false);
});

Deno.test("HealthRegistry.check() gives up when the time is over, and aborts the signal", async () => {
  const { clock, health, manual } = setUp();
  const report = health.check("readiness");
  clock.advance(799);
  assertEquals(manual.signal?.aborted, false);
  clock.advance(1);
  assertEquals(await report, {
    ok: false,
    checks: [{ name: "store", ok: false, error: "no answer within 800 ms", durationMs: 800 }],
  });
  assertEquals(manual.signal?.aborted, true);
  assertEquals(manual.signal?.reason.name, "TimeoutError");
});

Deno.test("HealthRegistry.check() doesn't start a check again while it hangs", async () => {
  const { clock, health, manual } = setUp({ timeoutMs: 100 });
  const first = health.check("readiness");
  clock.advance(100);
  await first;
  clock.advance(900);
  assertEquals((await health.check("readiness")).checks, [
    {
      name: "store",
      ok: false,
      error: "no answer for 1000 ms, still waiting",
      durationMs: 1_000,
    },
  ]);
  assertEquals(manual.calls, 1);

  await manual.fail(new Error("given up at last"));
  const next = health.check("readiness");
  assertEquals(manual.calls, 2);
  await manual.pass();
  assertEquals((await next).ok, true);
});

Deno.test("HealthRegistry.check() keeps other checks going beside one that hangs", async () => {
  const { clock, health } = setUp({ timeoutMs: 100 });
  health.add({ name: "disk", kind: "readiness", check: () => {} });
  const report = health.check("readiness");
  await settled();
  clock.advance(100);
  assertEquals((await report).checks.map(({ name, ok }) => [name, ok]), [
    ["store", false],
    ["disk", true],
  ]);
});

Deno.test("HealthRegistry.check() uses an answer again for cacheMs", async () => {
  const { clock, health, manual } = setUp({ cacheMs: 1_000 });
  const first = health.check("readiness");
  await manual.fail(new Error("refused"));
  const answered = (await first).checks[0]!;
  clock.advance(999);
  assertStrictEquals((await health.check("readiness")).checks[0], answered);
  assertEquals(manual.calls, 1);
  clock.advance(1);
  const second = health.check("readiness");
  assertEquals(manual.calls, 2);
  await manual.pass();
  assertEquals((await second).ok, true);
});

Deno.test("HealthRegistry.setDraining() takes readiness away, and nothing else", async () => {
  const health = new HealthRegistry({ clock: new FakeClock() });
  for (const kind of ["liveness", "readiness", "startup"] as const) {
    health.add({ name: "fine", kind, check: () => {} });
  }
  health.setDraining(true);
  assertEquals(health.draining, true);
  assertEquals((await health.check("liveness")).ok, true);
  assertEquals((await health.check("startup")).ok, true);
  const { ok, checks } = await health.check("readiness");
  assertEquals([ok, checks[0]?.name, checks[0]?.error], [false, "draining", "shutting down"]);

  health.setDraining(false);
  assertEquals((await health.check("readiness")).ok, true);
});

Deno.test("HealthRegistry.add() answers a function that removes the check", async () => {
  const { health, remove } = setUp();
  health.add({ name: "disk", kind: "readiness", check: () => {} });
  remove();
  remove();
  assertEquals((await health.check("readiness")).checks.map(({ name }) => name), ["disk"]);
});

Deno.test("HealthRegistry.add() refuses a second check of a name and kind", () => {
  const { health, remove } = setUp();
  const again = { name: "store", kind: "readiness", check: () => {} } as const;
  assertThrows(
    () => health.add(again),
    TypeError,
    'Cannot add health check "store": there is a readiness check of that name',
  );
  remove();
  health.add(again);
});

Deno.test("HealthRegistry.add() refuses durations that make no sense", () => {
  const health = new HealthRegistry();
  const check = { name: "store", kind: "readiness", check: () => {} } as const;
  for (const timeoutMs of [0, -1, NaN, Infinity]) {
    assertThrows(() => health.add({ ...check, timeoutMs }), RangeError, "timeoutMs");
  }
  for (const cacheMs of [-1, NaN]) {
    assertThrows(() => health.add({ ...check, cacheMs }), RangeError, "cacheMs");
  }
});

Deno.test("HealthRegistry uses the clock of the process by default", async () => {
  const health = new HealthRegistry();
  health.add({ name: "hangs", kind: "startup", timeoutMs: 1, check: () => new Promise(() => {}) });
  assertEquals((await health.check("startup")).checks[0]?.error, "no answer within 1 ms");
});
