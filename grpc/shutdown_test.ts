/** How servers end. */
import { assertEquals, assertRejects } from "@std/assert";
import { Code, ConnectError } from "@connectrpc/connect";
import { deferred, hanging, packageServer, post } from "./_testing.ts";
import { PackageClient } from "./mod.ts";

const createPackage = (request: { package?: { name: string } }) =>
  Promise.resolve({ packageId: `id of ${request.package?.name}` });

Deno.test("Server.shutdown() lets a call in flight end", async () => {
  const begun = deferred();
  const release = deferred();
  const { server, endpoint } = await packageServer({
    createPackage: async () => {
      begun.resolve();
      await release.promise;
      return { packageId: "late" };
    },
  });
  const client = PackageClient.connect(endpoint);
  const answer = client.createPackage({ name: "a" });
  await begun.promise;
  const down = server.shutdown({ graceMs: 60_000 });
  release.resolve();
  assertEquals(await answer, "late");
  await down;
  await client.close();
  await server.finished;
});

Deno.test("Server.shutdown() lets an HTTP/1.1 call in flight end", async () => {
  const begun = deferred();
  const release = deferred();
  const { server, endpoint } = await packageServer({
    createPackage: async () => {
      begun.resolve();
      await release.promise;
      return { packageId: "late" };
    },
  });
  const client = Deno.createHttpClient({ http2: false });
  const answer = post(endpoint, { client });
  await begun.promise;
  const down = server.shutdown({ graceMs: 60_000 });
  release.resolve();
  assertEquals(await (await answer).json(), { packageId: "late" });
  await down;
  client.close();
});

Deno.test("Server.shutdown() ends idle connections at once", async () => {
  const { server, endpoint } = await packageServer({ createPackage });
  const http1 = Deno.createHttpClient({ http2: false });
  await (await post(endpoint, { client: http1 })).body?.cancel();
  const http2 = PackageClient.connect(endpoint);
  await http2.createPackage({ name: "a" });
  const silent = await Deno.connect({ port: server.addr.port });
  // With this grace the test would hang if it waited for any of them.
  await server.shutdown({ graceMs: 100_000_000 });
  silent.close();
  await http2.close();
  http1.close();
});

Deno.test("Server.shutdown() cuts what is left after graceMs", async () => {
  const { begun, method } = hanging();
  const { server, endpoint } = await packageServer({ getPackage: method });
  const client = PackageClient.connect(endpoint, { timeoutMs: 0 });
  const call = assertRejects(() => client.getPackage("a"), ConnectError);
  await begun;
  await server.shutdown({ graceMs: 10 });
  assertEquals((await call).code, Code.Unavailable);
  await client.close();
});

Deno.test("Server.shutdown() is hastened by a second call, and safe to repeat", async () => {
  const { begun, method } = hanging();
  const { server, endpoint } = await packageServer({ getPackage: method });
  const client = PackageClient.connect(endpoint, { timeoutMs: 0 });
  const call = assertRejects(() => client.getPackage("a"), ConnectError);
  await begun;
  const first = server.shutdown({ graceMs: 100_000_000 });
  await server.shutdown({ graceMs: 0 });
  await first;
  await call;
  await server.shutdown();
  await server[Symbol.asyncDispose]();
  await assertRejects(() => server.shutdown({ graceMs: -1 }), RangeError, "graceMs -1");
  await client.close();
});

Deno.test("Server.finished resolves after its signal aborts", async () => {
  const abort = new AbortController();
  const { server, endpoint } = await packageServer({ createPackage }, { signal: abort.signal });
  assertEquals(await (await post(endpoint)).json(), { packageId: "id of records" });
  abort.abort();
  await server.finished;
  await assertRejects(() => post(endpoint), TypeError);
});
