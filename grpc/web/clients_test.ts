import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Code, ConnectError, type Interceptor } from "@connectrpc/connect";
import type { MessageInitShape } from "@bufbuild/protobuf";
import { Echoes, echoService } from "../_echo_testing.ts";
import { deferred, hanging, packageHandler, packageServer } from "../_testing.ts";
import { packageService, serve, type Server } from "../mod.ts";
import {
  createServiceClient,
  HealthClient,
  PackageClient,
  validationIssuesOf,
  type WebProtocol,
} from "./mod.ts";

const protocols: WebProtocol[] = ["connect", "grpc-web"];
const createPackage = () => Promise.resolve({ packageId: "id" });
type Echo = { text: string; count: number };
type EchoInit = MessageInitShape<typeof Echoes.methods[0]["input"]>;
const echo = (text: string, count = 0) => ({ text, count }) as EchoInit;

/** The calls of test.Echoes, which has no generated types. */
interface EchoCalls {
  say(request: EchoInit, options?: object): Promise<Echo>;
  expand(request: EchoInit, options?: object): AsyncIterable<Echo>;
  join(requests: AsyncIterable<EchoInit>): Promise<Echo>;
  chat(requests: AsyncIterable<EchoInit>): AsyncIterable<Echo>;
}

async function withEchoes(
  protocol: WebProtocol,
  test: (call: EchoCalls, server: Server) => Promise<void>,
): Promise<void> {
  const server = await serve({ services: [echoService()], onError: () => {} });
  const endpoint = `http://127.0.0.1:${server.addr.port}`;
  await using client = createServiceClient(Echoes, endpoint, { protocol });
  await test(client.call as unknown as EchoCalls, server);
  await server.shutdown();
}

async function* listOf<T>(...items: T[]): AsyncGenerator<T> {
  yield* items;
}

for (const protocol of protocols) {
  Deno.test(`createServiceClient() over ${protocol} and fetch makes unary calls`, async () => {
    await withEchoes(protocol, async (call) => {
      assertEquals((await call.say(echo("hello", 3))).count, 3);
      // Long enough for the server to compress it.
      assertEquals((await call.say(echo("large:100000"))).text.length, 100_000);
      const given: { header?: Headers; trailer?: Headers } = {};
      await call.say(echo("headers"), {
        headers: { "x-in": "seen" },
        onHeader: (header: Headers) => given.header = header,
        onTrailer: (trailer: Headers) => given.trailer = trailer,
      });
      assertEquals(given.header?.get("x-in"), "seen");
      assertEquals(given.trailer?.get("x-in-t"), "seen");
    });
  });

  Deno.test(`createServiceClient() over ${protocol} and fetch tells errors with their details`, async () => {
    await withEchoes(protocol, async (call) => {
      const error = await assertRejects(
        () => call.say(echo(`fail:${Code.NotFound}`)),
        ConnectError,
      );
      assertEquals([error.code, error.rawMessage], [Code.NotFound, "naïve 100%: a/b"]);
      assertEquals(error.metadata.get("x-error"), "1");
      assertEquals(validationIssuesOf(error)[0]?.path, "text");
    });
  });

  Deno.test(`createServiceClient() over ${protocol} and fetch reads streams and sends collected ones`, async () => {
    await withEchoes(protocol, async (call) => {
      const counts: number[] = [];
      for await (const { count } of call.expand(echo("ok:", 3))) counts.push(count);
      assertEquals(counts, [0, 1, 2, 3]);
      assertEquals((await call.join(listOf(echo("a", 1), echo("b", 4)))).count, 5);
      const failing = call.expand(echo(`fail:${Code.Aborted}`, 1));
      const seen: string[] = [];
      const error = await assertRejects(async () => {
        for await (const { text } of failing) seen.push(text);
      }, ConnectError);
      assertEquals([error.code, seen], [Code.Aborted, ["part"]]);
    });
  });

  Deno.test(`createServiceClient() over ${protocol} and fetch refuses calls in both directions`, async () => {
    await withEchoes(protocol, async (call) => {
      const error = await assertRejects(async () => {
        for await (const _ of call.chat(listOf(echo("a"))));
      }, ConnectError);
      assertEquals(error.code, Code.Unimplemented);
      assert(/^Cannot call Chat on .*: fetch does not stream in both/.test(error.rawMessage));
    });
  });

  Deno.test(`PackageClient over ${protocol} and fetch ends a call at its deadline`, async () => {
    const { begun, method } = hanging();
    const { server, endpoint } = await packageServer({ getPackage: method });
    await using client = PackageClient.connect(endpoint, { protocol, timeoutMs: 100 });
    const error = await assertRejects(() => client.getPackage("a"), ConnectError);
    assertEquals(error.code, Code.DeadlineExceeded);
    await begun;
    await server.shutdown();
  });

  Deno.test(`PackageClient over ${protocol} and fetch cancels on the server what its signal aborts`, async () => {
    const ended = deferred();
    const { begun, method } = hanging();
    const { server, endpoint } = await packageServer({
      getPackage: (request, context) => {
        context.signal.addEventListener("abort", () => ended.resolve());
        return method(request, context);
      },
    });
    await using client = PackageClient.connect(endpoint, { protocol });
    const controller = new AbortController();
    const call = assertRejects(
      () => client.getPackage("a", { signal: controller.signal }),
      ConnectError,
    );
    await begun;
    controller.abort();
    assertEquals((await call).code, Code.Canceled);
    await ended.promise;
    await server.shutdown();
  });

  Deno.test(`PackageClient.close() over ${protocol} and fetch ends calls in flight`, async () => {
    const { begun, method } = hanging();
    const { server, endpoint } = await packageServer({ getPackage: method });
    const client = PackageClient.connect(endpoint, { protocol });
    const call = assertRejects(() => client.getPackage("a"), ConnectError);
    await begun;
    await client.close();
    const error = await call;
    assertEquals([error.code, error.rawMessage], [Code.Canceled, "the client is closed"]);
    const later = await assertRejects(() => client.getPackage("a"), ConnectError);
    assertEquals(later.code, Code.Canceled);
    await server.shutdown();
  });

  Deno.test(`PackageClient over ${protocol} and fetch names a server that is not there Unavailable`, async () => {
    const { server, endpoint } = await packageServer({ createPackage });
    await server.shutdown();
    await using client = PackageClient.connect(endpoint, { protocol });
    const error = await assertRejects(() => client.createPackage({ name: "a" }), ConnectError);
    assertEquals(error.code, Code.Unavailable);
    assert(error.rawMessage.startsWith(`Cannot reach ${endpoint}: `), error.rawMessage);
  });

  Deno.test(`PackageClient over ${protocol} and fetch names a server lost under a call Unavailable`, async () => {
    const { begun, method } = hanging();
    const { server, endpoint } = await packageServer({ getPackage: method });
    await using client = PackageClient.connect(endpoint, { protocol, timeoutMs: 0 });
    const call = assertRejects(() => client.getPackage("a"), ConnectError);
    await begun;
    await server.shutdown({ graceMs: 0 });
    assertEquals((await call).code, Code.Unavailable);
  });

  Deno.test(`HealthClient over ${protocol} and fetch names a stream cut by its server Unavailable`, async () => {
    const { server, endpoint } = await packageServer();
    await using health = HealthClient.connect(endpoint, { protocol });
    const states: unknown[] = [];
    const error = await assertRejects(async () => {
      for await (const state of health.watch()) {
        states.push(state);
        if (states.length === 1) server.shutdown({ graceMs: 0 });
      }
    }, ConnectError);
    assertEquals([error.code, states[0]], [Code.Unavailable, "serving"]);
    await server.finished;
  });

  Deno.test(`HealthClient over ${protocol} and fetch ends a stream that is left`, async () => {
    const left = deferred();
    const server = await serve({
      services: [packageService(packageHandler())],
      interceptors: [(next) => async (request) => {
        request.signal.addEventListener("abort", () => left.resolve());
        return await next(request);
      }],
    });
    await using health = HealthClient.connect(`http://127.0.0.1:${server.addr.port}`, { protocol });
    for await (const state of health.watch()) {
      assertEquals(state, "serving");
      break;
    }
    await left.promise;
    await server.shutdown();
  });
}

Deno.test("PackageClient over fetch repeats calls that may be repeated, and passes interceptors", async () => {
  let requests = 0;
  const seen: string[] = [];
  const server = await serve({
    services: [echoService()],
    interceptors: [(next) => async (request) => {
      if (++requests === 1) throw new ConnectError("busy", Code.Unavailable);
      return await next(request);
    }],
  });
  const watching: Interceptor = (next) => async (request) => {
    seen.push(request.url);
    return await next(request);
  };
  const endpoint = `http://127.0.0.1:${server.addr.port}`;
  await using client = createServiceClient(Echoes, endpoint, {
    retry: { initialBackoffMs: 1 },
    interceptors: [watching],
  });
  const { read } = client.call as unknown as { read: EchoCalls["say"] };
  assertEquals((await read(echo("again"))).text, "again");
  assertEquals([requests, seen], [2, [`${endpoint}/test.Echoes/Read`]]);
  await server.shutdown();
});

Deno.test("PackageClient over fetch calls below a path, with a fetch of the caller's own", async () => {
  const urls: string[] = [];
  await using client = PackageClient.connect("https://example.org/api/", {
    fetch: (input) => {
      urls.push(String(input));
      return Promise.resolve(new Response(null, { status: 503 }));
    },
  });
  const error = await assertRejects(() => client.getPackage("a"), ConnectError);
  assertEquals(error.code, Code.Unavailable);
  assertEquals(urls, ["https://example.org/api/oaas.package.PackageService/GetPackage"]);
});

Deno.test("PackageClient.connect() for fetch refuses what it can't use", () => {
  const cases: [string, object, string][] = [
    ["127.0.0.1:1", {}, "an endpoint is http://host:port"],
    ["", {}, "an endpoint is http://host:port"],
    ["ftp://a", {}, 'the scheme is "ftp"'],
    ["http://u:secret@a", {}, "an endpoint holds no user name"],
    ["http://a?b", {}, "no query or fragment"],
    ["http://a", { protocol: "grpc" }, 'protocol "grpc" is not connect or grpc-web'],
  ];
  for (const [endpoint, options, why] of cases) {
    const error = assertThrows(() => PackageClient.connect(endpoint, options), TypeError);
    assert(error.message.includes(why), error.message);
    assert(!error.message.includes("secret"), error.message);
  }
});

Deno.test("@oprc/grpc/web names no platform module", async () => {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", new URL("mod.ts", import.meta.url).href],
  }).output();
  const { modules } = JSON.parse(new TextDecoder().decode(stdout)) as {
    modules: { specifier: string; dependencies?: { specifier: string }[] }[];
  };
  const names = modules.flatMap(({ specifier, dependencies = [] }) => [
    specifier,
    ...dependencies.map((dependency) => dependency.specifier),
  ]);
  assert(names.includes("@connectrpc/connect"));
  assertEquals(names.filter((name) => /^node:|connect-node|_node\/|_runtime/.test(name)), []);
});
