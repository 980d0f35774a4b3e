/** Server streams over native gRPC: when messages go, and what ends them. */
import { assert, assertEquals, assertLess, assertStringIncludes } from "@std/assert";
import { type ClientHttp2Session, connect } from "node:http2";
import { Code, type ConnectError } from "@connectrpc/connect";
import { Echoes } from "./_echo_testing.ts";
import { deferred } from "./_testing.ts";
import { type CallContext, registerService, serve, type ServeOptions } from "./mod.ts";

type Expand = (request: { text: string }, context: CallContext) => AsyncIterable<unknown>;

async function streamServer(expand: Expand, options: Partial<ServeOptions> = {}) {
  const others = ["say", "read", "join", "chat"].map((name) => [name, () => ({})]);
  const handlers = { expand, ...Object.fromEntries(others) };
  const services = [registerService(Echoes, handlers as never)];
  const server = await serve({ services, ...options });
  const session = connect(`http://127.0.0.1:${server.addr.port}`);
  session.on("error", () => {});
  return {
    session,
    stop: async () => {
      session.destroy();
      await server.shutdown({ graceMs: 0 });
    },
  };
}

const EMPTY = new Uint8Array(5);

function call(session: ClientHttp2Session, body: Uint8Array = EMPTY, more = {}) {
  const stream = session.request({
    ":method": "POST",
    ":path": "/test.Echoes/Expand",
    "content-type": "application/grpc",
    te: "trailers",
    ...more,
  });
  stream.on("error", () => {});
  const head: Record<string, unknown> = {};
  let bytes = 0;
  stream.on("response", (headers) => Object.assign(head, headers));
  stream.on("trailers", (trailers) => Object.assign(head, trailers));
  const ended = new Promise<{ status: unknown; message: string; bytes: number }>((resolve) =>
    stream.on("close", () => {
      const message = decodeURIComponent(String(head["grpc-message"] ?? ""));
      resolve({ status: head["grpc-status"], message, bytes });
    })
  );
  stream.end(body);
  return { stream, head, answer: () => (stream.on("data", (d) => bytes += d.length), ended) };
}

Deno.test("serve() sends a message of a stream before its handler has the next", async () => {
  const next = deferred();
  const { session, stop } = await streamServer(async function* () {
    yield { text: "a" };
    yield { text: "b" };
    await next.promise;
    yield { text: "c" };
  });
  const { stream } = call(session);
  let bytes = 0;
  await new Promise<void>((resolve) =>
    stream.on("data", (chunk) => {
      bytes += chunk.length;
      if (bytes === 16) resolve();
    })
  );
  next.resolve();
  await new Promise((resolve) => stream.on("close", resolve));
  assertEquals(bytes, 24);
  await stop();
});

Deno.test("serve() makes no more small messages than a slow reader takes", async () => {
  let made = 0;
  const ended = deferred<unknown>();
  const aborted = deferred<unknown>();
  const { session, stop } = await streamServer(async function* (_, { signal }) {
    signal.addEventListener("abort", () => aborted.resolve(signal.reason));
    try {
      for (; made < 100_000; made++) yield { text: "a".repeat(1000) };
      ended.resolve("the end");
    } catch (error) {
      ended.resolve(error);
      throw error;
    }
  });
  const { stream } = call(session);
  await new Promise((resolve) => stream.once("response", resolve));
  let last = -1;
  while (made !== last) {
    last = made;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  // A window of 64 KiB and one batch may be made, and what the client's side buffers, of 100 MB.
  assert(made > 0);
  assertLess(made, 6000);
  stream.close(8);
  assertEquals((await ended.promise as ConnectError).code, Code.Canceled);
  assertEquals((await aborted.promise as ConnectError).code, Code.Canceled);
  await stop();
});

for (
  const [what, expand] of Object.entries({
    async *"doesn't look at its signal"(): AsyncGenerator<unknown> {
      yield { text: "a" };
      await new Promise(() => {});
    },
    async *"waits for a reader"(): AsyncGenerator<unknown> {
      for (;;) yield { text: "a" };
    },
  })
) {
  Deno.test(`serve() ends a stream at its deadline whose handler ${what}`, async () => {
    const { session, stop } = await streamServer(expand);
    const { answer, stream } = call(session, EMPTY, { "grpc-timeout": "100m" });
    if (what.includes("reader")) {
      await new Promise((resolve) => stream.once("response", resolve));
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    const { status, message, bytes } = await answer();
    assertEquals([status, message], ["4", "the operation timed out"]);
    // No message is cut.
    assertEquals(bytes % 8, 0);
    await stop();
  });
}

Deno.test("serve() ends the handler of a stream that waits when its caller goes", async () => {
  const aborted = deferred<unknown>();
  const { session, stop } = await streamServer(async function* (_, { signal }) {
    signal.addEventListener("abort", () => aborted.resolve(signal.reason));
    yield { text: "a" };
    await new Promise(() => {});
  });
  const { stream } = call(session);
  await new Promise((resolve) => stream.once("response", resolve));
  stream.close(8);
  assertEquals((await aborted.promise as ConnectError).code, Code.Canceled);
  await stop();
});

Deno.test("serve() doesn't begin a stream whose deadline has passed", async () => {
  let begun = 0;
  const { session, stop } = await streamServer(() => {
    begun++;
    return (async function* () {})();
  });
  const { status } = await call(session, EMPTY, { "grpc-timeout": "0m" }).answer();
  assertEquals([status, begun], ["4", 0]);
  await stop();
});

const envelope = (...bytes: number[]) => [0, 0, 0, 0, bytes.length, ...bytes];
for (
  const [what, body, status, message] of [
    ["no message", [], "12", "protocol error: missing input message for server-streaming method"],
    [
      "two messages",
      [...envelope(), ...envelope()],
      "12",
      "protocol error: received extra input message for server-streaming method",
    ],
    ["a message cut short", [0, 0, 0, 0, 9, 1], "3", "protocol error: incomplete envelope"],
    [
      "a message too large",
      [0, 0, 0, 1, 0],
      "8",
      "message size 256 is larger than configured readMaxBytes 100",
    ],
    [
      "a compressed message without a compression",
      [1, 0, 0, 0, 0],
      "13",
      "received compressed envelope, but do not know how to decompress",
    ],
  ] as [string, number[], string, string][]
) {
  Deno.test(`serve() refuses ${what} to a server-streaming method`, async () => {
    let begun = 0;
    const interceptors = [undefined, (next: (r: never) => Promise<never>) => next];
    for (const interceptor of interceptors) {
      const { session, stop } = await streamServer(async function* () {
        begun++;
        yield {};
      }, {
        limits: { maxMessageBytes: 100 },
        interceptors: interceptor && [interceptor as never],
        onError: () => {},
      });
      const answer = await call(session, Uint8Array.from(body)).answer();
      assertEquals([answer.status, answer.message, begun], [status, message, 0]);
      await stop();
    }
  });
}

Deno.test("serve() ends a stream whose message can't be encoded, and its handler", async () => {
  const ended = deferred();
  const told: unknown[] = [];
  const { session, stop } = await streamServer(async function* () {
    try {
      yield { text: "a" };
      yield { count: -1 };
    } finally {
      ended.resolve();
    }
  }, { onError: (error) => told.push(error) });
  const { status, bytes } = await call(session).answer();
  await ended.promise;
  assertEquals([status, bytes], ["13", 8]);
  assertStringIncludes(String(told), "count");
  await stop();
});
