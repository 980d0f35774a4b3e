/** Calls over HTTP/1.1, byte by byte where it matters. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { Code, ConnectError } from "@connectrpc/connect";
import { Echoes, echoService } from "./_echo_testing.ts";
import { deferred, hanging } from "./_testing.ts";
import { type CallContext, peerOf, registerService, serve } from "./mod.ts";

const encoder = new TextEncoder();

/** One connection, and the answers that come on it. */
async function open(port: number) {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  let text = "";
  return {
    write: async (part: string) => void await connection.write(encoder.encode(part)),
    /** Waits for what matches next; undefined when the connection ends before. */
    async next(pattern: RegExp): Promise<RegExpExecArray | undefined> {
      const buffer = new Uint8Array(65_536);
      for (;;) {
        const found = pattern.exec(text);
        if (found !== null) {
          text = text.slice(found.index + found[0].length);
          return found;
        }
        const count = await connection.read(buffer);
        if (count === null) return undefined;
        text += new TextDecoder().decode(buffer.subarray(0, count));
      }
    },
    close: () => connection.close(),
  };
}

const post = (path: string, body: string, type = "application/json") =>
  `POST /test.Echoes/${path} HTTP/1.1\r\nhost: a\r\ncontent-type: ${type}\r\n` +
  `content-length: ${body.length}\r\n\r\n${body}`;

/** A message of the Connect protocol's streams. */
const streamed = (json: string, flags = 0) =>
  String.fromCharCode(flags, 0, 0, json.length >>> 8, json.length & 255) + json;

function echoes(methods: Record<string, unknown>) {
  const none = Object.fromEntries(["say", "read", "expand", "join", "chat"].map((name) => [
    name,
    () => {
      throw new ConnectError("not in this test", Code.Unimplemented);
    },
  ]));
  return registerService(Echoes, { ...none, ...methods } as never);
}

Deno.test("serve() answers many requests on one HTTP/1.1 connection", async () => {
  await using server = await serve({ services: [echoService()] });
  const connection = await open(server.addr.port);
  for (let count = 1; count <= 5; count++) {
    await connection.write(post("Say", `{"count":${count}}`));
    assertEquals((await connection.next(/\{"count":(\d)\}/))?.[1], String(count));
    await connection.write(post("Expand", streamed("{}"), "application/connect+json"));
    assert(await connection.next(/\r\n0\r\n\r\n/));
  }
  connection.close();
});

Deno.test("serve() answers an HTTP/1.1 request that comes in pieces, again and again", async () => {
  await using server = await serve({ services: [echoService()] });
  const one = async (count: number) => {
    const connection = await open(server.addr.port);
    const request = post("Say", `{"count":${count}}`);
    const cut = count % request.length;
    await connection.write(request.slice(0, cut));
    if (count % 3 > 0) await new Promise((resolve) => setTimeout(resolve, count % 3 - 1));
    await connection.write(request.slice(cut));
    const answer = (await connection.next(/\{"count":\d+\}/))?.[0];
    connection.close();
    return answer;
  };
  const counts = Array.from({ length: 200 }, (_, i) => i + 1);
  assertEquals(
    await Promise.all(counts.map(one)),
    counts.map((count) => `{"count":${count}}`),
  );
});

for (
  const [kind, path, type] of [
    ["call", "Say", "application/json"],
    ["stream", "Join", "application/connect+json"],
  ] as const
) {
  Deno.test(`serve() goes on with an HTTP/1.1 connection whose ${kind} it refused`, async () => {
    await using server = await serve({
      services: [echoService()],
      limits: { maxMessageBytes: 1000 },
    });
    const connection = await open(server.addr.port);
    // 0x7530 bytes: a length whose bytes are ASCII too.
    const body = `{"text":"${"a".repeat(29_989)}"}`;
    const request = post(path, kind === "call" ? body : streamed(body), type);
    // The answer comes while the body is still being sent.
    await connection.write(request.slice(0, 15_000));
    assert(await connection.next(/"resource_exhausted"/));
    await connection.write(request.slice(15_000));
    await connection.write(post("Say", `{"count":7}`));
    assert(await connection.next(/\{"count":7\}/));
    connection.close();
  });
}

Deno.test("ServerLimits.headersTimeoutMs ends who drips headers, also after a request", async () => {
  const limits = { headersTimeoutMs: 150, idleTimeoutMs: 150 };
  const server = await serve({ services: [echoService()], limits });
  try {
    const drips: readonly [string, boolean][] = [
      // The first bytes of HTTP/2 and no more.
      ["P", false],
      ["POST / HTTP/1.1\r\nhost: a\r\nx: ", true],
      [post("Say", '{"text":"a"}') + "POST / HTTP/1.1\r\nhost: a\r\nx: ", true],
    ];
    await Promise.all(drips.map(async ([begin, on]) => {
      const connection = await open(server.addr.port);
      await connection.write(begin);
      // More often than any silence that a server may count.
      const drip = setInterval(() => on && connection.write("x").catch(() => {}), 20);
      let late = false;
      const giveUp = setTimeout(() => {
        late = true;
        connection.close();
      }, 10_000);
      try {
        while (await connection.next(/x{1000}|\r\n/).catch(() => undefined) !== undefined);
      } finally {
        clearInterval(drip);
        clearTimeout(giveUp);
        if (!late) connection.close();
      }
      assertEquals(late, false, begin);
    }));
  } finally {
    await server.shutdown({ graceMs: 0 });
  }
});

Deno.test("ServerLimits.headersTimeoutMs is none of a call's that takes longer", async () => {
  const limits = { headersTimeoutMs: 20, idleTimeoutMs: 20 };
  const server = await serve({ services: [echoService()], limits });
  const connection = await open(server.addr.port);
  const body = '{"text":"a"}';
  await connection.write(post("Say", body).slice(0, -body.length));
  await new Promise((resolve) => setTimeout(resolve, 150));
  await connection.write(body);
  assert(await connection.next(/200 OK/));
  connection.close();
  await server.shutdown();
});

Deno.test("serve() cancels the call of an HTTP/1.1 caller that goes away", async () => {
  const { begun, method } = hanging();
  const cancelled = deferred<unknown>();
  await using server = await serve({
    services: [echoes({
      say: (request: unknown, context: CallContext) =>
        method(request, context).catch((error) => {
          cancelled.resolve(error);
          throw error;
        }),
    })],
  });
  const connection = await open(server.addr.port);
  await connection.write(post("Say", "{}"));
  await begun;
  connection.close();
  assertEquals((await cancelled.promise as ConnectError).code, Code.Canceled);
});

Deno.test("serve() tells a handler of its HTTP/1.1 call what it tells of others", async () => {
  await using server = await serve({
    services: [echoes({
      say(_request: unknown, context: CallContext) {
        context.responseHeader.set("x-url", context.url);
        context.responseTrailer.set("x-peer", peerOf(context.values)!.address);
        return { text: `${context.protocolName} ${context.requestHeader.get("host")}` };
      },
    })],
  });
  const connection = await open(server.addr.port);
  await connection.write(post("Say", "{}"));
  const [answer] = (await connection.next(/^[^]*"connect a"/))!;
  assertStringIncludes(answer, "x-url: http://a/test.Echoes/Say");
  assertStringIncludes(answer, "trailer-x-peer: 127.0.0.1");
  connection.close();
});
