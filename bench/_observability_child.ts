/** What the section observability runs in processes of its own. */
import { getLogger, setupLogging } from "@oprc/observability";
import {
  BODY,
  fetchHandler,
  HEADERS,
  nodeHandler,
  observed,
  PATH,
  WARM_UP_HEADERS,
} from "./_observability_service.ts";
import pino from "pino";

const fs = await import("node:fs");
const { createServer } = await import("node:http");
const { process } = globalThis as unknown as {
  process: { cpuUsage(): { user: number; system: number } };
};

declare function setImmediate(callback: () => void): unknown;

/** Log lines to standard error; prints `NS <nanoseconds>` for each. */
export async function lines(who: string, count: number): Promise<void> {
  let log: (i: number) => void;
  let end = (): Promise<void> => Promise.resolve();
  const fields = (i: number) => ({ key: "images", revision: i, cached: false, tenant: "acme" });
  if (who === "pino") {
    const logger = pino({ name: "bench" }, pino.destination({ fd: 2, sync: true }));
    log = (i) => logger.info(fields(i), "package stored");
  } else {
    const logging = setupLogging({ format: "json", output: who as "buffered" });
    const logger = getLogger("bench");
    log = (i) => logger.info("package stored", fields(i));
    end = () => logging.shutdown();
  }
  const part = Math.ceil(count / 10);
  for (let i = 0; i < part; i++) log(i);
  const began = performance.now();
  for (let i = 0; i < count; i++) {
    log(i);
    // A service lets its event loop turn.
    if (i % 100 === 99) await new Promise<void>((resolve) => setImmediate(resolve));
  }
  await end();
  fs.writeSync(1, `NS ${(performance.now() - began) * 1e6 / count}\n`);
}

/** Says where this process listens, to who started it. */
function sayPort(port: number): void {
  fs.writeSync(1, `PORT ${port}\n`);
}

/** The processor time of this process so far in microseconds, what waited for export included. */
function meter(flush: () => Promise<void>): () => Promise<string> {
  return async () => {
    await flush();
    const { user, system } = process.cpuUsage();
    return String(user + system);
  };
}

/**
 * Calls Connect's handler, as `who` observes it, as often as it is asked to:
 * `/in-process?<calls>`, or `/warm-up?<calls>`; `/used` answers the processor time so far.
 */
export async function callItself(who: string, collector: string): Promise<void> {
  const { interceptors, flush } = await observed(who, collector);
  const answer = fetchHandler(interceptors);
  const used = meter(flush);
  const run = async (calls: number, headers: HeadersInit) => {
    for (let i = 0; i < calls; i++) {
      const response = await answer(
        new Request(`http://localhost${PATH}`, { method: "POST", headers, body: BODY }),
      );
      await response.arrayBuffer();
      if (response.status !== 200) throw new Error(`the call ended with ${response.status}`);
      if (i % 20 === 19) await new Promise<void>((resolve) => setImmediate(resolve));
    }
  };
  const server = createServer(async (request, response) => {
    const [path, calls] = request.url!.split("?");
    if (path === "/used") return void response.end(await used());
    await run(Number(calls), path === "/warm-up" ? WARM_UP_HEADERS : HEADERS);
    response.end();
  });
  server.listen(0, "127.0.0.1", () => sayPort((server.address() as { port: number }).port));
}

declare const Deno: {
  serve(
    options: object,
    handler: (request: Request) => Response | Promise<Response>,
  ): { addr: { port: number } };
};

/** Serves as each runtime does it best; `/used` answers its processor time so far. */
export async function serve(who: string, collector: string): Promise<void> {
  const { interceptors, flush } = await observed(who, collector);
  const used = meter(flush);
  if ("Deno" in globalThis) {
    const answer = fetchHandler(interceptors);
    const options = {
      port: 0,
      hostname: "127.0.0.1",
      onListen: ({ port }: { port: number }) => sayPort(port),
    };
    Deno.serve(
      options,
      (request) =>
        request.method === "GET" ? used().then((text) => new Response(text)) : answer(request),
    );
    return;
  }
  const answer = nodeHandler(interceptors);
  const server = createServer((request, response) => {
    if (request.method === "GET") used().then((text) => response.end(text));
    else answer(request, response);
  });
  server.listen(0, "127.0.0.1", () => sayPort((server.address() as { port: number }).port));
}

/** A collector that takes everything, until it is killed. */
export function collector(): void {
  const server = createServer((request, response) => {
    request.resume();
    request.on("end", () => response.end());
  });
  server.listen(0, "127.0.0.1", () => sayPort((server.address() as { port: number }).port));
}
