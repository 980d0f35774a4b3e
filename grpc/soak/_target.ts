/**
 * A server to be tormented, on Deno and (bundled) on Node: `<kind> [maxAgeMs]`. It prints its
 * port, answers each line `stat` on its standard input with what it knows of itself, and ends
 * with its input. `bare` is the control: node:http2 alone, with no line of this package.
 */
import { createServer, type IncomingHttpHeaders, type ServerHttp2Stream } from "node:http2";
import type { AddressInfo } from "node:net";
import process from "node:process";
import { Echoes } from "../_echo_testing.ts";
import { registerService, serve } from "../mod.ts";

let uncaught = 0;
let handled = 0;
let twice = 0;
const count = (error: unknown) => {
  uncaught++;
  console.error("uncaught:", error);
};
process.on("uncaughtException", count);
process.on("unhandledRejection", count);

/** Which calls were handled: a bit for each, so that a long run costs little. */
const seen = new Map<string, Uint8Array>();

function handle(text: string): void {
  handled++;
  const [, client, number] = /^id:(\w+):(\d+)$/.exec(text) ?? [];
  if (client === undefined) return;
  const at = Number(number);
  let bits = seen.get(client) ?? new Uint8Array(1024);
  if (at >> 3 >= bits.length) {
    const larger = new Uint8Array(Math.max(bits.length * 2, (at >> 3) + 1));
    larger.set(bits);
    bits = larger;
  }
  seen.set(client, bits);
  if ((bits[at >> 3]! & 1 << (at & 7)) !== 0) twice++;
  bits[at >> 3]! |= 1 << (at & 7);
}

const block = "x".repeat(64 * 1024);

interface Echo {
  readonly text: string;
  readonly count: number;
}

async function ours(maxAgeMs: number): Promise<number> {
  const say = ({ text, count }: Echo) => {
    handle(text);
    return { text, count };
  };
  const server = await serve({
    services: [
      registerService(Echoes, {
        say,
        read: say,
        /** `count` messages of 64 KiB, or for ever where there is none. */
        async *expand({ count }: Echo) {
          for (let i = 0; count === 0 || i < count; i++) yield { text: block, count: i };
        },
        async join(requests: AsyncIterable<Echo>) {
          let count = 0;
          for await (const _ of requests) count++;
          return { count };
        },
        async *chat(requests: AsyncIterable<Echo>) {
          for await (const request of requests) yield say(request);
        },
      } as never),
    ],
    limits: maxAgeMs > 0 ? { maxAgeMs } : {},
    onError: () => {},
  });
  return server.addr.port;
}

function bare(): Promise<number> {
  const server = createServer();
  const empty = new Uint8Array(5);
  server.on("stream", (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
    stream.on("error", () => {});
    stream.on("data", () => {});
    if (headers[":path"] === "/test.Echoes/Expand") {
      stream.respond({ ":status": 200, "content-type": "application/grpc" });
      const bytes = new TextEncoder().encode(block);
      const more = () => {
        while (!stream.destroyed && stream.write(bytes));
      };
      stream.on("drain", more);
      return more();
    }
    stream.on("end", () => {
      if (stream.destroyed) return;
      stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
      stream.respond({ ":status": 200, "content-type": "application/grpc" }, {
        waitForTrailers: true,
      });
      stream.end(empty);
    });
  });
  server.on("sessionError", () => {});
  return new Promise((resolve) =>
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port))
  );
}

const [kind, maxAgeMs = "0"] = process.argv.slice(2);
console.log(`PORT ${await (kind === "bare" ? bare() : ours(Number(maxAgeMs)))}`);
process.stdin.on("data", () => {
  (globalThis as { gc?: () => void }).gc?.();
  const { rss } = process.memoryUsage();
  console.log(`STAT ${JSON.stringify({ rss, uncaught, handled, twice })}`);
});
process.stdin.on("end", () => process.exit(0));
