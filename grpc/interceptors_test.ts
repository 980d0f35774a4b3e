/** The interceptors for servers: auth, deadline, rate and concurrency limits. */
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Code, ConnectError, createClient, type Transport } from "@connectrpc/connect";
import { type Echo, Echoes, echoService } from "./_echo_testing.ts";
import { deferred, hanging, packageServer } from "./_testing.ts";
import {
  auth,
  type AuthOptions,
  type CallContext,
  concurrencyLimit,
  type ConcurrencyLimitOptions,
  createServiceClient,
  deadline,
  HealthClient,
  identityOf,
  inProcess,
  PackageClient,
  peerOf,
  rateLimit,
  type RateLimitOptions,
  serve,
  withinCall,
} from "./mod.ts";

const codeOf = (call: Promise<unknown>) =>
  call.then(() => "ok", (error) => error instanceof ConnectError ? Code[error.code] : error);
const stored = { createPackage: () => Promise.resolve({ packageId: "id" }) };

/** A server with `auth`, and the answer to two calls with some headers. */
async function authServer(policy: AuthOptions["policy"]) {
  const seen: unknown[] = [];
  const { server, endpoint, errors } = await packageServer({
    createPackage: (_request, { values }) => {
      seen.push(identityOf(values)?.name);
      return Promise.resolve({});
    },
    deletePackage: () => Promise.resolve({}),
  }, {
    interceptors: [auth({
      authenticate: ({ bearer }) => {
        if (bearer === "broken") throw new Error("the directory is gone");
        return bearer?.startsWith("user-") ? { name: bearer.slice(5) } : undefined;
      },
      policy,
    })],
  });
  const call = async (authorization?: string) => {
    const headers: HeadersInit = authorization === undefined ? {} : { authorization };
    const client = PackageClient.connect(endpoint, { headers });
    const health = HealthClient.connect(endpoint, { headers });
    const codes = [
      await codeOf(client.createPackage({ name: "a" })),
      await codeOf(client.deletePackage("a")),
      await codeOf(health.check()),
    ];
    await client.close();
    await health.close();
    return codes.join(" ");
  };
  return { call, seen, errors, stop: () => server.shutdown() };
}

Deno.test("auth() takes known callers only, and lets health checks pass", async () => {
  const { call, seen, stop } = await authServer(undefined);
  assertEquals(await call(), "Unauthenticated Unauthenticated ok");
  assertEquals(await call("Bearer nobody"), "Unauthenticated Unauthenticated ok");
  assertEquals(await call("Basic user-ann"), "Unauthenticated Unauthenticated ok");
  assertEquals(await call("Bearer user-ann two"), "Unauthenticated Unauthenticated ok");
  assertEquals(await call("Bearer user-ann"), "ok ok ok");
  assertEquals(await call("bearer  user-ben"), "ok ok ok");
  assertEquals(seen, ["ann", "ben"]);
  await stop();
});

Deno.test("auth() holds callers against the closest rule", async () => {
  const { call, stop } = await authServer({
    "*": "authenticated",
    "oaas.package.PackageService/*": ({ name }) => name === "ann",
    "oaas.package.PackageService/CreatePackage": "public",
    "grpc.health.v1.Health/Check": "authenticated",
  });
  assertEquals(await call(), "ok Unauthenticated Unauthenticated");
  assertEquals(await call("Bearer user-ben"), "ok PermissionDenied ok");
  assertEquals(await call("Bearer user-ann"), "ok ok ok");
  await stop();
});

Deno.test("auth() lets nobody pass by a rule that answers no boolean", async () => {
  const { call, stop } = await authServer({ "*": (() => "yes") as never });
  assertEquals(await call("Bearer user-ann"), "PermissionDenied PermissionDenied ok");
  await stop();
});

Deno.test("auth() gives nothing away of an error in authenticate", async () => {
  const { call, errors, stop } = await authServer(undefined);
  assertEquals(await call("Bearer broken"), "Internal Internal ok");
  assertEquals(errors.map(String), Array(2).fill("Error: the directory is gone"));
  await stop();
});

Deno.test("auth() refuses a policy that can't be meant", () => {
  const authenticate = () => undefined;
  for (
    const policy of [{ "PackageService.Get": "public" }, { "/a.B/C": "public" }, { "*": "all" }]
  ) {
    assertThrows(
      () => auth({ authenticate, policy: policy as unknown as AuthOptions["policy"] }),
      TypeError,
      "Cannot use the rule for",
    );
  }
});

Deno.test("peerOf() tells where a call comes from", async () => {
  let peer: ReturnType<typeof peerOf>;
  const { server, endpoint } = await packageServer({
    createPackage: (_request, { values }) => {
      peer = peerOf(values);
      return Promise.resolve({});
    },
  });
  const client = PackageClient.connect(endpoint);
  await client.createPackage({ name: "a" });
  assertEquals(peer?.address, "127.0.0.1");
  assert(peer!.port > 0);
  assertEquals(peer?.certificate, undefined);
  await client.close();
  await server.shutdown();
});

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

Deno.test("rateLimit() lets a burst through, then so many a second", async () => {
  let now = 0;
  const { server, endpoint } = await packageServer(stored, {
    interceptors: [rateLimit({
      perSecond: 2,
      burst: 3,
      key: ({ header }) => header.get("x-tenant") ?? "",
      now: () => now,
    })],
  });
  const client = PackageClient.connect(endpoint);
  const call = (tenant: string) =>
    client.createPackage({ name: "a" }, { headers: { "x-tenant": tenant } });
  const letThrough = async (tenant: string, times: number) => {
    let passed = 0;
    for (let i = 0; i < times; i++) if (await codeOf(call(tenant)) === "ok") passed++;
    return passed;
  };
  assertEquals(await letThrough("a", 6), 3);
  assertEquals(await letThrough("b", 6), 3);
  const error = await assertRejects(() => call("a"), ConnectError);
  assertEquals(error.code, Code.ResourceExhausted);
  assertEquals(error.metadata.get("grpc-retry-pushback-ms"), "500");
  assertEquals(error.metadata.get("retry-after"), "1");
  now += 1000;
  assertEquals(await letThrough("a", 6), 2);
  now += 1_000_000;
  assertEquals(await letThrough("a", 6), 3);
  const health = HealthClient.connect(endpoint);
  assertEquals(await health.check(), "serving");
  await health.close();
  await client.close();
  await server.shutdown();
});

Deno.test("rateLimit() forgets the keys that were quiet for longest", async () => {
  const transport: Transport = inProcess([echoService()], {
    interceptors: [rateLimit({
      perSecond: 0.001,
      burst: 1,
      maxKeys: 2,
      key: ({ header }) => header.get("x-key")!,
    })],
  });
  const client = createClient(Echoes, transport) as unknown as Record<
    string,
    (request: unknown, options: unknown) => Promise<unknown>
  >;
  const call = (key: string) => codeOf(client.say!({}, { headers: { "x-key": key } }));
  assertEquals([await call("a"), await call("b"), await call("a")], [
    "ok",
    "ok",
    "ResourceExhausted",
  ]);
  assertEquals(await call("c"), "ok");
  assertEquals([await call("a"), await call("b")], ["ResourceExhausted", "ok"]);
});

Deno.test("concurrencyLimit() sheds what is over it, and lets waiting calls in by turn", async () => {
  const begun: string[] = [];
  const releases = new Map<string, () => void>();
  const { server, endpoint } = await packageServer({
    async createPackage({ package: pkg }) {
      begun.push(pkg!.name);
      await new Promise<void>((resolve) => releases.set(pkg!.name, resolve));
      return {};
    },
  }, { interceptors: [concurrencyLimit({ maxConcurrent: 1, maxWaiting: 2 })] });
  const client = PackageClient.connect(endpoint);
  const abort = new AbortController();
  const call = (name: string, signal?: AbortSignal) =>
    codeOf(client.createPackage({ name }, { signal }));
  const until = async (done: () => boolean) => {
    while (!done()) await new Promise((resolve) => setTimeout(resolve, 1));
  };
  const first = call("1");
  await until(() => begun.length === 1);
  const second = call("2", abort.signal);
  const third = call("3");
  // Two wait; those after them are refused at once.
  await new Promise((resolve) => setTimeout(resolve, 30));
  assertEquals([await call("4"), await call("5")], ["Unavailable", "Unavailable"]);
  abort.abort();
  assertEquals(await second, "Canceled");
  const health = HealthClient.connect(endpoint);
  assertEquals(await health.check(), "serving");
  await health.close();
  releases.get("1")!();
  assertEquals(await first, "ok");
  await until(() => begun.length === 2);
  assertEquals(begun, ["1", "3"]);
  releases.get("3")!();
  assertEquals(await third, "ok");
  const last = call("6");
  await until(() => begun.length === 3);
  releases.get("6")!();
  assertEquals(await last, "ok");
  await client.close();
  await server.shutdown();
});

Deno.test("concurrencyLimit() counts a stream until it ends", async () => {
  const server = await serve({
    services: [echoService()],
    interceptors: [concurrencyLimit({ maxConcurrent: 1 })],
  });
  const client = createServiceClient(Echoes, `http://127.0.0.1:${server.addr.port}`);
  const calls = client.call as unknown as Record<string, (r: unknown) => unknown>;
  const stream = calls.expand!({ text: "wait", count: 1 }) as AsyncIterable<Echo>;
  const iterator = stream[Symbol.asyncIterator]();
  assertEquals((await iterator.next()).done, false);
  const say = () => codeOf(calls.say!({}) as Promise<unknown>);
  assertEquals(await say(), "Unavailable");
  iterator.return?.();
  while (await say() !== "ok") await new Promise((resolve) => setTimeout(resolve, 5));
  await client.close();
  await server.shutdown();
});

Deno.test("rateLimit() and concurrencyLimit() refuse options that can't be used", () => {
  const rates: RateLimitOptions[] = [
    { perSecond: 0 },
    { perSecond: NaN },
    { perSecond: 1, burst: 0 },
    { perSecond: 1, maxKeys: 0 },
  ];
  for (const options of rates) assertThrows(() => rateLimit(options), RangeError, "Cannot limit");
  const limits: ConcurrencyLimitOptions[] = [
    { maxConcurrent: 0 },
    { maxConcurrent: 1, maxWaiting: -1 },
  ];
  for (const options of limits) {
    assertThrows(() => concurrencyLimit(options), RangeError, "Cannot limit");
  }
});
