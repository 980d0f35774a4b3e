/** All that this package asks of Deno or Node. */
import { Buffer } from "node:buffer";
import { writeSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import process from "node:process";
import { clearTimeout as nodeClearTimeout, setTimeout as nodeSetTimeout } from "node:timers";
import type { EndpointRequest, EndpointResponse } from "./_endpoints.ts";
import type { Clock } from "./clock.ts";

/** The clock of the process. */
export const systemClock: Clock = {
  now: () => performance.now(),
  setTimer(callback, delayMs) {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};

/** The same for work beside the real one: its timers don't keep the process alive. */
export const backgroundClock: Clock = {
  now: systemClock.now,
  setTimer(callback, delayMs) {
    const timer = nodeSetTimeout(callback, delayMs);
    timer.unref();
    return () => nodeClearTimeout(timer);
  },
};

/** Whether a person reads standard error. */
export function stderrIsTerminal(): boolean {
  return process.stderr.isTTY === true;
}

/** Whether colours are unwanted (https://no-color.org). */
export function noColor(): boolean {
  if (typeof Deno !== "undefined") return Deno.noColor;
  return (process.env.NO_COLOR ?? "") !== "";
}

/** Bytes of memory in use; `rss` is 0 where it can't be read. */
export function memoryUsage(): { rss: number; heapTotal: number; heapUsed: number } {
  return process.memoryUsage();
}

const STDERR = 2;
const FULL_PIPE_WAIT_MS = 10;
const FULL_PIPE_TRIES = 100;

/**
 * Writes the whole line to standard error before it returns, so that no way of
 * ending the process loses it. A pipe that is full and doesn't block is waited
 * for, one second at most; then it throws.
 */
export function writeStderr(line: string): void {
  const bytes = Buffer.from(`${line}\n`);
  let written = 0;
  let tries = 0;
  while (written < bytes.length) {
    try {
      written += writeSync(STDERR, bytes, written);
      tries = 0;
    } catch (error) {
      if ((error as { code?: string }).code !== "EAGAIN" || ++tries > FULL_PIPE_TRIES) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, FULL_PIPE_WAIT_MS);
    }
  }
}

/** An HTTP server that listens. */
export interface HttpServer {
  readonly addr: { readonly hostname: string; readonly port: number };
  close(): Promise<void>;
}

/** How long answers under way may take when the server closes. */
const CLOSE_GRACE_MS = 1_000;

/** Serves `handler` on HTTP/1.1; the body of an answer to HEAD is left out. */
export function serveHttp(
  hostname: string,
  port: number,
  handler: (request: EndpointRequest) => Promise<EndpointResponse>,
): Promise<HttpServer> {
  const server = createServer((request, response) => {
    request.resume();
    const [path = "/"] = (request.url ?? "/").split("?", 1);
    const { method = "GET", headers: { accept = "" } } = request;
    handler({ method, path, accept }).catch((error) => failure(error)).then((answer) => {
      const bytes = Buffer.from(answer.body);
      response.writeHead(answer.status, { ...answer.headers, "content-length": bytes.length });
      response.end(method === "HEAD" ? undefined : bytes);
    }).catch(() => response.destroy());
  });
  return new Promise((resolve, reject) => {
    // Stays: without a listener, an error later on would end the process.
    server.on("error", (error) => reject(listenError(hostname, port, error)));
    server.listen(port, hostname, () => {
      const address = server.address() as AddressInfo;
      resolve({
        addr: { hostname: address.address, port: address.port },
        close: () => closeHttp(server),
      });
    });
  });
}

function failure(error: unknown): EndpointResponse {
  const headers = { "content-type": "text/plain; charset=utf-8" };
  return { status: 500, headers, body: `${error instanceof Error ? error.message : error}\n` };
}

function listenError(hostname: string, port: number, error: Error): Error {
  const { code } = error as { code?: string };
  const why = code === "EADDRINUSE" ? "the port is in use" : error.message;
  const host = hostname.includes(":") ? `[${hostname}]` : hostname;
  return new Error(`Cannot listen on ${host}:${port}: ${why}`, { cause: error });
}

function closeHttp(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const cancel = systemClock.setTimer(() => server.closeAllConnections(), CLOSE_GRACE_MS);
    server.close(() => {
      cancel();
      resolve();
    });
    server.closeIdleConnections();
  });
}
