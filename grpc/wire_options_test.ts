import { assert, assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { Code, ConnectError } from "@connectrpc/connect";
import { Echoes, echoService } from "./_echo_testing.ts";
import { type ClientOptions, createServiceClient, type Protocol, serve } from "./mod.ts";
import { createServiceClient as createWebClient } from "./web/mod.ts";

interface Echo {
  readonly text: string;
  readonly count: number;
}
interface EchoCalls {
  say(request: Partial<Echo>): Promise<Echo>;
  read(request: Partial<Echo>): Promise<Echo>;
  expand(request: Partial<Echo>): AsyncIterable<Echo>;
}

/** What one request looked like to the server. */
interface Seen {
  readonly method: string;
  readonly header: Headers;
}

async function withEchoes(
  options: ClientOptions,
  test: (call: EchoCalls, seen: Seen[]) => Promise<void>,
): Promise<void> {
  const seen: Seen[] = [];
  const server = await serve({
    services: [echoService()],
    interceptors: [(next) => async (request) => {
      seen.push({ method: request.requestMethod, header: request.header });
      return await next(request);
    }],
    onError: () => {},
    limits: { maxMessageBytes: 16 * 1024 * 1024 },
  });
  const endpoint = `http://127.0.0.1:${server.addr.port}`;
  await using client = createServiceClient(Echoes, endpoint, options);
  await test(client.call as unknown as EchoCalls, seen);
  await server.shutdown();
}

async function textsOf(messages: AsyncIterable<Echo>): Promise<string[]> {
  const texts: string[] = [];
  for await (const { text } of messages) texts.push(text);
  return texts;
}

const protocols: Protocol[] = ["grpc", "grpc-web", "connect"];
const wires: ClientOptions[] = [
  ...protocols.flatMap((protocol) => [
    { protocol, codec: "json" as const },
    { protocol, compression: "gzip" as const },
    { protocol, compression: "br" as const, codec: "json" as const },
  ]),
  { protocol: "connect", httpVersion: "1.1" },
  { protocol: "grpc-web", httpVersion: "1.1", compression: "gzip" },
];

for (const options of wires) {
  Deno.test(`createServiceClient() calls with ${JSON.stringify(options)}`, async () => {
    await withEchoes(options, async (call, seen) => {
      const long = "a".repeat(5000);
      assertEquals((await call.say({ text: long, count: 3 })).text, long);
      assertEquals(await textsOf(call.expand({ text: "ok", count: 2 })), ["part", "part", "ok"]);
      const error = await assertRejects(
        () => call.say({ text: `fail:${Code.NotFound}` }),
        ConnectError,
      );
      assertEquals([error.code, error.details.length], [Code.NotFound, 1]);
      const { header } = seen[0]!;
      const type = header.get("content-type")!;
      assertEquals(/json/.test(type), options.codec === "json", type);
      const encoding = header.get("grpc-encoding") ?? header.get("content-encoding") ?? undefined;
      assertEquals(encoding, options.compression);
    });
  });
}

for (const protocol of protocols) {
  Deno.test(`createServiceClient() over ${protocol} refuses messages above maxMessageBytes`, async () => {
    await withEchoes({ protocol, maxMessageBytes: 1000 }, async (call) => {
      assertEquals((await call.say({ text: "large:990" })).text.length, 990);
      // Compressed they are well below it: what counts is what they come to.
      const large = { text: "large:1000" };
      const error = await assertRejects(() => call.say(large), ConnectError);
      assertEquals(error.code, Code.ResourceExhausted);
      const streamed = await assertRejects(
        () => textsOf(call.expand({ text: "large", count: 1 })),
        ConnectError,
      );
      assertEquals(streamed.code, Code.ResourceExhausted);
      assertEquals((await call.say({ text: "still there" })).text, "still there");
    });
  });

  Deno.test(`createServiceClient() over ${protocol} takes 4 MiB unless told otherwise`, async () => {
    await withEchoes({ protocol }, async (call) => {
      const bytes = 4 * 1024 * 1024;
      assertEquals((await call.say({ text: `large:${bytes - 10}` })).text.length, bytes - 10);
      const error = await assertRejects(() => call.say({ text: `large:${bytes}` }), ConnectError);
      assertEquals(error.code, Code.ResourceExhausted);
    });
  });
}

Deno.test("createServiceClient() compresses from compressMinBytes on, where it is asked to", async () => {
  const request = { text: "a".repeat(500) };
  for (const [compressMinBytes, encoding] of [[10, "gzip"], [1000, null]] as const) {
    // Connect says for each request whether it is compressed.
    const options = { protocol: "connect", compression: "gzip", compressMinBytes } as const;
    await withEchoes(options, async (call, seen) => {
      assertEquals((await call.say(request)).text, request.text);
      assertEquals(seen[0]!.header.get("content-encoding"), encoding);
    });
    await withEchoes({ ...options, protocol: "grpc" }, async (call) => {
      assertEquals((await call.say(request)).text, request.text);
    });
  }
});

Deno.test("createServiceClient() calls with GET what has no side effects, where it is asked to", async () => {
  await withEchoes({ protocol: "connect", useHttpGet: true }, async (call, seen) => {
    assertEquals((await call.read({ text: "again" })).text, "again");
    assertEquals((await call.say({ text: "once" })).text, "once");
    assertEquals(seen.map(({ method }) => method), ["GET", "POST"]);
  });
});

Deno.test("createServiceClient() of /web calls with JSON and GET, and refuses messages too large", async () => {
  const server = await serve({ services: [echoService()] });
  const endpoint = `http://127.0.0.1:${server.addr.port}`;
  const types: string[] = [];
  await using client = createWebClient(Echoes, endpoint, {
    codec: "json",
    useHttpGet: true,
    maxMessageBytes: 1000,
    fetch: async (input, init) => {
      const response = await fetch(input, init);
      types.push(`${init?.method} ${response.headers.get("content-type")}`);
      return response;
    },
  });
  const call = client.call as unknown as EchoCalls;
  assertEquals((await call.read({ text: "again" })).text, "again");
  const error = await assertRejects(() => call.say({ text: "large:1000" }), ConnectError);
  assertEquals(error.code, Code.ResourceExhausted);
  assertEquals(types, ["GET application/json", "POST application/json"]);
  await server.shutdown();
});

for (const protocol of ["connect", "grpc-web"] as Protocol[]) {
  Deno.test(`createServiceClient() over ${protocol} speaks HTTP/1.1 where it is asked to`, async () => {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const answering = (async () => {
      const connection = await listener.accept();
      const bytes = new Uint8Array(1024);
      const read = await connection.read(bytes);
      await connection.write(
        new TextEncoder().encode("HTTP/1.1 429 Slow down\r\ncontent-length: 0\r\n\r\n"),
      );
      connection.close();
      return new TextDecoder().decode(bytes.subarray(0, read ?? 0));
    })();
    const { port } = listener.addr as Deno.NetAddr;
    await using client = createServiceClient(Echoes, `http://127.0.0.1:${port}`, {
      protocol,
      httpVersion: "1.1",
    });
    const call = client.call as unknown as EchoCalls;
    const error = await assertRejects(() => call.say({ text: "a" }), ConnectError);
    assertEquals(error.code, Code.Unavailable);
    assertMatch(await answering, /^POST \/test\.Echoes\/Say HTTP\/1\.1\r\n/);
    listener.close();
  });
}

Deno.test("createServiceClient() refuses options that say nothing or contradict one another", () => {
  const cases: [object, string][] = [
    [{ codec: "xml" }, 'codec "xml": it is proto or json'],
    [{ compression: "zstd" }, 'compression "zstd": it is gzip or br'],
    [{ useHttpGet: true }, 'useHttpGet with protocol "grpc"'],
    [{ httpVersion: "1.1" }, "native gRPC needs HTTP/2"],
    [{ httpVersion: "3" }, 'httpVersion "3": it is 1.1 or 2'],
    [{ httpVersion: "1.1", protocol: "connect", keepAlive: { intervalMs: 1 } }, "keepAlive"],
    [{ compressMinBytes: 1 }, "compressMinBytes without compression"],
    [{ compression: "gzip", compressMinBytes: 0.5 }, "compressMinBytes 0.5: it is a whole number"],
    [{ maxMessageBytes: 0 }, "maxMessageBytes 0: it is a whole number from 1 to 4294967295"],
    [{ maxMessageBytes: 2 ** 32 }, "maxMessageBytes 4294967296"],
  ];
  for (const [options, why] of cases) {
    const error = assertThrows(() => createServiceClient(Echoes, "http://127.0.0.1:1", options));
    assert(error instanceof TypeError || error instanceof RangeError);
    assert(error.message.includes(why), error.message);
  }
});
