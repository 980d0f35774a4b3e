import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { Code, ConnectError } from "@connectrpc/connect";
import { DeploymentService } from "@oprc/proto/deployment";
import { deferred, packageHandler, packageServer, post } from "./_testing.ts";
import { createServiceClient, PackageClient, packageService, type Protocol, serve } from "./mod.ts";

const protocols: Protocol[] = ["grpc", "grpc-web", "connect"];
const createPackage = (request: { package?: { name: string } }) =>
  Promise.resolve({ packageId: `id of ${request.package?.name}` });

/** Sends bytes over TCP and answers what comes back until the server closes. */
async function send(port: number, ...parts: (string | Uint8Array)[]): Promise<string> {
  const connection = await Deno.connect({ port });
  const decoder = new TextDecoder();
  let answer = "";
  try {
    for (const part of parts) {
      await connection.write(typeof part === "string" ? new TextEncoder().encode(part) : part);
      // So that each part arrives by itself.
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await connection.closeWrite();
    for await (const chunk of connection.readable) answer += decoder.decode(chunk);
  } catch {
    // A connection that the server resets is an answer too.
  } finally {
    try {
      connection.close();
    } catch { /* closed with its stream */ }
  }
  return answer;
}

for (const protocol of protocols) {
  Deno.test(`serve() answers ${protocol} over HTTP/2`, async () => {
    const { server, endpoint } = await packageServer({ createPackage });
    const client = PackageClient.connect(endpoint, { protocol });
    assertEquals(await client.createPackage({ name: "records" }), "id of records");
    await client.close();
    await server.shutdown();
  });

  Deno.test(`serve() answers an unknown service unimplemented in ${protocol}`, async () => {
    const { server, endpoint } = await packageServer();
    const client = createServiceClient(DeploymentService, endpoint, { protocol });
    const error = await assertRejects(() => client.call.deploy({}), ConnectError);
    assertEquals(error.code, Code.Unimplemented);
    assertEquals(error.rawMessage, "no service answers /oaas.deployment.DeploymentService/Deploy");
    await client.close();
    await server.shutdown();
  });

  Deno.test(`serve() refuses a message over the default limit in ${protocol}`, async () => {
    const { server, endpoint } = await packageServer({ createPackage });
    const client = PackageClient.connect(endpoint, { protocol });
    const name = "a".repeat(5 * 1024 * 1024);
    const error = await assertRejects(() => client.createPackage({ name }), ConnectError);
    assertEquals(error.code, Code.ResourceExhausted);
    assertStringIncludes(error.rawMessage, "4194304");
    // The connection is as good as before.
    assertEquals(await client.createPackage({ name: "b" }), "id of b");
    await client.close();
    await server.shutdown();
  });
}

Deno.test("serve() answers Connect over HTTP/1.1 on the same port", async () => {
  const { server, endpoint } = await packageServer({ createPackage });
  const client = Deno.createHttpClient({ http2: false });
  const response = await post(endpoint, { client });
  assertEquals(response.status, 200);
  assertEquals(await response.json(), { packageId: "id of records" });
  client.close();
  await server.shutdown();
});

Deno.test("serve() refuses a message over the limit over HTTP/1.1", async () => {
  const { server, endpoint } = await packageServer({ createPackage }, {
    limits: { maxMessageBytes: 1000 },
  });
  const client = Deno.createHttpClient({ http2: false });
  const body = JSON.stringify({ package: { name: "a".repeat(3_000_000) } });
  const response = await post(endpoint, { client, body });
  assertEquals(response.status, 429);
  const { code, message } = await response.json();
  assertEquals(code, "resource_exhausted");
  assertStringIncludes(message, "1000");
  assertEquals((await (await post(endpoint, { client })).json()).packageId, "id of records");
  await server.shutdown({ graceMs: 100_000_000 });
  client.close();
});

Deno.test("serve() answers HTTP/1.1 whose first bytes come one at a time", async () => {
  const { server } = await packageServer({ createPackage });
  const body = `{"package":{"name":"slow"}}`;
  const head = `OST /oaas.package.PackageService/CreatePackage HTTP/1.1\r\nhost: test\r\n` +
    `content-type: application/json\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n`;
  assertStringIncludes(await send(server.addr.port, "P", head, body), `"id of slow"`);
  await server.shutdown();
});

Deno.test("serve() answers an unknown path 404 with Connect's JSON", async () => {
  const { server, endpoint } = await packageServer();
  const response = await fetch(`${endpoint}/nowhere`);
  assertEquals(response.status, 404);
  assertEquals(await response.json(), {
    code: "unimplemented",
    message: "no service answers /nowhere",
  });
  await server.shutdown();
});

Deno.test("serve() hides what a handler threw and tells onError", async () => {
  const thrown = ["a string with a secret", new Error("password of db-7"), undefined];
  for (const what of thrown) {
    const told: { error: unknown; path: string; code: Code }[] = [];
    const { server, endpoint } = await packageServer({
      getPackage: () => Promise.reject(what),
    }, {
      onError: (error, { path, answer }) => told.push({ error, path, code: answer.code }),
    });
    const client = PackageClient.connect(endpoint);
    const error = await assertRejects(() => client.getPackage("a"), ConnectError);
    assertEquals(error.code, Code.Internal);
    assertEquals(error.rawMessage, "internal error");
    assertEquals(told.length, 1);
    assertEquals(told[0]!.path, "/oaas.package.PackageService/GetPackage");
    assertEquals(told[0]!.code, Code.Internal);
    if (what !== undefined) assertEquals(told[0]!.error, what);
    await client.close();
    await server.shutdown();
  }
});

Deno.test("serve() tells onError of an answer that can't be encoded", async () => {
  for (const protocol of protocols) {
    const { server, endpoint, errors } = await packageServer({
      listPackages: () => Promise.resolve({ totalCount: -1 }),
    });
    const client = PackageClient.connect(endpoint, { protocol });
    const error = await assertRejects(() => client.listPackages(), ConnectError);
    assertEquals([error.code, error.rawMessage], [Code.Internal, "internal error"]);
    assertStringIncludes(String(errors), "total_count");
    await client.close();
    await server.shutdown();
  }
});

Deno.test("serve() doesn't tell onError of errors that are the caller's", async () => {
  const { server, endpoint, errors } = await packageServer({
    deletePackage: () => {
      throw new ConnectError("other packages need it", Code.FailedPrecondition);
    },
  });
  const client = PackageClient.connect(endpoint);
  const error = await assertRejects(() => client.deletePackage("a"), ConnectError);
  assertEquals([error.code, error.rawMessage], [
    Code.FailedPrecondition,
    "other packages need it",
  ]);
  assertEquals(errors, []);
  await client.close();
  await server.shutdown();
});

Deno.test("serve() keeps another server's headers out of an error that is passed on", async () => {
  const { server, endpoint } = await packageServer({
    deletePackage: () => {
      const headers = { "content-type": "text/html", "grpc-encoding": "gzip", "x-trace": "1" };
      throw new ConnectError("upstream", Code.Aborted, headers);
    },
  });
  const response = await fetch(`${endpoint}/oaas.package.PackageService/DeletePackage`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: "{}",
  });
  assertEquals(response.headers.get("content-type"), "application/json");
  assertEquals(response.headers.get("x-trace"), "1");
  assertEquals((await response.json()).code, "aborted");
  await server.shutdown();
});

Deno.test("serve() runs interceptors in order, and they see mapped errors", async () => {
  const seen: unknown[] = [];
  const { server, endpoint } = await packageServer({
    getPackage: () => Promise.reject(Object.assign(new Error("x"), { name: "AbortError" })),
  }, {
    interceptors: [1, 2].map((place) => (next) => async (request) => {
      seen.push(place);
      try {
        return await next(request);
      } catch (error) {
        seen.push(error instanceof ConnectError && Code[error.code]);
        throw error;
      }
    }),
  });
  const client = PackageClient.connect(endpoint);
  await assertRejects(() => client.getPackage("a"), ConnectError);
  assertEquals(seen, [1, 2, "Canceled", "Canceled"]);
  await client.close();
  await server.shutdown();
});

Deno.test("serve() gives a handler its deadline, headers and cancellation", async () => {
  const known = deferred<{ left: number | undefined; header: string | null }>();
  const ended = deferred<unknown>();
  const { server, endpoint } = await packageServer({
    getPackage: (_request, { signal, timeoutMs, requestHeader }) => {
      known.resolve({ left: timeoutMs(), header: requestHeader.get("x-tenant") });
      return new Promise((_, reject) =>
        signal.addEventListener("abort", () => {
          ended.resolve(undefined);
          reject(signal.reason);
        })
      );
    },
  });
  const client = PackageClient.connect(endpoint, { headers: { "x-tenant": "blue" } });
  const abort = new AbortController();
  const call = client.getPackage("a", { signal: abort.signal, timeoutMs: 60_000 });
  const { left, header } = await known.promise;
  assert(left !== undefined && left > 0 && left <= 60_000, `${left}`);
  assertEquals(header, "blue");
  abort.abort();
  await assertRejects(() => call, ConnectError);
  await ended.promise;
  await client.close();
  await server.shutdown();
});

Deno.test("serve() names an address that is taken", async () => {
  const { server } = await packageServer();
  const { port } = server.addr;
  const error = await assertRejects(() => packageServer({}, { port }), Error);
  assertEquals(error.message, `Cannot listen on 127.0.0.1:${port}: the port is in use`);
  await server.shutdown();
});

Deno.test("serve() refuses options that can't be used", async () => {
  const service = packageService(packageHandler());
  await assertRejects(() => serve({ services: [] }), TypeError, "no services");
  await assertRejects(() => serve({ services: [service, service] }), TypeError, "twice");
  await assertRejects(() => serve({ services: [service], port: 70_000 }), RangeError, "70000");
  await assertRejects(
    () => serve({ services: [service], limits: { maxMessageBytes: 0 } }),
    RangeError,
    "maxMessageBytes",
  );
});

Deno.test("serve() outlives garbage on its port", async () => {
  const { server, endpoint, errors } = await packageServer({ createPackage });
  const { port } = server.addr;
  const preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
  const noise = crypto.getRandomValues(new Uint8Array(4096));
  const path = "/oaas.package.PackageService/CreatePackage";
  await Promise.all([
    send(port),
    send(port, "P"),
    send(port, "PRI"),
    send(port, noise),
    send(port, preface, noise),
    send(port, preface.slice(0, 20), "garbage"),
    send(port, new Uint8Array([0x16, 0x03, 0x01, 0x02, 0x00, 0x01])),
    send(port, "GET / HTTP/1.0\r\n\r\n"),
    send(port, `POST ${path} HTTP/1.0\r\ncontent-type: application/json\r\n\r\n`),
    send(port, `POST ${path} HTTP/1.1\r\nhost: a b:c\r\ncontent-length: 2\r\n\r\n{}`),
    send(port, "GET http://[ HTTP/1.1\r\nhost: x\r\n\r\n"),
    send(port, `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nshort`),
  ]);
  assertEquals(await (await post(endpoint)).json(), { packageId: "id of records" });
  assertEquals(errors, []);
  await server.shutdown();
});

Deno.test("serve() answers 400 to a request without an authority", async () => {
  const { server } = await packageServer({ createPackage });
  const path = "/oaas.package.PackageService/CreatePackage";
  const request = `POST ${path} HTTP/1.0\r\ncontent-type: application/json\r\n\r\n`;
  assertMatch(await send(server.addr.port, request), /^HTTP\/1\.[01] 400 /);
  await server.shutdown();
});

Deno.test("serve() doesn't start with a signal that has aborted", async () => {
  const signal = AbortSignal.abort(new Error("stopped before the start"));
  await assertRejects(() => packageServer({}, { signal }), Error, "stopped before the start");
});
