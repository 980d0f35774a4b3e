import { trace } from "@opentelemetry/api";
import { assertEquals, assertRejects } from "@std/assert";
import { spansOf } from "./testdata/with_tracing.ts";
import { traceFetch, traceHandler } from "./trace_fetch.ts";

Deno.test("traceFetch() and traceHandler() join both ends of a request over HTTP", async () => {
  let inside: string | undefined;
  const handler = traceHandler(async (request: Request, _info: Deno.ServeHandlerInfo) => {
    await request.text();
    inside = trace.getActiveSpan()?.spanContext().spanId;
    return new Response("hello", { status: 201 });
  }, { route: "/packages/:name" });
  const options = { hostname: "127.0.0.1", port: 0, onListen() {} };
  await using server = Deno.serve(options, handler);
  const { port } = server.addr;

  const spans = await spansOf(async () => {
    const url = `http://127.0.0.1:${port}/packages/a?token=hunter2`;
    const response = await traceFetch()(url, { method: "POST", body: "x" });
    assertEquals(await response.text(), "hello");
  });
  const [there, here] = spans;
  assertEquals(there.parentSpanId, here.spanId);
  assertEquals([there.name, there.kind], ["POST /packages/:name", 2]);
  assertEquals(there.attributes, {
    "http.request.method": "POST",
    "http.route": "/packages/:name",
    "http.response.status_code": 201,
  });
  assertEquals([here.name, here.kind], ["POST", 3]);
  assertEquals(here.attributes, {
    "http.request.method": "POST",
    "http.response.status_code": 201,
    "url.full": `http://127.0.0.1:${port}/packages/a`,
    "server.address": "127.0.0.1",
    "server.port": port,
  });
  assertEquals(inside, there.spanId);
});

Deno.test("traceHandler() counts answers from 500 on as errors, traceFetch() from 400 on", async () => {
  const answer = (status: number) => () => new Response(null, { status });
  const request = new Request("http://localhost/");
  const spans = await spansOf(async () => {
    await traceHandler(answer(404), { route: "/" })(request);
    await traceHandler(answer(503), { route: "/" })(request);
    await traceFetch({ fetch: () => Promise.resolve(answer(404)()) })(request);
  });
  assertEquals(spans.map(({ status }) => status.code), [undefined, 2, 2]);
  assertEquals(spans.map(({ attributes }) => attributes["error.type"]), [undefined, "503", "404"]);
});

Deno.test("traceHandler() and traceFetch() hand on what is thrown, and record it", async () => {
  const broken = () => Promise.reject(new TypeError("broken"));
  const request = new Request("http://localhost/");
  const spans = await spansOf(async () => {
    await assertRejects(() => traceHandler(broken, { route: "/" })(request), TypeError);
    await assertRejects(() => traceFetch({ fetch: broken })(request), TypeError);
  });
  for (const { status, events, attributes } of spans) {
    assertEquals([status.code, status.message], [2, "broken"]);
    assertEquals(events[0].name, "exception");
    assertEquals(attributes["error.type"], "TypeError");
  }
  assertEquals(spans.length, 2);
});

Deno.test("traceHandler() lets a client name neither routes nor methods", async () => {
  const spans = await spansOf(async () => {
    const handler = traceHandler(() => new Response(), { route: () => undefined });
    await handler(new Request("http://localhost/random/1", { method: "BREW" }));
  });
  assertEquals(spans[0].name, "_OTHER");
  assertEquals(spans[0].attributes["http.route"], undefined);
});
