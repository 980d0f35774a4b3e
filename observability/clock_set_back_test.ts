/** Nothing breaks when somebody sets the system's clock back. */
import { trace } from "@opentelemetry/api";
import { assert, assertEquals } from "@std/assert";
import { HealthRegistry } from "./health_registry.ts";
import { getLogger } from "./logger.ts";
import { setupLogging } from "./logging.ts";
import { observeFetch } from "./observe_fetch.ts";
import { observeProcess } from "./process_metrics.ts";
import { ServiceMetrics } from "./service_metrics.ts";
import { parsePrometheus, valueOf } from "./testdata/prometheus_text.ts";
import { spansOf } from "./testdata/with_tracing.ts";

const HOUR_MS = 3_600_000;

/** Runs `test` with a function that sets the clock back by an hour. */
async function withClock(test: (setBack: () => void) => Promise<void>): Promise<void> {
  const { now } = Date;
  try {
    await test(() => void (Date.now = () => now() - HOUR_MS));
  } finally {
    Date.now = now;
  }
}

Deno.test("observeFetch() measures a request during which the clock is set back", async () => {
  await withClock(async (setBack) => {
    const metrics = new ServiceMetrics("s");
    const handler = observeFetch(metrics, () => {
      setBack();
      return new Response();
    }, { route: "/" });
    await handler(new Request("http://localhost/"));
    const samples = parsePrometheus(await metrics.registry.text());
    const labels = { method: "GET /" };
    assertEquals(valueOf(samples, "s_request_duration_seconds_count", labels), 1);
    const sum = valueOf(samples, "s_request_duration_seconds_sum", labels)!;
    assert(sum >= 0 && sum < 60, `${sum}`);
  });
});

Deno.test("setupTracing() sends a span during which the clock is set back", async () => {
  await withClock(async (setBack) => {
    const [span] = await spansOf(() => {
      const span = trace.getTracer("t").startSpan("s");
      setBack();
      span.end();
      return Promise.resolve();
    });
    const took = BigInt(span.endTimeUnixNano) - BigInt(span.startTimeUnixNano);
    assert(took >= 0n && took < 60_000_000_000n, `${took}`);
  });
});

Deno.test("getLogger() limits, HealthRegistry caches and the lag is sampled as before", async () => {
  await withClock(async (setBack) => {
    const lines: string[] = [];
    const logging = setupLogging({ maxPerSecond: 1, write: (line) => lines.push(line) });
    const metrics = new ServiceMetrics("s");
    const observed = observeProcess(metrics.registry, { intervalMs: 1 });
    const health = new HealthRegistry();
    let asked = 0;
    health.add({ name: "c", kind: "liveness", cacheMs: 1, check: () => void asked++ });
    await health.check("liveness");
    getLogger("t").info("m");
    setBack();
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    getLogger("t").info("m");
    await health.check("liveness");
    observed.shutdown();
    await logging.shutdown();
    assertEquals([lines.length, asked], [2, 2]);
    const samples = parsePrometheus(await metrics.registry.text());
    const lag = valueOf(samples, "process_event_loop_lag_seconds_sum")!;
    assert(lag >= 0 && lag < 60, `${lag}`);
  });
});
