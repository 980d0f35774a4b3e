/** Requests that no client library would send, to Connect's own adapter and to `serve`. */
import { assertEquals, assertMatch } from "@std/assert";
import { connect, createServer, type OutgoingHttpHeaders } from "node:http2";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { compressionBrotli, compressionGzip, connectNodeAdapter } from "@connectrpc/connect-node";
import { addServices, routerOptions } from "./_router.ts";
import { echoService } from "./_echo_testing.ts";
import { serve } from "./mod.ts";

const encoder = new TextEncoder();
const bytes = (...parts: (number[] | string | Uint8Array)[]) =>
  parts.reduce<Uint8Array>((all, part) => {
    const next = typeof part === "string" ? encoder.encode(part) : Uint8Array.from(part);
    return Uint8Array.from([...all, ...next]);
  }, new Uint8Array(0));
/** An envelope around a message. */
const env = (message: Uint8Array | string, flags = 0, length = message.length) =>
  bytes([flags, length >>> 24, length >>> 16 & 255, length >>> 8 & 255, length & 255], message);

/** `Echo { text: "hi" }`. */
const hi = bytes([0x0a, 2], "hi");
const json = `{"text":"hi"}`;
const zipped = gzipSync(hi);

interface Raw {
  readonly headers: OutgoingHttpHeaders;
  readonly body?: Uint8Array;
}

const post = (contentType: string, body: Uint8Array | string, more: OutgoingHttpHeaders = {}) => ({
  headers: { ":method": "POST", "content-type": contentType, ...more },
  body: bytes(body),
});
const get = (query: string, path = "Read", more: OutgoingHttpHeaders = {}) => ({
  headers: { ":method": "GET", ":path": `/test.Echoes/${path}?${query}`, ...more },
});

function enveloped(type: string): Record<string, Raw> {
  return {
    [`${type} well formed`]: post(type, env(hi)),
    [`${type} with charset`]: post(`${type}+json; charset=utf-8`, env(json)),
    [`${type} in capitals`]: post(type.toUpperCase(), env(hi)),
    [`${type} empty body`]: post(type, ""),
    [`${type} empty message`]: post(type, env("")),
    [`${type} three bytes`]: post(type, bytes([0, 0, 0])),
    [`${type} cut short`]: post(type, env(hi, 0, 100)),
    [`${type} two messages`]: post(type, bytes(env(hi), env(hi))),
    [`${type} one message and a half`]: post(type, bytes(env(hi), [0, 0])),
    [`${type} huge length`]: post(type, env(hi, 0, 0xffff_fff0)),
    [`${type} compressed without saying how`]: post(type, env(zipped, 1)),
    [`${type} compressed`]: post(type, env(zipped, 1), { "grpc-encoding": "gzip" }),
    [`${type} broken gzip`]: post(type, env("no gzip", 1), { "grpc-encoding": "gzip" }),
    [`${type} empty gzip`]: post(type, env("", 1), { "grpc-encoding": "gzip" }),
    [`${type} unknown compression`]: post(type, env(hi), { "grpc-encoding": "lz77" }),
    [`${type} accepts unknown`]: post(type, env(hi), { "grpc-accept-encoding": "lz77, gzip" }),
    [`${type} broken message`]: post(type, env(bytes([0x0a, 200, 1]))),
    [`${type} broken json`]: post(`${type}+json`, env("{")),
    [`${type} json array`]: post(`${type}+json`, env("[]")),
    [`${type} wrong timeout`]: post(type, env(hi), { "grpc-timeout": "soon" }),
    [`${type} negative timeout`]: post(type, env(hi), { "grpc-timeout": "-1S" }),
    [`${type} other flags`]: post(type, env(hi, 4)),
    [`${type} other suffix`]: post(`${type}+thrift`, env(hi)),
    [`${type} with PUT`]: { ...post(type, env(hi), { ":method": "PUT" }) },
    [`${type} wrong timeout in a stream`]: post(type, env(hi), {
      ":path": "/test.Echoes/Expand",
      "grpc-timeout": "soon",
    }),
    [`${type} cut short in a stream`]: post(type, env(hi, 0, 100), {
      ":path": "/test.Echoes/Expand",
    }),
  };
}

const requests: Record<string, Raw> = {
  ...enveloped("application/grpc"),
  ...enveloped("application/grpc-web"),
  "grpc-web trailers in a request": post("application/grpc-web", env("a: b\r\n", 0x80)),
  "grpc-web-text": post("application/grpc-web-text", "AAAAAAA="),
  "connect well formed": post("application/proto", hi),
  "connect empty body": post("application/proto", ""),
  "connect json": post("application/json", json),
  "connect json with charset": post("application/json; charset=utf-8", json),
  "connect empty json": post("application/json", ""),
  "connect json with unknown fields": post("application/json", `{"text":"hi","no":1}`),
  "connect broken json": post("application/json", "{"),
  "connect json of another type": post("application/json", `{"text":5}`),
  "connect broken message": post("application/proto", bytes([0x0a, 200, 1])),
  "connect compressed": post("application/proto", zipped, { "content-encoding": "gzip" }),
  "connect broken gzip": post("application/proto", "no gzip", { "content-encoding": "gzip" }),
  "connect unknown compression": post("application/json", json, { "content-encoding": "lz77" }),
  "connect wrong timeout": post("application/json", json, { "connect-timeout-ms": "1.5" }),
  "connect passed timeout": post("application/json", `{"text":"wait"}`, {
    "connect-timeout-ms": "0",
  }),
  "connect too large": post("application/json", `{"text":"${"a".repeat(5000)}"}`),
  "connect too large, and says so": post("application/json", `{"text":"${"a".repeat(5000)}"}`, {
    "content-length": "5011",
  }),
  "connect stream for a unary method": post("application/connect+json", env(json)),
  "connect unary for a stream": post("application/json", json, {
    ":path": "/test.Echoes/Expand",
  }),
  "another content type": post("text/plain", "hi"),
  "no content type": { headers: { ":method": "POST" }, body: hi },
  "no content type, unknown method": { headers: { ":method": "BREW" }, body: hi },
  "get of a method with side effects": get("encoding=json&message=%7B%7D", "Say"),
  "get": get("encoding=json&message=%7B%22text%22%3A%22context%22%7D"),
  "get with a content type": get("encoding=json&message=%7B%7D", "Read", {
    "content-type": "application/json",
  }),
  "get base64": get("encoding=proto&base64=1&message=CgJoaQ"),
  "get broken base64": get("encoding=proto&base64=1&message=%2A%2A"),
  "get without a message": get("encoding=json"),
  "get without an encoding": get("message=%7B%7D"),
  "get of another encoding": get("encoding=xml&message=%7B%7D"),
  "get with unknown compression": get("encoding=json&message=%7B%7D&compression=lz77"),
  "head": { headers: { ":method": "HEAD" } },
};

interface RawAnswer {
  status: unknown;
  type: unknown;
  body: string;
  grpc: unknown;
}

/** A body as text; of gRPC-Web's trailers without their length, since we escape less in them. */
function shown(body: Uint8Array, contentType: string): string {
  const text = new TextDecoder().decode(body);
  if (!contentType.startsWith("application/grpc-web")) return text;
  return text.replace(/[^]{5}(?=grpc-)/, "").replace(
    /grpc-message: ([^\r]*)/,
    (_all, message) => `grpc-message: ${decodeURIComponent(message)}`,
  );
}

/** Sends one request and answers what came of it, with headers and trailers as one. */
function send(origin: string, { headers, body }: Raw): Promise<RawAnswer> {
  const session = connect(origin);
  return new Promise((resolve, reject) => {
    const stream = session.request({ ":path": "/test.Echoes/Say", te: "trailers", ...headers });
    let head: Record<string, unknown> = {};
    const chunks: Uint8Array[] = [];
    stream.on("response", (given) => head = { ...given });
    stream.on("trailers", (given) => Object.assign(head, given));
    stream.on("data", (chunk: Uint8Array) => chunks.push(chunk));
    stream.on("error", reject);
    stream.on("close", () => {
      session.close();
      const message = head["grpc-message"];
      resolve({
        status: head[":status"],
        type: head["content-type"],
        body: shown(bytes(...chunks), String(head["content-type"])),
        grpc: message === undefined ? head["grpc-status"] : [
          head["grpc-status"],
          decodeURIComponent(String(message)),
        ],
      });
    });
    stream.end(body);
  });
}

const shared = { services: [echoService()], maxMessageBytes: 2000 };

for (const [name, request] of Object.entries(requests)) {
  Deno.test(`serve() answers as Connect's adapter does: ${name}`, async () => {
    const adapter = createServer(connectNodeAdapter({
      routes: (router) => void addServices(router, shared.services),
      ...routerOptions({ ...shared, acceptCompression: [compressionGzip, compressionBrotli] }),
    }));
    await new Promise<void>((resolve) => adapter.listen(0, "127.0.0.1", resolve));
    const server = await serve({
      services: shared.services,
      limits: { maxMessageBytes: shared.maxMessageBytes },
    });
    const theirs = await send(
      `http://127.0.0.1:${(adapter.address() as AddressInfo).port}`,
      request,
    );
    const ours = await send(`http://127.0.0.1:${server.addr.port}`, request);
    await new Promise((resolve) => adapter.close(resolve));
    await server.shutdown();
    assertEquals(unexplained(ours), theirs);
  });
}

/** Where Connect's adapter answers a mere status, `serve` says why. */
function unexplained(answer: RawAnswer): RawAnswer {
  if (answer.status !== 405 && answer.status !== 415 || answer.body === "") return answer;
  assertMatch(answer.body as string, / (is called with|takes the content) /);
  assertEquals(answer.type, "text/plain; charset=utf-8");
  return { ...answer, type: undefined, body: "" };
}
