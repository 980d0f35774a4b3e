/** What clients do to a server: slow, rude, gone, or all at once. */
import { assert, assertEquals, assertLess, assertRejects } from "@std/assert";
import { type ClientHttp2Session, type ClientHttp2Stream, connect } from "node:http2";
import { Echoes, echoService } from "./_echo_testing.ts";
import { deferred, hanging, packageServer } from "./_testing.ts";
import { PackageClient, registerService, serve, type ServerLimits } from "./mod.ts";

const GRPC = { ":method": "POST", "content-type": "application/grpc", te: "trailers" };
const EMPTY = new Uint8Array(5);

function envelope(text: string): Uint8Array {
  const bytes = new TextEncoder().encode(text);
  const message = Uint8Array.from([0x0a, bytes.length, ...bytes]);
  return Uint8Array.from([0, 0, 0, 0, message.length, ...message]);
}

/** A bare HTTP/2 connection to a server on a port. */
async function open(port: number): Promise<ClientHttp2Session & { ended: Promise<unknown> }> {
  const session = connect(`http://127.0.0.1:${port}`);
  session.on("error", () => {});
  const ended = new Promise((resolve) => session.on("close", resolve));
  await new Promise((resolve) => session.on("connect", resolve));
  return Object.assign(session, { ended });
}

interface Answer {
  readonly status: string | undefined;
  readonly message: string | undefined;
  readonly bytes: number;
  readonly code: number;
}

/** One call on a bare connection. */
function call(session: ClientHttp2Session, path: string, body: Uint8Array, more = {}) {
  const stream = session.request({ ...GRPC, ":path": path, ...more });
  stream.on("error", () => {});
  const answer = new Promise<Answer>((resolve) => {
    let head: Record<string, unknown> = {};
    let bytes = 0;
    stream.on("response", (headers) => head = { ...headers });
    stream.on("trailers", (trailers) => Object.assign(head, trailers));
    stream.on("data", (chunk) => bytes += chunk.length);
    stream.on("close", () =>
      resolve({
        status: head["grpc-status"] as string,
        message: head["grpc-message"] as string,
        bytes,
        code: stream.rstCode ?? 0,
      }));
  });
  stream.end(body);
  return { stream, answer };
}

async function echoServer(limits: ServerLimits = {}) {
  const server = await serve({ services: [echoService()], limits });
  return { server, session: await open(server.addr.port) };
}

/** Waits until a number stays the same. */
async function settled(read: () => number): Promise<number> {
  for (let last = -1;;) {
    const now = read();
    if (now === last) return now;
    last = now;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

Deno.test("serve() makes no more messages than a slow reader takes", async () => {
  let made = 0;
  const ended = deferred();
  const server = await serve({
    services: [registerService(Echoes, {
      async *expand() {
        try {
          while (made++ < 4000) yield { text: "a".repeat(100_000) };
        } finally {
          ended.resolve();
        }
      },
      ...Object.fromEntries(["say", "read", "join", "chat"].map((name) => [name, () => ({})])),
    } as never)],
  });
  const session = await open(server.addr.port);
  const stream = session.request({ ...GRPC, ":path": "/test.Echoes/Expand" });
  stream.on("error", () => {});
  stream.end(EMPTY);
  await new Promise((resolve) => stream.once("response", resolve));
  // 400 MB wait to be made; a window or two, and what the buffers of TCP hold, may be.
  const settledAt = await settled(() => made);
  assert(settledAt > 0);
  assertLess(settledAt, 60);
  stream.close(8);
  await ended.promise;
  assertEquals(await call(session, "/test.Echoes/Say", EMPTY).answer.then((a) => a.status), "0");
  session.close();
  await server.shutdown({ graceMs: 100_000_000 });
});

Deno.test("serve() forgets answers that their readers give up", async () => {
  const { server, session } = await echoServer();
  for (let i = 0; i < 40; i++) {
    const stream = session.request({ ...GRPC, ":path": "/test.Echoes/Say" });
    stream.on("error", () => {});
    stream.end(envelope("large:300000"));
    await new Promise((resolve) => stream.once("response", resolve));
    const closed = new Promise((resolve) => stream.once("close", resolve));
    stream.close(8);
    await closed;
  }
  // The connection's window is whole again.
  const { status, bytes } = await call(session, "/test.Echoes/Say", envelope("large:1000000"))
    .answer;
  assertEquals(status, "0");
  assert(bytes > 1_000_000);
  session.close();
  await server.shutdown({ graceMs: 100_000_000 });
});

Deno.test("serve() ends a handler whose caller resets the stream", async () => {
  const { begun, method } = hanging();
  const ended = deferred();
  const { server } = await packageServer({
    getPackage: (request, context) => method(request, context).finally(() => ended.resolve()),
  });
  const session = await open(server.addr.port);
  const { stream } = call(session, "/oaas.package.PackageService/GetPackage", EMPTY);
  await begun;
  stream.close(8);
  await ended.promise;
  session.close();
  await server.shutdown({ graceMs: 100_000_000 });
});

Deno.test("ServerLimits.maxStreamsPerConnection refuses more calls at once", async () => {
  const { server, session } = await echoServer({ maxStreamsPerConnection: 2 });
  await call(session, "/test.Echoes/Say", EMPTY).answer;
  assertEquals(session.remoteSettings.maxConcurrentStreams, 2);
  session.close();
  // A client that doesn't wait to be told.
  const rude = connect(`http://127.0.0.1:${server.addr.port}`);
  rude.on("error", () => {});
  const calls = [1, 2, 3].map(() => call(rude, "/test.Echoes/Say", envelope("wait")));
  const { code, status } = await calls[2]!.answer;
  assertEquals([code, status], [7, undefined]);
  rude.destroy();
  await server.shutdown();
});

Deno.test("ServerLimits.maxHeaderBytes refuses large headers", async () => {
  const { server, session } = await echoServer({ maxHeaderBytes: 2000 });
  const large = call(session, "/test.Echoes/Say", EMPTY, { "x-large": "a".repeat(1900) });
  const { status, message } = await large.answer;
  assertEquals(status, "8");
  // As HTTP/2 counts them: 32 more for each field.
  const fields = {
    ...GRPC,
    ":path": "/test.Echoes/Say",
    ":scheme": "http",
    ":authority": `127.0.0.1:${server.addr.port}`,
    "x-large": "a".repeat(1900),
  };
  const bytes = Object.entries(fields).reduce((sum, pair) => sum + pair.join("").length + 32, 0);
  assertEquals(
    message,
    `the request's headers are ${bytes} bytes, more than the 2000 that are taken`,
  );
  assertEquals((await call(session, "/test.Echoes/Say", EMPTY).answer).status, "0");
  session.close();
  const client = Deno.createHttpClient({ http2: false });
  const response = await fetch(`http://127.0.0.1:${server.addr.port}/test.Echoes/Say`, {
    headers: { "x-large": "a".repeat(5000) },
    client,
  });
  await response.body?.cancel();
  assertEquals(response.status, 431);
  client.close();
  await server.shutdown();
});

Deno.test("ServerLimits.maxConnections closes those above it", async () => {
  const { server, session } = await echoServer({ maxConnections: 1 });
  await call(session, "/test.Echoes/Say", EMPTY).answer;
  const second = connect(`http://127.0.0.1:${server.addr.port}`);
  second.on("error", () => {});
  await new Promise((resolve) => second.on("close", resolve));
  assertEquals((await call(session, "/test.Echoes/Say", EMPTY).answer).status, "0");
  session.close();
  await session.ended;
  await server.shutdown();
});

Deno.test("ServerLimits.idleTimeoutMs ends a connection without calls, not one with", async () => {
  const { server, session } = await echoServer({ idleTimeoutMs: 100 });
  const busy = await open(server.addr.port);
  const waiting = call(busy, "/test.Echoes/Say", envelope("wait"));
  await call(session, "/test.Echoes/Say", EMPTY).answer;
  await session.ended;
  assertEquals(busy.closed || busy.destroyed, false);
  waiting.stream.close(8);
  await busy.ended;
  await server.shutdown();
});

Deno.test("ServerLimits.maxAgeMs ends a connection after its last call", async () => {
  const { server, session } = await echoServer({ maxAgeMs: 60 });
  const goaway = new Promise((resolve) => session.on("goaway", resolve));
  const { answer, stream } = call(session, "/test.Echoes/Say", envelope("wait"));
  await goaway;
  assertEquals(stream.closed, false);
  stream.close(8);
  await answer;
  await session.ended;
  await server.shutdown();
});

Deno.test("ServerLimits are checked", async () => {
  for (
    const [limit, value] of Object.entries({ maxConnections: 0, maxAgeMs: -1, maxHeaderBytes: 5 })
  ) {
    await assertRejects(
      () => serve({ services: [echoService()], limits: { [limit]: value } }),
      RangeError,
      `Cannot use limits.${limit} ${value}: it is a whole number from`,
    );
  }
});

Deno.test("serve() outlives a rapid reset and ends its connection", async () => {
  const { server, endpoint } = await packageServer({
    createPackage: () => Promise.resolve({ packageId: "alive" }),
  });
  const session = await open(server.addr.port);
  let opened = 0;
  while (!session.destroyed && !session.closed && opened < 20_000) {
    for (let i = 0; i < 100 && !session.destroyed && !session.closed; i++) {
      const stream = session.request({
        ...GRPC,
        ":path": "/oaas.package.PackageService/GetPackage",
      });
      stream.on("error", () => {});
      stream.close(8);
      opened++;
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await session.ended;
  assertLess(opened, 20_000);
  const client = PackageClient.connect(endpoint);
  assertEquals(await client.createPackage({ name: "a" }), "alive");
  await client.close();
  await server.shutdown({ graceMs: 100_000_000 });
});

for (
  const [how, leave] of [
    ["closes", (stream: ClientHttp2Stream) => stream.close(8)],
    // Without the end of its sending side before it, as other clients than node:http2 do it.
    ["drops", (stream: ClientHttp2Stream) => stream.destroy()],
  ] as const
) {
  Deno.test(`serve() doesn't tell onError of a caller that ${how} its stream`, async () => {
    const told: unknown[] = [];
    const ended = deferred<unknown>();
    const server = await serve({
      services: [registerService(Echoes, {
        ...Object.fromEntries(["say", "read", "join", "expand"].map((name) => [name, () => ({})])),
        async *chat(requests: AsyncIterable<unknown>) {
          try {
            for await (const request of requests) yield request;
            ended.resolve("the end");
          } catch (error) {
            ended.resolve(error);
            throw error;
          }
        },
      } as never)],
      onError: (error) => told.push(error),
    });
    const session = await open(server.addr.port);
    const stream = session.request({ ...GRPC, ":path": "/test.Echoes/Chat" });
    stream.on("error", () => {});
    stream.write(envelope("hi"));
    await new Promise((resolve) => stream.once("data", resolve));
    leave(stream);
    await ended.promise;
    session.destroy();
    await server.shutdown();
    assertEquals(told, []);
  });
}
