/** One table of calls, made of Connect's own adapter for Node, of `serve` and of `fetchHandler`. */
import { assert, assertEquals } from "@std/assert";
import { Agent, createServer as createHttp1Server } from "node:http";
import { createServer } from "node:http2";
import { type AddressInfo, connect } from "node:net";
import {
  type CallOptions,
  Code,
  ConnectError,
  createClient,
  type Interceptor,
  type Transport,
} from "@connectrpc/connect";
import {
  compressionBrotli,
  compressionGzip,
  connectNodeAdapter,
  createConnectTransport,
  createGrpcTransport,
  createGrpcWebTransport,
} from "@connectrpc/connect-node";
import { createSession } from "./_node/session.ts";
import { addServices, routerOptions } from "./_router.ts";
import { type Echo, Echoes, echoService } from "./_echo_testing.ts";
import { fetchHandler, serve } from "./mod.ts";

type EchoClient = Record<
  string,
  (request: unknown, options?: CallOptions) => Promise<Echo> & AsyncIterable<Echo>
>;

/** A server to call, whichever it is. */
interface Target {
  readonly name: string;
  readonly baseUrl: string;
  readonly port: number;
  stop(): Promise<void>;
}

const MAX = 200_000;
const seen: string[] = [];
/** Sees the call, and puts other things in place of all it may. */
const meddler: Interceptor = (next) => async (request) => {
  const header = new Headers(request.header);
  header.set("x-in", `${request.header.get("x-in")} meddled`);
  try {
    const response = await next({ ...request, header });
    const answered = new Headers(response.header);
    answered.set("x-out", request.method.name);
    return { ...response, header: answered };
  } catch (error) {
    seen.push(`${(error as ConnectError).code}`);
    throw error;
  }
};
const shared = {
  services: [echoService()],
  onError: (error: unknown) => void seen.push(String(error)),
  maxMessageBytes: MAX,
  acceptCompression: [compressionGzip, compressionBrotli],
};

type HttpVersion = "2" | "1.1";

async function reference(interceptors: Interceptor[], version: HttpVersion): Promise<Target> {
  const adapter = connectNodeAdapter({
    routes: (router) => void addServices(router, shared.services),
    ...routerOptions({ ...shared, interceptors }),
  });
  const server = version === "2" ? createServer(adapter) : createHttp1Server(adapter);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    name: "connect-node",
    port,
    baseUrl: `http://127.0.0.1:${port}`,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

async function ours(interceptors: Interceptor[]): Promise<Target> {
  const { services, onError } = shared;
  const limits = { maxMessageBytes: MAX };
  const server = await serve({ services, onError, limits, interceptors });
  return {
    name: "serve",
    port: server.addr.port,
    baseUrl: `http://127.0.0.1:${server.addr.port}`,
    stop: () => server.shutdown(),
  };
}

function ourFetch(interceptors: Interceptor[]): Target {
  const handler = fetchHandler(shared.services, { ...shared, interceptors });
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, handler);
  return {
    name: "fetchHandler",
    port: server.addr.port,
    baseUrl: `http://127.0.0.1:${server.addr.port}`,
    stop: () => server.shutdown(),
  };
}

const encodings = ["grpc", "grpc json", "grpc-web", "grpc-web json", "connect", "connect json"];

interface Variant {
  readonly compress?: boolean;
  readonly useHttpGet?: boolean;
}

function transportTo(
  target: Target,
  encoding: string,
  { compress = false, useHttpGet = false }: Variant,
  version: HttpVersion,
): { transport: Transport; close(): Promise<void> } {
  const [protocol, json] = encoding.split(" ");
  const session = createSession(target.baseUrl, () => connect(target.port, "127.0.0.1"));
  const agent = new Agent({ keepAlive: false });
  const options = {
    baseUrl: target.baseUrl,
    ...version === "2"
      ? { httpVersion: version, sessionManager: session.manager }
      : { httpVersion: version, nodeOptions: { agent } },
    useBinaryFormat: json === undefined,
    sendCompression: compress ? compressionGzip : undefined,
    acceptCompression: compress ? [compressionGzip] : [],
    compressMinBytes: 1,
    useHttpGet,
  };
  const create = {
    "grpc": createGrpcTransport as typeof createConnectTransport,
    "grpc-web": createGrpcWebTransport,
    "connect": createConnectTransport,
  }[protocol!]!;
  return { transport: create(options), close: () => session.close() };
}

/** What a call came to, as its caller can see it. */
async function outcomeOf(call: () => Promise<unknown>, keep: (name: string) => boolean) {
  const fields = (headers: Headers) => [...headers].filter(([name]) => keep(name));
  const told: { header?: unknown; trailer?: unknown } = {};
  const options: CallOptions = {
    headers: { "x-in": "värde", "x-in-bin": "AQID" },
    onHeader: (headers) => told.header = fields(headers),
    onTrailer: (headers) => told.trailer = fields(headers),
  };
  options.headers = { "x-in": "a, b", "x-in-bin": "AQID" };
  try {
    return { answer: await (call as (options: CallOptions) => Promise<unknown>)(options), ...told };
  } catch (error) {
    const { code, rawMessage, details, metadata } = ConnectError.from(error);
    return {
      error: [Code[code], rawMessage],
      details: details.map((detail) => "type" in detail && [detail.type, [...detail.value]]),
      metadata: fields(metadata),
    };
  }
}

type Call = (client: EchoClient, options: CallOptions) => Promise<unknown>;

const plain = ({ text, count }: Echo) => ({ text, count });
async function all(messages: AsyncIterable<Echo>) {
  const read = [];
  for await (const message of messages) read.push(plain(message));
  return read;
}
async function* several(...messages: unknown[]) {
  yield* messages;
}
const say = (text: string, more: CallOptions = {}): Call => async (client, options) =>
  plain(await client.say!({ text, count: 7 }, { ...options, ...more }));

const scenarios: Record<string, { call: Call; variant?: Variant; code?: Code }> = {
  "a message": { call: say("hello") },
  "an empty message": { call: async (client) => plain(await client.say!({})) },
  "an error with details": { call: say("fail:9"), code: Code.FailedPrecondition },
  "a thrown string": { call: say("throw:secret"), code: Code.Internal },
  "headers and trailers": { call: say("headers") },
  "headers, trailers and an error": { call: say("headersfail"), code: Code.Aborted },
  "the context": { call: say("context", { timeoutMs: 60_000 }) },
  "the context without a deadline": { call: say("context") },
  "a deadline that passes": {
    call: say("wait", { timeoutMs: 60 }),
    code: Code.DeadlineExceeded,
  },
  "a deadline that has passed": {
    call: say("wait", { timeoutMs: 1 }),
    code: Code.DeadlineExceeded,
  },
  "a call that its caller cancels": {
    call: async (client, options) => {
      const controller = new AbortController();
      setTimeout(() => controller.abort(), 30);
      return await client.say!({ text: "wait" }, { ...options, signal: controller.signal });
    },
    code: Code.Canceled,
  },
  "a stream that its caller cancels": {
    call: async (client, options) => {
      const controller = new AbortController();
      const read: unknown[] = [];
      const responses = client.expand!({ text: "wait", count: 2 }, {
        ...options,
        signal: controller.signal,
      });
      for await (const { count } of responses) {
        read.push(count);
        if (read.length === 2) controller.abort();
      }
      return read;
    },
    code: Code.Canceled,
  },
  "compression": { call: say("large:5000"), variant: { compress: true } },
  "compressed requests": { call: say("b".repeat(5000)), variant: { compress: true } },
  "an error with compression": { call: say("fail:5"), variant: { compress: true }, code: 5 },
  "a large response": { call: say("large:1000000") },
  "a request at the limit": {
    call: async (client) => (await client.join!(several({ text: "b".repeat(MAX - 100) }))).count,
  },
  "a request over the limit": {
    call: say("b".repeat(MAX + 1)),
    code: Code.ResourceExhausted,
  },
  "a request over the limit once decompressed": {
    call: say("b".repeat(2 * MAX)),
    variant: { compress: true },
    code: Code.ResourceExhausted,
  },
  "a GET": {
    call: async (client, options) => plain(await client.read!({ text: "context" }, options)),
    variant: { useHttpGet: true },
  },
  "a compressed GET": {
    call: async (client, options) => plain(await client.read!({ text: "c".repeat(50) }, options)),
    variant: { useHttpGet: true, compress: true },
  },
  "a server stream": {
    call: async (client, options) => await all(client.expand!({ text: "end", count: 3 }, options)),
  },
  "a server stream of large messages": {
    call: async (client, options) =>
      (await all(client.expand!({ text: "large", count: 20 }, options))).map(({ text }) =>
        text.length
      ),
  },
  "a server stream that fails": {
    call: async (client, options) => {
      const read: unknown[] = [];
      try {
        for await (const message of client.expand!({ text: "fail:5", count: 2 }, options)) {
          read.push(message.count);
        }
      } catch (error) {
        return [read, ConnectError.from(error).code];
      }
    },
  },
  "a server stream that fails at once": {
    call: async (client, options) => await all(client.expand!({ text: "fail:5" }, options)),
    code: Code.NotFound,
  },
  "a server stream with compression": {
    call: async (client, options) =>
      await all(client.expand!({ text: "headers", count: 2 }, options)),
    variant: { compress: true },
  },
  "a client stream": {
    call: async (client, options) =>
      plain(await client.join!(several({ count: 1 }, { count: 2, text: "headers" }), options)),
  },
  "a client stream without messages": {
    call: async (client, options) => plain(await client.join!(several(), options)),
  },
  "a client stream that fails": {
    call: async (client, options) => await client.join!(several({ text: "fail:3" }), options),
    code: Code.InvalidArgument,
  },
  "a stream both ways": {
    call: async (client, options) =>
      await all(client.chat!(several({ text: "a" }, { text: "large:3" }, { count: 3 }), options)),
  },
};

for (
  const [meddled, version] of [[false, "2"], [true, "2"], [false, "1.1"]] as [
    boolean,
    HttpVersion,
  ][]
) {
  const interceptors = meddled ? [meddler] : [];
  for (const [name, { call, variant = {}, code }] of Object.entries(scenarios)) {
    // A stream both ways needs HTTP/2 end to end, which only `serve` promises.
    const bothWays = name.includes("both ways");
    if (bothWays && version === "1.1") continue;
    const title = `serve() and fetchHandler() answer ${name} as Connect's adapter does` +
      (meddled ? ", intercepted" : "") +
      (version === "1.1" ? ", over HTTP/1.1" : "");
    Deno.test(title, async () => {
      const targets = [await reference(interceptors, version), await ours(interceptors)];
      if (!bothWays) targets.push(ourFetch(interceptors));
      for (const encoding of encodings) {
        if (version === "1.1" && /^grpc( |$)/.test(encoding)) continue;
        const outcomes = new Map<string, unknown>();
        for (const target of targets) {
          if (target.name === "fetchHandler" && encoding.startsWith("grpc")) {
            if (!encoding.startsWith("grpc-web")) continue;
          }
          seen.length = 0;
          const { transport, close } = transportTo(target, encoding, variant, version);
          const client = createClient(Echoes, transport) as unknown as EchoClient;
          const outcome = await outcomeOf(
            ((options: CallOptions) => call(client, options)) as () => Promise<unknown>,
            (header) => header.startsWith("x-"),
          );
          await close();
          if (code !== undefined) {
            assertEquals((outcome as { error?: unknown[] }).error?.[0], Code[code], encoding);
          } else {
            assert("answer" in outcome, `${encoding}: ${JSON.stringify(outcome)}`);
          }
          // Once the caller has gone, when a server hears of it is a matter of luck.
          const told = code === Code.DeadlineExceeded || code === Code.Canceled ? [] : [...seen];
          outcomes.set(target.name, { ...outcome, told });
        }
        const [expected, ...others] = [...outcomes];
        for (const [other, outcome] of others) {
          assertEquals(outcome, expected![1], `${other}, ${encoding}`);
        }
      }
      for (const target of targets) await target.stop();
    });
  }
}
