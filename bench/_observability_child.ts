/** What the section observability runs in processes of its own; prints `NS <nanoseconds>`. */
import type { Message } from "@bufbuild/protobuf";
import { createConnectRouter, type Interceptor } from "@connectrpc/connect";
import { createFetchHandler } from "@connectrpc/connect/protocol";
import {
  getLogger,
  observeConnect,
  ServiceMetrics,
  setupLogging,
  setupTracing,
  traceConnect,
} from "@oprc/observability";
import { PackageService } from "@oprc/proto/package";
import { median } from "./_compare.ts";
import pino from "pino";

const fs = await import("node:fs");
const { createServer } = await import("node:http");
const { process } = globalThis as unknown as {
  process: {
    cpuUsage(): { user: number; system: number };
    exit(code: number): never;
  };
};

function print(ns: number): void {
  fs.writeSync(1, `NS ${ns}\n`);
}

/** Log lines to standard error. */
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
  print((performance.now() - began) * 1e6 / count);
}

declare function setImmediate(callback: () => void): unknown;

/** The interceptors that observe as `who` says, and what waits for their exports. */
export async function observed(who: string, collector: string) {
  const interceptors: Interceptor[] = [];
  if (who !== "bare") {
    setupLogging({ format: "json", level: "debug" });
    interceptors.push(observeConnect(new ServiceMetrics("bench"), { logger: getLogger("bench") }));
  }
  let flush = (): Promise<void> => Promise.resolve();
  const sampled = /^sampled (\d+) %$/.exec(who)?.[1];
  if (sampled !== undefined) {
    const tracing = await setupTracing({
      serviceName: "bench",
      otlpEndpoint: collector,
      samplingRatio: Number(sampled) / 100,
    });
    flush = tracing.flush;
    interceptors.unshift(traceConnect("server"));
  }
  return { interceptors, flush };
}

/** Answers the call that is measured. */
export const service = {
  getPackage: ({ name }: Message & { name: string }) => ({ package: { name } }),
};
/** That call. */
export const PATH = "/oaas.package.PackageService/GetPackage";
export const BODY: Uint8Array<ArrayBuffer> = new Uint8Array([10, 6, 105, 109, 97, 103, 101, 115]);
export const HEADERS = { "content-type": "application/proto" };
/** With a trace that is sampled, so that a service has warmed up whatever share it samples. */
export const WARM_UP_HEADERS = {
  ...HEADERS,
  traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
};

const WARM_UP_CALLS = 10_000;
/** So many that ten of a hundred sampled spans are a whole batch for the collector. */
const WINDOW_CALLS = 5_120;

/**
 * Unary calls through Connect's handlers, as `who` observes them: processor time of each, as
 * the median of windows, since other work of the machine comes and goes in between.
 */
export async function calls(who: string, count: number, collector: string): Promise<void> {
  const { interceptors, flush } = await observed(who, collector);
  const router = createConnectRouter({ interceptors });
  router.service(PackageService, service);
  const handler = router.handlers.find(({ method }) => method.name === "GetPackage")!;
  const answer = createFetchHandler(handler);
  const call = async (headers: HeadersInit) => {
    const response = await answer(
      new Request(`http://localhost${PATH}`, { method: "POST", headers, body: BODY }),
    );
    await response.arrayBuffer();
    if (response.status !== 200) throw new Error(`the call ended with ${response.status}`);
  };
  const run = async (calls: number, headers: HeadersInit) => {
    for (let i = 0; i < calls; i++) {
      await call(headers);
      if (i % 20 === 19) await new Promise<void>((resolve) => setImmediate(resolve));
    }
  };
  await run(WARM_UP_CALLS, WARM_UP_HEADERS);
  // Then as it is measured: what is compiled anew for it is no part of a call either.
  await run(WARM_UP_CALLS, HEADERS);
  // What the first request to the collector costs is none; all later ones are.
  await flush();
  const windows: number[] = [];
  for (let left = count; left > 0; left -= WINDOW_CALLS) {
    const before = process.cpuUsage();
    await run(WINDOW_CALLS, HEADERS);
    // The rest of the last window is exported with it.
    if (left <= WINDOW_CALLS) await flush();
    const { user, system } = process.cpuUsage();
    windows.push((user + system - before.user - before.system) * 1_000 / WINDOW_CALLS);
  }
  print(median(windows));
  process.exit(0);
}

/** A collector that takes everything, until it is killed. */
export function collector(): void {
  const server = createServer((request, response) => {
    request.resume();
    request.on("end", () => response.end());
  });
  server.listen(0, "127.0.0.1", () => {
    fs.writeSync(1, `http://127.0.0.1:${(server.address() as { port: number }).port}\n`);
  });
}
