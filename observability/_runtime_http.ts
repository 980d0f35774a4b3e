/** An HTTP/1.1 server, the same on Deno and Node. */
import { Buffer } from "node:buffer";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { EndpointRequest, EndpointResponse } from "./_endpoints.ts";
import { systemClock } from "./_runtime.ts";

/** What answers requests; it may reject. */
export type HttpHandler = (request: EndpointRequest) => Promise<EndpointResponse>;

/** An HTTP server that listens. */
export interface HttpServer {
  readonly addr: { readonly hostname: string; readonly port: number };
  close(): Promise<void>;
}

/** How long answers under way may take when the server closes. */
const CLOSE_GRACE_MS = 1_000;

/** Listens and answers by `handler`. */
export async function serveHttp(
  hostname: string,
  port: number,
  handler: HttpHandler,
): Promise<HttpServer> {
  await requestPermission(hostname, port);
  const connections = new Connections();
  const server = createServer((request, response) => {
    connections.busy(request.socket, response);
    respond(request, response, handler);
  });
  server.on("connection", (socket: Socket) => connections.add(socket));
  return await new Promise((resolve, reject) => {
    // Stays: without a listener, an error later on would end the process.
    server.on("error", (error) => reject(listenError(hostname, port, error)));
    server.listen(port, hostname, () => {
      const address = server.address() as AddressInfo;
      resolve({
        addr: { hostname: address.address, port: address.port },
        close: () => close(server, connections),
      });
    });
  });
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  handler: HttpHandler,
): Promise<void> {
  try {
    const { method = "GET", url = "/", headers: { accept = "" } } = request;
    request.resume();
    const [path = "/"] = url.split("?", 1);
    const answer = await handler({ method, path, accept }).catch(failure);
    if (typeof answer.body === "string") {
      const bytes = Buffer.from(answer.body);
      response.writeHead(answer.status, { ...answer.headers, "content-length": bytes.length });
      // What answers HEAD goes out without its body.
      response.end(bytes);
      return;
    }
    response.writeHead(answer.status, { ...answer.headers });
    for await (const piece of answer.body) {
      if (response.destroyed) return;
      if (!response.write(piece)) await drained(response);
    }
    response.end();
  } catch {
    // The client has gone.
    response.destroy();
  }
}

/** Until the client has taken what was written, or has gone. */
function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off("drain", done);
      response.off("close", done);
      resolve();
    };
    response.on("drain", done);
    response.on("close", done);
    if (response.destroyed) done();
  });
}

function failure(error: unknown): EndpointResponse {
  const headers = { "content-type": "text/plain; charset=utf-8" };
  return { status: 500, headers, body: `${error instanceof Error ? error.message : error}\n` };
}

/** Deno throws a missing permission where nobody can catch it, so it is asked for before. */
async function requestPermission(hostname: string, port: number): Promise<void> {
  if (typeof Deno === "undefined") return;
  const host = hostOf(hostname, port);
  const { state } = await Deno.permissions.request({ name: "net", host });
  if (state !== "granted") {
    throw new Error(`Cannot listen on ${host}: run again with --allow-net=${host}`);
  }
}

function listenError(hostname: string, port: number, error: Error): Error {
  const { code } = error as { code?: string };
  const why = code === "EADDRINUSE" ? "the port is in use" : error.message;
  return new Error(`Cannot listen on ${hostOf(hostname, port)}: ${why}`, { cause: error });
}

function hostOf(hostname: string, port: number): string {
  return hostname.includes(":") ? `[${hostname}]:${port}` : `${hostname}:${port}`;
}

function close(server: Server, connections: Connections): Promise<void> {
  return new Promise((resolve) => {
    const cancel = systemClock.setTimer(() => connections.destroyAll(), CLOSE_GRACE_MS);
    server.close(() => {
      cancel();
      resolve();
    });
    connections.closeIdle();
  });
}

/**
 * The open connections and how many answers each waits for. The server's own
 * `closeIdleConnections` spares those that have not asked anything yet.
 */
class Connections {
  readonly #waiting = new Map<Socket, number>();
  #closing = false;

  add(socket: Socket): void {
    this.#waiting.set(socket, 0);
    socket.once("close", () => this.#waiting.delete(socket));
  }

  busy(socket: Socket, response: ServerResponse): void {
    this.#waiting.set(socket, (this.#waiting.get(socket) ?? 0) + 1);
    response.once("close", () => {
      const waiting = this.#waiting.get(socket);
      if (waiting === undefined) return;
      this.#waiting.set(socket, waiting - 1);
      if (this.#closing && waiting === 1) socket.end();
    });
  }

  closeIdle(): void {
    this.#closing = true;
    for (const [socket, waiting] of this.#waiting) if (waiting === 0) socket.destroy();
  }

  destroyAll(): void {
    for (const socket of this.#waiting.keys()) socket.destroy();
  }
}
