import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Code, ConnectError } from "@connectrpc/connect";
import { type Echo, Echoes, echoService } from "./_echo_testing.ts";
import { codeOf, deferred, hanging, packageServer } from "./_testing.ts";
import {
  type CallContext,
  createServiceClient,
  deadline,
  PackageClient,
  serve,
  withinCall,
} from "./mod.ts";

Deno.test("deadline() answers in time for a handler that doesn't look at its signal", async () => {
  const release = deferred();
  const { server, endpoint } = await packageServer({
    getPackage: () => release.promise.then(() => ({})),
  }, { interceptors: [deadline({ maxMs: 30 })] });
  for (const timeoutMs of [0, 60_000]) {
    const client = PackageClient.connect(endpoint, { timeoutMs });
    const error = await assertRejects(() => client.getPackage("a"), ConnectError);
    assertEquals(error.rawMessage, "the call took longer than its deadline");
    assertEquals(error.code, Code.DeadlineExceeded);
    await client.close();
  }
  release.resolve();
  await server.shutdown();
});

Deno.test("deadline() ends handlers by its own limits", async () => {
  const reasons: unknown[] = [];
  const { server, endpoint } = await packageServer({
    getPackage: async (request, context) => {
      await hanging().method(request, context).catch((reason) => reasons.push(reason.code));
      return {};
    },
  }, { interceptors: [deadline({ defaultMs: 20 })] });
  const client = PackageClient.connect(endpoint, { timeoutMs: 0 });
  assertEquals(await codeOf(client.getPackage("a")), "DeadlineExceeded");
  assertEquals(reasons, [Code.DeadlineExceeded]);
  await client.close();
  await server.shutdown();
});

Deno.test("deadline() ends handlers also where another interceptor passes a copy on", async () => {
  const reason = deferred<unknown>();
  const { server, endpoint } = await packageServer({
    getPackage: (request, context) =>
      hanging().method(request, context).catch(reason.resolve).then(() => ({})),
  }, { interceptors: [deadline({ maxMs: 20 }), (next) => (request) => next({ ...request })] });
  const client = PackageClient.connect(endpoint, { timeoutMs: 0 });
  assertEquals(await codeOf(client.getPackage("a")), "DeadlineExceeded");
  assertEquals((await reason.promise as ConnectError).code, Code.DeadlineExceeded);
  await client.close();
  await server.shutdown();
});

Deno.test("deadline() ends a handler whose caller goes away", async () => {
  const { begun, method } = hanging();
  const ended = deferred<unknown>();
  const { server, endpoint } = await packageServer({
    getPackage: (request, context) =>
      method(request, context).catch(ended.resolve).then(() => ({})),
  }, { interceptors: [deadline({ maxMs: 60_000 })] });
  const client = PackageClient.connect(endpoint, { timeoutMs: 0 });
  const abort = new AbortController();
  const call = client.getPackage("a", { signal: abort.signal });
  await begun;
  abort.abort();
  assertEquals(await codeOf(call), "Canceled");
  assertEquals(((await ended.promise) as ConnectError).code, Code.Canceled);
  await client.close();
  await server.shutdown();
});

Deno.test("deadline() begins no call whose time is over", async () => {
  let begun = 0;
  const { server, endpoint } = await packageServer({
    getPackage: () => {
      begun++;
      return Promise.resolve({});
    },
  }, { interceptors: [deadline()] });
  const call = (headers: Record<string, string>) =>
    fetch(`${endpoint}/oaas.package.PackageService/GetPackage`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: "{}",
    });
  const late = await call({ "connect-timeout-ms": "0" });
  assertEquals([late.status, (await late.json()).code], [504, "deadline_exceeded"]);
  assertEquals(begun, 0);
  assertEquals(await (await call({})).json(), {});
  assertEquals(await (await call({ "connect-timeout-ms": "60000" })).json(), {});
  assertEquals(begun, 2);
  await server.shutdown();
});

Deno.test("deadline() ends streams", async () => {
  const server = await serve({
    services: [echoService()],
    interceptors: [deadline({ maxMs: 30 })],
  });
  const client = createServiceClient(Echoes, `http://127.0.0.1:${server.addr.port}`);
  const read: number[] = [];
  const expand = (client.call as unknown as Record<string, (r: unknown) => AsyncIterable<Echo>>)
    .expand!;
  const error = await assertRejects(async () => {
    for await (const { count } of expand({ text: "hang", count: 2 })) read.push(count);
  }, ConnectError);
  assertEquals([error.code, read], [Code.DeadlineExceeded, [0, 1]]);
  await client.close();
  await server.shutdown();
});

Deno.test("deadline() refuses options that can't be used", () => {
  for (const options of [{ maxMs: 0 }, { defaultMs: -1 }, { maxMs: NaN }]) {
    assertThrows(() => deadline(options), RangeError, "Cannot use");
  }
});

Deno.test("withinCall() passes on what is left of a call", () => {
  const { signal } = new AbortController();
  const context = (left?: number) => ({ signal, timeoutMs: () => left }) as unknown as CallContext;
  assertEquals(withinCall(context(250.7)), { signal, timeoutMs: 250 });
  assertEquals(withinCall(context(-5)), { signal, timeoutMs: 1 });
  assertEquals(withinCall(context()), { signal });
});
