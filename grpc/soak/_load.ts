/**
 * A client to be tormented, on Deno and (bundled) on Node: `<name> <endpoints> <ms> <unary|stream>`
 * with 20 calls always under way. It prints what came of them and ends; 0 ms means until killed.
 */
import process from "node:process";
import { Code, ConnectError } from "@connectrpc/connect";
import { Echoes } from "../_echo_testing.ts";
import { createServiceClient } from "../mod.ts";

const [name, endpoints = "", given, mode] = process.argv.slice(2);
const AT_ONCE = 20;

let uncaught = 0;
let ok = 0;
let mismatched = 0;
const codes: Record<string, number> = {};
const count = (error: unknown) => {
  uncaught++;
  console.error("uncaught:", error);
};
process.on("uncaughtException", count);
process.on("unhandledRejection", count);

interface Echo {
  readonly text: string;
  readonly count: number;
}
interface EchoCalls {
  say(request: Partial<Echo>): Promise<Echo>;
  expand(request: Partial<Echo>): AsyncIterable<Echo>;
}

const client = createServiceClient(Echoes, endpoints.split(","), { timeoutMs: 20_000 });
const call = client.call as unknown as EchoCalls;
const ms = Number(given);
const end = ms === 0 ? Infinity : Date.now() + ms;
let next = 0;

async function unary(): Promise<void> {
  const text = `id:${name}:${next++}`;
  if ((await call.say({ text })).text !== text) mismatched++;
}

async function stream(): Promise<void> {
  let expected = 0;
  for await (const { count } of call.expand({ count: 50 })) {
    if (count !== expected++) mismatched++;
  }
  if (expected !== 50) mismatched++;
}

await Promise.all(Array.from({ length: AT_ONCE }, async () => {
  while (Date.now() < end) {
    try {
      await (mode === "stream" ? stream() : unary());
      ok++;
    } catch (error) {
      const code = error instanceof ConnectError ? Code[error.code]! : String(error);
      codes[code] = (codes[code] ?? 0) + 1;
      // A server that is not there is not asked in a tight loop.
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}));
await client.close();
console.log(JSON.stringify({ ok, codes, mismatched, uncaught, sent: next }));
process.exit(0);
