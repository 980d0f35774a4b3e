import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { getLogger } from "./logger.ts";
import { setupLogging } from "./logging.ts";
import { observeFetch } from "./observe_fetch.ts";
import { ServiceMetrics } from "./service_metrics.ts";
import { FakeClock } from "./testdata/fake_clock.ts";
import { parsePrometheus, valueOf } from "./testdata/prometheus_text.ts";

async function read(metrics: ServiceMetrics) {
  const samples = parsePrometheus(await metrics.registry.text());
  return (name: string, labels: Record<string, string>) =>
    valueOf(samples, `${metrics.serviceName}_${name}`, labels);
}

function request(path: string, method = "GET"): Request {
  return new Request(`http://localhost${path}`, { method });
}

Deno.test("observeFetch() counts requests by method, declared route and status", async () => {
  const clock = new FakeClock();
  const metrics = new ServiceMetrics("gateway");
  const handler = observeFetch(metrics, () => {
    clock.advance(500);
    return new Response("made", { status: 201 });
  }, { route: "/packages/:name", clock });
  const response = await handler(request("/packages/images?x=1", "PUT"));
  assertEquals([response.status, await response.text()], [201, "made"]);
  const value = await read(metrics);
  const method = "PUT /packages/:name";
  assertEquals(value("requests_total", { method, code: "201" }), 1);
  assertEquals(value("request_duration_seconds_sum", { method }), 0.5);
  assertEquals(value("active_connections", { method }), 0);
  assertEquals(value("errors_total", { method, code: "201" }), undefined);
});

Deno.test("observeFetch() asks for the route, and counts what has none under other", async () => {
  const metrics = new ServiceMetrics("gateway");
  const handler = observeFetch(metrics, () => new Response(), {
    route: ({ url }) => new URL(url).pathname === "/known" ? "/known" : undefined,
  });
  await handler(request("/known"));
  for (let i = 0; i < 50; i++) await handler(request(`/scan/${i}`));
  const value = await read(metrics);
  assertEquals(value("requests_total", { method: "GET /known", code: "200" }), 1);
  assertEquals(value("requests_total", { method: "GET other", code: "200" }), 50);
});

Deno.test("observeFetch() counts methods of a client's own invention as one", async () => {
  const metrics = new ServiceMetrics("gateway");
  const handler = observeFetch(metrics, () => new Response(), { route: "/a" });
  for (const method of ["BREW", "PROPFIND"]) await handler(request("/a", method));
  assertEquals((await read(metrics))("requests_total", { method: "OTHER /a", code: "200" }), 2);
});

Deno.test("observeFetch() counts a status from 400 on as an error", async () => {
  const metrics = new ServiceMetrics("gateway");
  const statuses = [399, 400, 503];
  const handler = observeFetch(metrics, () => new Response(null, { status: statuses.shift() }), {
    route: "/a",
  });
  for (let i = 0; i < 3; i++) await handler(request("/a"));
  const value = await read(metrics);
  const errors = (code: string) => value("errors_total", { method: "GET /a", code });
  assertEquals([errors("399"), errors("400"), errors("503")], [undefined, 1, 1]);
});

Deno.test("observeFetch() counts what the handler throws as 500, and lets it through", async () => {
  const metrics = new ServiceMetrics("gateway");
  const error = new Error("a bug");
  for (const handle of [() => Promise.reject(error), () => fail(error)]) {
    const handler = observeFetch(metrics, handle, { route: "/a" });
    assertStrictEquals(await assertRejects(() => handler(request("/a"))), error);
  }
  const value = await read(metrics);
  assertEquals(value("errors_total", { method: "GET /a", code: "500" }), 2);
  assertEquals(value("active_connections", { method: "GET /a" }), 0);
});

function fail(error: Error): never {
  throw error;
}

Deno.test("observeFetch() passes on what the server gives beside the request", async () => {
  const handler = observeFetch(
    new ServiceMetrics("gateway"),
    (_request: Request, info: { port: number }) => new Response(String(info.port)),
    { route: "/a" },
  );
  assertEquals(await (await handler(request("/a"), { port: 80 })).text(), "80");
});

Deno.test("observeFetch() logs a line a request: at debug, at info if it failed", async () => {
  const lines: string[] = [];
  const logging = setupLogging({ level: "debug", write: (line) => lines.push(line) });
  const statuses = [200, 404];
  const handler = observeFetch(
    new ServiceMetrics("gateway"),
    () => new Response(null, { status: statuses.shift() }),
    { route: "/a", logger: getLogger("test.http"), clock: new FakeClock() },
  );
  await handler(request("/a?token=secret"));
  await handler(request("/a"));
  await logging.shutdown();
  assertEquals(
    lines.map((line) => JSON.parse(line)).map(({ level, message, fields }) => ({
      level,
      message,
      fields,
    })),
    [
      {
        level: "DEBUG",
        message: "call ended",
        fields: { method: "GET /a", code: "200", duration_ms: 0 },
      },
      {
        level: "INFO",
        message: "call failed",
        fields: { method: "GET /a", code: "404", duration_ms: 0 },
      },
    ],
  );
});
