/** Web pages of other origins, as browsers ask for them. */
import { assertEquals, assertThrows } from "@std/assert";
import { echoService } from "./_echo_testing.ts";
import { type CorsOptions, fetchHandler, serve } from "./mod.ts";

const APP = "https://app.example.com";

/** A server, asked by a fetch that forgets no header as a browser's does. */
interface Target {
  readonly name: string;
  start(cors?: CorsOptions): Promise<{
    ask(path: string, init: RequestInit): Promise<Response>;
    stop(): Promise<void>;
  }>;
}

const targets: Target[] = [
  ...[false, true].map((http2): Target => ({
    name: `serve() over HTTP/${http2 ? "2" : "1.1"}`,
    async start(cors) {
      const server = await serve({ services: [echoService()], cors });
      const client = Deno.createHttpClient({ http1: !http2, http2 });
      return {
        ask: (path, init) =>
          fetch(`http://127.0.0.1:${server.addr.port}${path}`, { ...init, client }),
        async stop() {
          client.close();
          await server.shutdown();
        },
      };
    },
  })),
  {
    name: "fetchHandler()",
    start(cors) {
      const handler = fetchHandler([echoService()], { cors });
      return Promise.resolve({
        ask: (path, init) => handler(new Request(`http://127.0.0.1${path}`, init)),
        stop: () => Promise.resolve(),
      });
    },
  },
];

const preflight = (origin: string) => ({
  method: "OPTIONS",
  headers: {
    origin,
    "access-control-request-method": "POST",
    "access-control-request-headers": "authorization,content-type",
  },
});
const call = (origin: string, type = "application/json", body = `{"text":"hi"}`) => ({
  method: "POST",
  headers: { origin, "content-type": type },
  body,
});

for (const { name, start } of targets) {
  Deno.test(`${name} lets the pages of cors.origins ask and call`, async () => {
    const server = await start({ origins: [APP], exposedHeaders: ["x-out"], maxAgeMs: 60_500 });
    const asked = await server.ask("/test.Echoes/Say", preflight(APP));
    assertEquals([asked.status, await asked.text()], [204, ""]);
    const field = (name: string) => asked.headers.get(`access-control-${name}`);
    assertEquals(field("allow-origin"), APP);
    assertEquals(field("allow-methods"), "POST, GET");
    assertEquals(field("allow-headers"), "authorization,content-type");
    assertEquals(field("max-age"), "60");
    assertEquals(field("allow-credentials"), null);
    assertEquals(asked.headers.get("vary"), "origin");

    const connectStream = `\x00\x00\x00\x00\x02{}`;
    for (
      const [path, init, status] of [
        ["/test.Echoes/Say", call(APP), 200],
        ["/test.Echoes/Expand", call(APP, "application/connect+json", connectStream), 200],
        ["/test.Echoes/None", call(APP), 404],
      ] as const
    ) {
      const answer = await server.ask(path, init);
      await answer.body?.cancel();
      assertEquals(answer.status, status, path);
      assertEquals(answer.headers.get("access-control-allow-origin"), APP, path);
      const exposed = answer.headers.get("access-control-expose-headers")!.toLowerCase();
      assertEquals(
        ["grpc-status", "grpc-message", "content-encoding", "x-out"].filter((one) =>
          !exposed.split(", ").includes(one)
        ),
        [],
        path,
      );
    }
    await server.stop();
  });

  Deno.test(`${name} says nothing to other pages that would let them`, async () => {
    const server = await start({ origins: (origin) => origin === APP });
    for (const init of [preflight("https://evil.example.com"), call("https://evil.example.com")]) {
      const answer = await server.ask("/test.Echoes/Say", init);
      await answer.body?.cancel();
      assertEquals([...answer.headers.keys()].filter((key) => key.startsWith("access-")), []);
      assertEquals(answer.headers.get("vary"), "origin");
    }
    // One that is no page's.
    const plain = await server.ask("/test.Echoes/Say", {
      ...call(APP),
      headers: { "content-type": "application/json" },
    });
    assertEquals([plain.status, plain.headers.get("vary")], [200, null]);
    await plain.body?.cancel();
    await server.stop();
  });

  Deno.test(`${name} without cors answers pages of its own origin only`, async () => {
    const server = await start();
    for (const init of [preflight(APP), call(APP)]) {
      const answer = await server.ask("/test.Echoes/Say", init);
      await answer.body?.cancel();
      assertEquals(answer.headers.get("access-control-allow-origin"), null);
    }
    await server.stop();
  });

  Deno.test(`${name} lets browsers send credentials where cors.credentials says so`, async () => {
    const server = await start({ origins: [APP], credentials: true });
    for (const init of [preflight(APP), call(APP)]) {
      const answer = await server.ask("/test.Echoes/Say", init);
      await answer.body?.cancel();
      assertEquals(answer.headers.get("access-control-allow-credentials"), "true");
    }
    await server.stop();
  });
}

Deno.test("fetchHandler() refuses cors options that can't be used", () => {
  const of = (cors: CorsOptions) => () => fetchHandler([echoService()], { cors });
  assertThrows(of({ origins: ["app.example.com"] }), TypeError, `"app.example.com"`);
  assertThrows(of({ origins: [`${APP}/`] }), TypeError, "an origin looks like");
  assertThrows(of({ origins: "*", credentials: true }), TypeError, "name the origins");
  assertThrows(of({ origins: "*", maxAgeMs: -1 }), RangeError, "maxAgeMs");
});
