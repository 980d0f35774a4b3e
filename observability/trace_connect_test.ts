import { context, propagation, trace } from "@opentelemetry/api";
import { create, type Message } from "@bufbuild/protobuf";
import {
  Code,
  ConnectError,
  createContextValues,
  createRouterTransport,
  type HandlerContext,
  type Transport,
} from "@connectrpc/connect";
import { assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { getLogger } from "./logger.ts";
import { setupLogging } from "./logging.ts";
import { observeConnect } from "./observe_connect.ts";
import { ServiceMetrics } from "./service_metrics.ts";
import { Echo } from "./testdata/echo_service.ts";
import { spansOf } from "./testdata/with_tracing.ts";
import { traceConnect } from "./trace_connect.ts";

type NumberMessage = Message & { value: number };
const number = (value: number) =>
  create(Echo.method.say!.output, { value } as never) as NumberMessage;

interface Handlers {
  say?: (request: NumberMessage, context: HandlerContext) => Promise<NumberMessage>;
  count?: (request: NumberMessage, context: HandlerContext) => AsyncIterable<NumberMessage>;
}

const SERVER = 2;
const CLIENT = 3;
const FOREIGN = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331" };
const traceparent = `00-${FOREIGN.traceId}-${FOREIGN.spanId}-01`;

function connect(handlers: Handlers, sides: { server?: boolean; client?: boolean }): Transport {
  return createRouterTransport((router) => void router.service(Echo, handlers as never), {
    router: { interceptors: sides.server ? [traceConnect("server")] : [] },
    transport: { interceptors: sides.client ? [traceConnect("client")] : [] },
  });
}

async function say(transport: Transport, headers: HeadersInit = {}): Promise<void> {
  const input = number(1) as never;
  const values = createContextValues();
  await transport.unary(Echo.method.say as never, undefined, undefined, headers, input, values);
}

async function count(transport: Transport, signal?: AbortSignal) {
  async function* input() {
    yield number(3);
  }
  const values = createContextValues();
  const method = Echo.method.count as never;
  const answer = await transport.stream(
    method,
    signal,
    undefined,
    undefined,
    input() as never,
    values,
  );
  return answer.message as unknown as AsyncIterable<NumberMessage>;
}

const activeId = () => trace.getActiveSpan()?.spanContext().spanId;

Deno.test("traceConnect() goes on with the trace and the baggage that a call's headers name", async () => {
  let inside: string | undefined;
  let tenant: string | undefined;
  const transport = connect({
    async say(request) {
      await Promise.resolve();
      inside = activeId();
      tenant = propagation.getBaggage(context.active())?.getEntry("tenant")?.value;
      return request;
    },
  }, { server: true });
  const spans = await spansOf(() => say(transport, { traceparent, baggage: "tenant=a" }));
  assertEquals(spans.length, 1);
  const [span] = spans;
  assertEquals([span.traceId, span.parentSpanId], [FOREIGN.traceId, FOREIGN.spanId]);
  assertEquals([span.name, span.kind], ["test.Echo/Say", SERVER]);
  assertEquals(span.attributes["rpc.method"], "test.Echo/Say");
  assertEquals(span.attributes["rpc.response.status_code"], "OK");
  assertEquals([inside, tenant], [span.spanId, "a"]);
});

Deno.test("traceConnect() of a client sends its span's id to the server", async () => {
  let sent: string | null = null;
  const transport = connect({
    say(request, { requestHeader }) {
      sent = requestHeader.get("traceparent");
      return Promise.resolve(request);
    },
  }, { client: true, server: true });
  const [server, client] = await spansOf(() => say(transport));
  assertEquals([server.kind, client.kind], [SERVER, CLIENT]);
  assertEquals([server.traceId, server.parentSpanId], [client.traceId, client.spanId]);
  assertEquals(sent, `00-${client.traceId}-${client.spanId}-01`);
});

Deno.test("traceConnect() passes on a trace that isn't sampled, to lines and further calls", async () => {
  const lines: string[] = [];
  await using _logging = setupLogging({ format: "json", write: (line) => lines.push(line) });
  let sent: string | null = null;
  const further = connect({
    say(request, { requestHeader }) {
      sent = requestHeader.get("traceparent");
      return Promise.resolve(request);
    },
  }, { client: true });
  const transport = connect({
    async say(request) {
      await say(further);
      getLogger("t").info("said");
      if (request.value === 1) throw new ConnectError("no such number", Code.NotFound);
      return request;
    },
  }, { server: true });
  const unsampled = traceparent.replace(/01$/, "00");
  const spans = await spansOf(async () => {
    const error = await assertRejects(
      () => say(transport, { traceparent: unsampled }),
      ConnectError,
    );
    assertEquals(error.code, Code.NotFound);
  });
  assertEquals(spans, []);
  assertMatch(sent!, new RegExp(`^00-${FOREIGN.traceId}-(?!${FOREIGN.spanId})[0-9a-f]{16}-00$`));
  assertEquals(JSON.parse(lines[0]!).trace_id, FOREIGN.traceId);
});

Deno.test("traceConnect() keeps a stream's context at each message, and ends its span once", async () => {
  const inside: unknown[] = [];
  const transport = connect({
    async *count() {
      for (let i = 0; i < 3; i++) {
        await new Promise((resolve) => setTimeout(resolve, 1));
        inside.push(activeId());
        yield number(i);
      }
    },
  }, { server: true });
  let between: unknown;
  const spans = await spansOf(async () => {
    for await (const _ of await count(transport)) between = activeId();
  });
  assertEquals(spans.length, 1);
  assertEquals(inside, Array(3).fill(spans[0].spanId));
  assertEquals(between, undefined);
  assertEquals(spans[0].attributes["rpc.response.status_code"], "OK");
});

Deno.test("traceConnect() ends the span of a stream that its reader leaves", async () => {
  async function* message() {
    for (let i = 0;; i++) yield i;
  }
  const { signal } = new AbortController();
  const request = {
    method: { name: "Count", parent: { typeName: "test.Echo" } },
    header: new Headers(),
    signal,
  };
  const spans = await spansOf(async () => {
    const call = traceConnect("server")(() =>
      Promise.resolve({ stream: true, message: message() })
    );
    const response = await call(request);
    for await (const _ of response.message) break;
  });
  assertEquals(spans.map(({ attributes }) => attributes["rpc.response.status_code"]), [
    "CANCELED",
  ]);
});

Deno.test("traceConnect() ends the span of a stream that is cancelled unread", async () => {
  const transport = connect({
    async *count(_, { signal }) {
      yield number(1);
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
    },
  }, { client: true, server: true });
  const spans = await spansOf(async () => {
    const controller = new AbortController();
    await count(transport, controller.signal);
    controller.abort();
  });
  assertEquals(spans.map(({ kind }) => kind).sort(), [SERVER, CLIENT]);
  for (const span of spans) {
    assertEquals(span.attributes["rpc.response.status_code"], "CANCELED");
  }
});

for (
  const [error, code, atServer] of [
    [new ConnectError("no such package", Code.NotFound), "NOT_FOUND", undefined],
    [new ConnectError("no leader", Code.Unavailable), "UNAVAILABLE", 2],
    [new TypeError("oops"), "INTERNAL", 2],
  ] as const
) {
  Deno.test(`traceConnect() marks a call that ended with ${code}, as each side sees it`, async () => {
    const transport = connect({ say: () => Promise.reject(error) }, { client: true, server: true });
    const [server, client] = await spansOf(async () => {
      await assertRejects(() => say(transport), ConnectError);
    });
    for (const span of [server, client]) {
      assertEquals(span.attributes["rpc.response.status_code"], code);
    }
    assertEquals([server.status.code, client.status.code], [atServer, 2]);
    assertEquals(server.events?.[0].attributes["exception.message"], atServer && error.message);
  });
}

Deno.test("traceConnect() gives its ids to the lines that observeConnect logs", async () => {
  const lines: string[] = [];
  const logging = setupLogging({ level: "debug", write: (line) => lines.push(line) });
  const observe = observeConnect(new ServiceMetrics("s"), { logger: getLogger("rpc") });
  const transport = createRouterTransport(
    (router) =>
      void router.service(
        Echo,
        { say: (request: NumberMessage) => Promise.resolve(request) } as never,
      ),
    { router: { interceptors: [traceConnect("server"), observe] } },
  );
  const [span] = await spansOf(() => say(transport));
  await logging.shutdown();
  const line = JSON.parse(lines.find((line) => line.includes("call ended"))!);
  assertEquals([line.trace_id, line.span_id], [span.traceId, span.spanId]);
});

Deno.test("traceConnect() gives its ids to the line and exemplar of a call given up elsewhere", async () => {
  const lines: string[] = [];
  const logging = setupLogging({ write: (line) => lines.push(line) });
  const metrics = new ServiceMetrics("s");
  const observe = observeConnect(metrics, { logger: getLogger("rpc") });
  const interceptor = traceConnect("server");
  const controller = new AbortController();
  const endless = { next: () => new Promise<never>(() => {}) };
  const message = { [Symbol.asyncIterator]: () => endless };
  const next = () => Promise.resolve({ stream: true, message });
  const [span] = await spansOf(async () => {
    const { signal } = controller;
    await interceptor(observe(next))({ method: Echo.method.count!, header: new Headers(), signal });
    controller.abort();
  });
  await logging.shutdown();
  const line = JSON.parse(lines.find((line) => line.includes("call failed"))!);
  assertEquals([line.fields.code, line.trace_id], ["canceled", span.traceId]);
  assertStringIncludes(
    await metrics.registry.text({ format: "openmetrics" }),
    `# {trace_id="${span.traceId}",span_id="${span.spanId}"}`,
  );
});

Deno.test("traceConnect() changes nothing where tracing isn't set up", async () => {
  let header: string | null = "";
  const transport = connect({
    say(request, { requestHeader }) {
      header = requestHeader.get("traceparent");
      return Promise.resolve(request);
    },
  }, { client: true, server: true });
  await say(transport);
  assertEquals(header, null);
});

Deno.test("traceConnect() names the system by the protocol of each call of a method", async () => {
  const next = () => Promise.resolve({ stream: false, message: {} });
  const spans = await spansOf(async () => {
    const trace = traceConnect("server")(next);
    for (const type of ["application/grpc+proto", "application/json", "application/grpc"]) {
      const header = new Headers({ "content-type": type });
      await trace({ method: Echo.method.say!, header, signal: new AbortController().signal });
    }
  });
  const systems = spans.map(({ attributes }) => attributes["rpc.system.name"]);
  assertEquals(systems, ["grpc", "connectrpc", "grpc"]);
});
