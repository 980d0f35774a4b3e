/** Servers that break the protocol, and what callers are told of it. */
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { createServer, type ServerHttp2Stream } from "node:http2";
import type { AddressInfo } from "node:net";
import { Code, ConnectError } from "@connectrpc/connect";
import { PackageClient, type Protocol } from "../mod.ts";
import { Echoes } from "../_echoes_testing.ts";
import { createServiceClient, PackageClient as WebPackageClient } from "../web/mod.ts";

/** The error of a call to a server that answers as it is told. */
async function errorFrom(
  answer: (stream: ServerHttp2Stream) => void,
  protocol: Protocol = "grpc",
): Promise<ConnectError> {
  const server = createServer();
  server.on("stream", (stream: ServerHttp2Stream) => {
    stream.on("error", () => {});
    stream.on("data", () => {});
    stream.on("end", () => answer(stream));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = PackageClient.connect(endpoint, { protocol });
  const error = await assertRejects(() => client.getPackage("a"), ConnectError);
  await client.close();
  await new Promise((resolve) => server.close(resolve));
  return error;
}

const head = (contentType: string) => ({ ":status": 200, "content-type": contentType });

Deno.test("PackageClient names an answer without a status Internal, not lost", async () => {
  const error = await errorFrom((stream) => {
    stream.respond(head("application/grpc"));
    stream.end(new Uint8Array(5));
  });
  assertEquals(error.code, Code.Internal);
  assertEquals(error.rawMessage, "the server answered HTTP 200 without a gRPC status");
});

Deno.test("PackageClient tells the content type of an answer that is not gRPC", async () => {
  const error = await errorFrom((stream) => {
    stream.respond(head("text/html"));
    stream.end("<p>hello</p>");
  });
  assertEquals(error.code, Code.Unknown);
  assertStringIncludes(error.rawMessage, 'content type "text/html" without a gRPC status');
});

Deno.test("PackageClient does not believe a status that a body follows", async () => {
  const error = await errorFrom((stream) => {
    stream.respond({ ...head("application/grpc"), "grpc-status": "9" });
    stream.end(new Uint8Array(5));
  });
  assertEquals(error.code, Code.Internal);
});

for (const protocol of ["grpc-web", "connect"] as Protocol[]) {
  Deno.test(`PackageClient over ${protocol} does not blame its caller for a broken answer`, async () => {
    const type = protocol === "connect" ? "application/proto" : "application/grpc-web+proto";
    const error = await errorFrom((stream) => {
      stream.respond(head(type));
      stream.end(Uint8Array.of(0, 0, 0, 0, 9, 1));
    }, protocol);
    assertEquals(error.code, Code.Internal);
  });
}

Deno.test("PackageClient over fetch does not blame its caller for a broken answer", async () => {
  const client = WebPackageClient.connect("http://example.org", {
    protocol: "grpc-web",
    fetch: () =>
      Promise.resolve(
        new Response(Uint8Array.of(0, 0, 0, 0, 9, 1), {
          headers: { "content-type": "application/grpc-web+proto" },
        }),
      ),
  });
  const error = await assertRejects(() => client.getPackage("a"), ConnectError);
  assertEquals([error.code, error.rawMessage], [
    Code.Internal,
    "protocol error: incomplete envelope",
  ]);
});

Deno.test("createServiceClient() finds the trailers of a gRPC-Web answer that has nothing else", async () => {
  const client = createServiceClient(Echoes, "http://example.org", {
    protocol: "grpc-web",
    fetch: () => {
      const type = { "content-type": "application/grpc-web+proto" };
      return Promise.resolve(
        new Response(null, { headers: { ...type, "grpc-status": "0", "x-a": "1" } }),
      );
    },
  });
  const { expand } = client.call as unknown as {
    expand(request: object, options: object): AsyncIterable<unknown>;
  };
  const trailers: (string | null)[] = [];
  const onTrailer = (trailer: Headers) => trailers.push(trailer.get("x-a"));
  for await (const _ of expand({}, { onTrailer }));
  assertEquals(trailers, ["1"]);
});
