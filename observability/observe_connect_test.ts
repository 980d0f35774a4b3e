import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { create, type Message } from "@bufbuild/protobuf";
import {
  Code,
  ConnectError,
  createContextValues,
  createRouterTransport,
  type HandlerContext,
  type Interceptor,
  type Transport,
} from "@connectrpc/connect";
import { connectCode } from "./_connect_code.ts";
import { getLogger } from "./logger.ts";
import { setupLogging } from "./logging.ts";
import { observeConnect } from "./observe_connect.ts";
import { ServiceMetrics } from "./service_metrics.ts";
import { Echo } from "./testdata/echo_service.ts";
import { FakeClock } from "./testdata/fake_clock.ts";
import { parsePrometheus } from "./testdata/prometheus_text.ts";

type NumberMessage = Message & { value: number };
const say = Echo.method.say!;
const count = Echo.method.count!;
const number = (value: number) => create(say.output, { value } as never) as NumberMessage;

interface Handlers {
  say?: (request: NumberMessage, context: HandlerContext) => Promise<NumberMessage>;
  count?: (request: NumberMessage, context: HandlerContext) => AsyncIterable<NumberMessage>;
}

/** A server and a client in one process, each with its own metrics. */
function setUp(handlers: Handlers) {
  const clock = new FakeClock();
  const server = new ServiceMetrics("server");
  const client = new ServiceMetrics("client");
  const interceptor = (metrics: ServiceMetrics): Interceptor =>
    observeConnect(metrics, { clock, logger: getLogger(`test.${metrics.serviceName}`) });
  const transport = createRouterTransport(
    (router) => void router.service(Echo, handlers as never),
    {
      router: { interceptors: [interceptor(server)] },
      transport: { interceptors: [interceptor(client)] },
    },
  );
  return { clock, server, client, transport };
}

async function callSay(transport: Transport, value = 1): Promise<number> {
  const answer = await transport.unary(
    say as never,
    undefined,
    undefined,
    undefined,
    number(value) as never,
    createContextValues(),
  );
  return (answer.message as unknown as NumberMessage).value;
}

async function callCount(transport: Transport, signal?: AbortSignal) {
  const answer = await transport.stream(
    count as never,
    signal,
    undefined,
    undefined,
    (async function* () {
      yield number(3);
    })() as never,
    createContextValues(),
  );
  return answer.message as unknown as AsyncIterable<NumberMessage>;
}

/** The series of a service without its prefix, and without single buckets. */
async function series(metrics: ServiceMetrics): Promise<Record<string, number>> {
  const prefix = `${metrics.serviceName}_`;
  const wanted = /_(requests_total|errors_total|active_connections|seconds_count|seconds_sum)$/;
  const samples = parsePrometheus(await metrics.registry.text());
  return Object.fromEntries(
    samples.filter((sample) => wanted.test(sample.name)).map(({ name, labels, value }) => [
      [name.slice(prefix.length), ...Object.values(labels)].join(" "),
      value,
    ]),
  );
}

function expected(method: string, code: string, durationSeconds = 0): Record<string, number> {
  return {
    [`requests_total ${method} ${code}`]: 1,
    [`request_duration_seconds_sum ${method}`]: durationSeconds,
    [`request_duration_seconds_count ${method}`]: 1,
    [`active_connections ${method}`]: 0,
    ...(code === "ok" ? {} : { [`errors_total ${method} ${code}`]: 1 }),
  };
}

async function logged(call: () => Promise<void>, level = "debug") {
  const lines: string[] = [];
  const logging = setupLogging({ level, write: (line) => lines.push(line) });
  try {
    await call();
  } finally {
    await logging.shutdown();
  }
  return lines.map((line) => JSON.parse(line));
}

Deno.test("observeConnect() counts a unary call by its descriptor's name, on both sides", async () => {
  const { clock, server, client, transport } = setUp({
    say: (request) => {
      clock.advance(250);
      return Promise.resolve(request);
    },
  });
  assertEquals(await callSay(transport, 7), 7);
  assertEquals(await series(server), expected("/test.Echo/Say", "ok", 0.25));
  assertEquals(await series(client), expected("/test.Echo/Say", "ok", 0.25));
});

Deno.test("observeConnect() shows a call as active while it runs", async () => {
  let during: Record<string, number> = {};
  const { server, transport } = setUp({
    say: async (request) => {
      during = await series(server);
      return request;
    },
  });
  await callSay(transport);
  assertEquals(during, {
    "active_connections /test.Echo/Say": 1,
    "request_duration_seconds_count /test.Echo/Say": 0,
    "request_duration_seconds_sum /test.Echo/Say": 0,
  });
});

Deno.test("observeConnect() counts the code of a ConnectError, and lets it through", async () => {
  const { server, client, transport } = setUp({
    say: () => Promise.reject(new ConnectError("no such package", Code.NotFound)),
  });
  const error = await assertRejects(() => callSay(transport), ConnectError, "no such package");
  assertEquals(error.code, Code.NotFound);
  assertEquals(await series(server), expected("/test.Echo/Say", "not_found"));
  assertEquals(await series(client), expected("/test.Echo/Say", "not_found"));
});

Deno.test("observeConnect() counts another error as the client sees it", async () => {
  const { server, client, transport } = setUp({
    say: () => Promise.reject(new TypeError("x is not a function")),
  });
  await assertRejects(() => callSay(transport), ConnectError, "internal error");
  assertEquals(await series(server), expected("/test.Echo/Say", "internal"));
  assertEquals(await series(client), expected("/test.Echo/Say", "internal"));
});

Deno.test("observeConnect() counts a stream once, when its last message has gone", async () => {
  const { clock, server, client, transport } = setUp({
    async *count(request) {
      for (let i = 0; i < request.value; i++) yield number(i);
    },
  });
  const values: number[] = [];
  for await (const message of await callCount(transport)) {
    clock.advance(100);
    values.push(message.value);
    assertEquals((await series(client))["requests_total /test.Echo/Count ok"], undefined);
  }
  assertEquals(values, [0, 1, 2]);
  assertEquals(await series(client), expected("/test.Echo/Count", "ok", 0.3));
  const { "request_duration_seconds_sum /test.Echo/Count": _, ...rest } = await series(server);
  const { "request_duration_seconds_sum /test.Echo/Count": __, ...want } = expected(
    "/test.Echo/Count",
    "ok",
  );
  assertEquals(rest, want);
});

Deno.test("observeConnect() counts a stream that fails on its way", async () => {
  const { server, client, transport } = setUp({
    async *count() {
      yield number(0);
      throw new ConnectError("disk full", Code.ResourceExhausted);
    },
  });
  await assertRejects(async () => {
    for await (const _ of await callCount(transport));
  }, ConnectError);
  assertEquals(await series(server), expected("/test.Echo/Count", "resource_exhausted"));
  assertEquals(await series(client), expected("/test.Echo/Count", "resource_exhausted"));
});

Deno.test("observeConnect() counts a stream that the client gives up as canceled, on both sides", async () => {
  const { server, client, transport } = setUp({
    async *count() {
      for (let i = 0;; i++) yield number(i);
    },
  });
  const controller = new AbortController();
  const messages = (await callCount(transport, controller.signal))[Symbol.asyncIterator]();
  await messages.next();
  controller.abort();
  await assertRejects(() => messages.next(), ConnectError);
  assertEquals(await series(client), expected("/test.Echo/Count", "canceled"));
  assertEquals(await series(server), expected("/test.Echo/Count", "canceled"));
});

Deno.test("observeConnect() ends with a stream whose reader leaves", async () => {
  const metrics = new ServiceMetrics("client");
  let closed = 0;
  const messages = await streamOf(metrics, async function* () {
    try {
      yield 1;
      yield 2;
    } finally {
      closed++;
    }
  });
  for await (const _ of messages) break;
  assertEquals(closed, 1);
  assertEquals(await series(metrics), expected("/test.Echo/Count", "canceled"));
});

Deno.test("observeConnect() ends with a cancelled call whose stream nobody reads", async () => {
  const metrics = new ServiceMetrics("server");
  const controller = new AbortController();
  await streamOf(metrics, async function* () {}, controller.signal);
  assertEquals((await series(metrics))["active_connections /test.Echo/Count"], 1);
  controller.abort(new ConnectError("deadline", Code.DeadlineExceeded));
  assertEquals(await series(metrics), expected("/test.Echo/Count", "deadline_exceeded"));
});

Deno.test("observeConnect() takes any other reason of an abort for canceled", async () => {
  for (const reason of [undefined, "gone", new Error("socket hang up")]) {
    const metrics = new ServiceMetrics("server");
    await streamOf(metrics, async function* () {}, AbortSignal.abort(reason));
    assertEquals(await series(metrics), expected("/test.Echo/Count", "canceled"));
  }
});

/** What the interceptor makes of a streaming response. */
async function streamOf(
  metrics: ServiceMetrics,
  source: () => AsyncIterable<number>,
  signal: AbortSignal = new AbortController().signal,
): Promise<AsyncIterable<number>> {
  const answer = observeConnect(metrics, { clock: new FakeClock() })((_: {
    method: typeof count;
    signal: AbortSignal;
  }) => Promise.resolve({ stream: true, message: source() }));
  return (await answer({ method: count, signal })).message;
}

Deno.test("observeConnect() logs a line a call at debug", async () => {
  const { clock, transport } = setUp({
    say: (request) => {
      clock.advance(1.5);
      return Promise.resolve(request);
    },
  });
  const lines = await logged(async () => void await callSay(transport));
  assertEquals(
    lines.map(({ level, target, message, fields }) => ({ level, target, message, fields })),
    ["server", "client"].map((side) => ({
      level: "DEBUG",
      target: `test.${side}`,
      message: "call ended",
      fields: { method: "/test.Echo/Say", code: "ok", duration_ms: 1.5 },
    })),
  );
});

Deno.test("observeConnect() logs a failed call at info, with a stack for faults only", async () => {
  const errors = [new ConnectError("no such package", Code.NotFound), new TypeError("a bug")];
  const { transport } = setUp({ say: () => Promise.reject(errors.shift()) });
  const lines = await logged(async () => {
    await assertRejects(() => callSay(transport));
    await assertRejects(() => callSay(transport));
  }, "info");
  const [refused, , fault] = lines;
  assertEquals([refused.level, refused.message], ["INFO", "call failed"]);
  assertEquals(refused.fields.code, "not_found");
  assertEquals(refused.error, { message: "[not_found] no such package" });
  assertEquals([fault.fields.code, fault.error.name], ["internal", "TypeError"]);
  assertStringIncludes(fault.error.stack, "observe_connect_test.ts");
});

Deno.test("observeConnect() logs the fields of its logger too", async () => {
  const lines: string[] = [];
  await using _logging = setupLogging({
    level: "debug",
    format: "json",
    write: (line) => void lines.push(line),
  });
  const logger = getLogger("test").child({ region: "eu" });
  const observe = observeConnect(new ServiceMetrics("x"), { logger, clock: new FakeClock() });
  const request = { method: say, signal: new AbortController().signal };
  await observe(() => Promise.resolve({ stream: false, message: {} }))(request);
  assertEquals(JSON.parse(lines[0]!).fields, {
    region: "eu",
    method: "/test.Echo/Say",
    code: "ok",
    duration_ms: 0,
  });
});

Deno.test("observeConnect() counts what is thrown or answered at once, without a promise", async () => {
  const metrics = new ServiceMetrics("x");
  const observe = observeConnect(metrics);
  const request = { method: say, signal: new AbortController().signal };
  const answer = { stream: false, message: {} };
  assertEquals(await observe(() => answer as never)(request), answer as never);
  const broken = observe(() => {
    throw new ConnectError("gone", Code.NotFound);
  });
  await assertRejects(() => broken(request), ConnectError, "gone");
  const text = await metrics.registry.text();
  for (const code of ["ok", "not_found"]) {
    assertStringIncludes(text, `x_requests_total{method="/test.Echo/Say",code="${code}"} 1`);
  }
  assertStringIncludes(text, 'x_active_connections{method="/test.Echo/Say"} 0');
});

Deno.test("connectCode() knows each of Connect's codes", () => {
  const names = Object.keys(Code).filter((name) => Number.isNaN(Number(name)));
  assertEquals(names.length, 16);
  for (const name of names) {
    const code = connectCode(new ConnectError("m", Code[name as keyof typeof Code]));
    assertEquals(code, name.replace(/(?!^)[A-Z]/g, "_$&").toLowerCase());
  }
});

Deno.test("connectCode() reads what isn't a ConnectError", () => {
  assertEquals(connectCode(new DOMException("m", "AbortError")), "canceled");
  assertEquals(connectCode(new DOMException("m", "TimeoutError")), "canceled");
  assertEquals(connectCode(new Error("m")), "internal");
  assertEquals(connectCode("m"), "internal");
  assertEquals(connectCode(undefined), "internal");
  const unheardOf = Object.assign(new ConnectError("m"), { code: 99 });
  assertEquals(connectCode(unheardOf), "unknown");
});
