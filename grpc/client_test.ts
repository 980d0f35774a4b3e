import { assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { Code, ConnectError, type Interceptor } from "@connectrpc/connect";
import { HealthService } from "@oprc/proto/health";
import { hanging, packageServer } from "./_testing.ts";
import {
  createServiceClient,
  PackageClient,
  type Protocol,
  registerService,
  serve,
} from "./mod.ts";

const protocols: Protocol[] = ["grpc", "grpc-web", "connect"];
const createPackage = () => Promise.resolve({ packageId: "id" });

for (const protocol of protocols) {
  Deno.test(`PackageClient over ${protocol} names a server lost under a call Unavailable`, async () => {
    for (const graceMs of [0, 10]) {
      const { begun, method } = hanging();
      const { server, endpoint } = await packageServer({ getPackage: method });
      const client = PackageClient.connect(endpoint, { protocol, timeoutMs: 0 });
      const call = assertRejects(() => client.getPackage("a"), ConnectError);
      await begun;
      await server.shutdown({ graceMs });
      const error = await call;
      assertEquals(error.code, Code.Unavailable);
      assertEquals(
        error.rawMessage,
        `Cannot reach ${endpoint}: the connection was lost during the call`,
      );
      await client.close();
    }
  });

  Deno.test(`PackageClient over ${protocol} names a server killed under a call Unavailable`, async () => {
    const { child, endpoint } = await spawnServer();
    const client = PackageClient.connect(endpoint, { protocol, timeoutMs: 0 });
    assertEquals(await client.createPackage({ name: "a" }), "id");
    const call = assertRejects(() => client.getPackage("a"), ConnectError);
    await client.createPackage({ name: "after the call has arrived" });
    child.kill("SIGKILL");
    assertEquals((await call).code, Code.Unavailable);
    await child.status;
    await client.close();
  });

  Deno.test(`PackageClient over ${protocol} works again when its server does`, async () => {
    const first = await packageServer({ createPackage });
    const client = PackageClient.connect(first.endpoint, { protocol });
    assertEquals(await client.createPackage({ name: "a" }), "id");
    await first.server.shutdown();
    const error = await assertRejects(() => client.createPackage({ name: "a" }), ConnectError);
    assertEquals(error.code, Code.Unavailable);
    const again = await packageServer({ createPackage }, { port: first.server.addr.port });
    assertEquals(await client.createPackage({ name: "a" }), "id");
    await client.close();
    await again.server.shutdown();
  });

  Deno.test(`PackageClient over ${protocol} ends a call at its deadline`, async () => {
    const { server, endpoint } = await packageServer({ getPackage: hanging().method });
    const client = PackageClient.connect(endpoint, { protocol, timeoutMs: 50 });
    const error = await assertRejects(() => client.getPackage("a"), ConnectError);
    assertEquals(error.code, Code.DeadlineExceeded);
    await client.close();
    await server.shutdown();
  });

  Deno.test(`PackageClient over ${protocol} ends a call with Canceled when its signal aborts`, async () => {
    for (const reason of [undefined, new Error("own reason"), "text"]) {
      const { begun, method } = hanging();
      const { server, endpoint } = await packageServer({ getPackage: method });
      const client = PackageClient.connect(endpoint, { protocol });
      const abort = new AbortController();
      const { signal } = abort;
      const call = assertRejects(() => client.getPackage("a", { signal }), ConnectError);
      await begun;
      abort.abort(reason);
      assertEquals((await call).code, Code.Canceled);
      await client.close();
      await server.shutdown();
    }
  });

  Deno.test(`PackageClient over ${protocol} reads large answers whole`, async () => {
    const { server, endpoint } = await packageServer({
      createPackage: ({ package: pkg }) => Promise.resolve({ packageId: pkg!.name }),
    });
    const client = PackageClient.connect(endpoint, { protocol });
    for (const length of [1, 60_000, 70_000, 3_000_000]) {
      const ids = await Promise.all(
        [1, 2, 3].map(() => client.createPackage({ name: "a".repeat(length) })),
      );
      assertEquals(ids.map((id) => id.length), [length, length, length]);
    }
    await client.close();
    await server.shutdown();
  });

  Deno.test(`createServiceClient() over ${protocol} streams, and names a lost server`, async () => {
    const server = await serve({
      services: [registerService(HealthService, {
        check: () => Promise.resolve({ status: 1 }),
        async *watch(_request, { signal }) {
          yield { status: 1 };
          yield { status: 2 };
          await new Promise((resolve) => signal.addEventListener("abort", resolve));
        },
      })],
    });
    const endpoint = `http://127.0.0.1:${server.addr.port}`;
    const client = createServiceClient(HealthService, endpoint, { protocol });
    assertEquals((await client.call.check({})).status, 1);
    const states = client.call.watch({}, { timeoutMs: 0 })[Symbol.asyncIterator]();
    assertEquals((await states.next()).value.status, 1);
    assertEquals((await states.next()).value.status, 2);
    const next = assertRejects(() => states.next(), ConnectError);
    await server.shutdown({ graceMs: 0 });
    assertEquals((await next).code, Code.Unavailable);
    await client.close();
  });
}

Deno.test("PackageClient.close() ends calls in flight, and is safe to repeat", async () => {
  const { begun, method } = hanging();
  const { server, endpoint } = await packageServer({ getPackage: method });
  const client = PackageClient.connect(endpoint);
  const call = assertRejects(() => client.getPackage("a"), ConnectError);
  await begun;
  await client.close();
  assertEquals([(await call).code, (await call).rawMessage], [
    Code.Canceled,
    "the client is closed",
  ]);
  await client.close();
  await client[Symbol.asyncDispose]();
  const error = await assertRejects(() => client.getPackage("a"), ConnectError);
  assertEquals(error.code, Code.Canceled);
  assertEquals(
    error.rawMessage,
    `Cannot call GetPackage on ${endpoint}: the client is closed`,
  );
  await server.shutdown();
});

Deno.test("PackageClient.connect() opens its connection with the first call, and one for all", async () => {
  const { server, endpoint } = await packageServer({ createPackage });
  let connections = 0;
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const pipes: Promise<unknown>[] = [];
  const accepting = (async () => {
    for await (const near of listener) {
      connections++;
      const far = await Deno.connect({ port: Number(new URL(endpoint).port) });
      pipes.push(near.readable.pipeTo(far.writable).catch(() => {}));
      pipes.push(far.readable.pipeTo(near.writable).catch(() => {}));
    }
  })();
  const client = PackageClient.connect(`http://127.0.0.1:${listener.addr.port}`);
  await new Promise((resolve) => setTimeout(resolve, 20));
  assertEquals(connections, 0);
  await Promise.all(["a", "b", "c"].map((name) => client.createPackage({ name })));
  assertEquals(connections, 1);
  await client.close();
  listener.close();
  await accepting.catch(() => {});
  await server.shutdown({ graceMs: 0 });
  await Promise.all(pipes);
});

Deno.test("PackageClient.close() ends a connection that never opened", async () => {
  await PackageClient.connect("http://127.0.0.1:1").close();
  // Takes connections and never says a word.
  const mute = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accepted = mute.accept();
  const client = PackageClient.connect(`http://127.0.0.1:${mute.addr.port}`, { timeoutMs: 100 });
  const error = await assertRejects(() => client.getPackage("a"), ConnectError);
  assertEquals(error.code, Code.DeadlineExceeded);
  await client.close();
  (await accepted).close();
  mute.close();
});

Deno.test("PackageClient.connect() names an endpoint it can't use", () => {
  const wrong: [string, string][] = [
    ["", "http://host:port"],
    ["ftp://host:1", `"ftp"`],
    ["http://host:99999", `"http://host:99999"`],
    ["http://host:1/path", "no path"],
    ["http://user:secret@host:1", `"http://host:1"`],
    ["http:// host", `"http:// host"`],
  ];
  for (const [endpoint, part] of wrong) {
    const error = assertThrows(() => PackageClient.connect(endpoint), TypeError);
    assertStringIncludes(error.message, "Cannot connect to");
    assertStringIncludes(error.message, part);
    assertEquals(error.message.includes("secret"), false);
  }
});

Deno.test("PackageClient.connect() refuses options that can't be used", () => {
  const http = "http://127.0.0.1:1";
  assertThrows(
    () => PackageClient.connect(http, { protocol: "rest" as Protocol }),
    TypeError,
    `protocol "rest"`,
  );
  assertThrows(() => PackageClient.connect(http, { tls: {} }), TypeError, "https://");
  assertThrows(
    () => PackageClient.connect("https://127.0.0.1:1", { tls: { cert: "a" } }),
    TypeError,
    "come together",
  );
  for (const timeoutMs of [-1, NaN, 1.5, Infinity]) {
    assertThrows(() => PackageClient.connect(http, { timeoutMs }), RangeError, `${timeoutMs}`);
  }
});

Deno.test("PackageClient.connect() takes host:port as http", async () => {
  const { server } = await packageServer({ createPackage });
  const client = PackageClient.connect(`127.0.0.1:${server.addr.port}`);
  assertEquals(await client.createPackage({ name: "a" }), "id");
  await client.close();
  await server.shutdown();
});

Deno.test("PackageClient sends the client's headers, and a call's over them", async () => {
  const seen: (string | null)[] = [];
  const { server, endpoint } = await packageServer({
    createPackage: (_request, { requestHeader }) => {
      seen.push(requestHeader.get("x-tenant"), requestHeader.get("x-user"));
      return Promise.resolve({});
    },
  });
  const client = PackageClient.connect(endpoint, { headers: { "x-tenant": "a", "x-user": "u" } });
  await client.createPackage({ name: "a" });
  await client.createPackage({ name: "a" }, { headers: { "X-Tenant": "b" } });
  assertEquals(seen, ["a", "u", "b", "u"]);
  await client.close();
  await server.shutdown();
});

for (const protocol of protocols) {
  Deno.test(`PackageClient over ${protocol} gives interceptors answers that a spread copies`, async () => {
    const seen: unknown[] = [];
    const copy: Interceptor = (next) => async (request) => {
      const response = await next({ ...request });
      const { header, trailer } = { ...response };
      seen.push(header.get("x-out"), trailer.get("x-cost"));
      seen.push(response.header === header, response.trailer === trailer);
      return { ...response };
    };
    const { server, endpoint } = await packageServer({
      createPackage(_, { responseHeader, responseTrailer }) {
        responseHeader.set("x-out", "given");
        responseTrailer.set("x-cost", "1");
        return createPackage();
      },
    });
    const client = PackageClient.connect(endpoint, { protocol, interceptors: [copy] });
    assertEquals(await client.createPackage({ name: "a" }), "id");
    assertEquals(seen, ["given", "1", true, true]);
    await client.close();
    await server.shutdown();
  });
}

Deno.test("PackageClient gives its interceptors the names of lost connections", async () => {
  const codes: string[] = [];
  const note: Interceptor = (next) => (request) =>
    next(request).catch((error) => {
      codes.push(Code[error.code]!);
      throw error;
    });
  const client = PackageClient.connect("http://127.0.0.1:1", { interceptors: [note] });
  const error = await assertRejects(() => client.getPackage("a"), ConnectError);
  assertEquals(error.rawMessage, "Cannot reach http://127.0.0.1:1: the connection was refused");
  assertEquals(codes, ["Unavailable"]);
  await client.close();
});

/** A server in a process of its own, whose GetPackage never answers. */
async function spawnServer(): Promise<{ child: Deno.ChildProcess; endpoint: string }> {
  const program = `
    import { packageServer, hanging } from "${new URL("./_testing.ts", import.meta.url)}";
    const { server } = await packageServer({
      createPackage: () => Promise.resolve({ packageId: "id" }),
      getPackage: hanging().method,
    });
    console.log(server.addr.port);
  `;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["eval", program],
    cwd: new URL("../", import.meta.url),
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const reader = child.stdout.getReader();
  const { value } = await reader.read();
  const port = new TextDecoder().decode(value).trim();
  await reader.cancel();
  return { child, endpoint: `http://127.0.0.1:${port}` };
}
