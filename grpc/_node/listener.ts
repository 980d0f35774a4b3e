import {
  createServer as createHttpServer,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import {
  createServer as createHttp2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type ServerHttp2Session,
} from "node:http2";
import {
  type AddressInfo,
  createServer as createTcpServer,
  type Server,
  type Socket,
} from "node:net";
import { createServer as createTlsServer, type TLSSocket } from "node:tls";
import type { ServerAddress, ServerTlsOptions } from "../server_options.ts";
import { readPreface } from "./preface.ts";
import type { RequestListener } from "./request_listener.ts";

/** What a listener is started with. */
export interface ListenerOptions {
  readonly hostname: string;
  readonly port: number;
  readonly tls: ServerTlsOptions | undefined;
  readonly onRequest: RequestListener;
}

/** A bound port, and the connections on it. */
export interface Listener {
  readonly addr: ServerAddress;
  /** Resolves when the port is released and every connection is gone. */
  readonly finished: Promise<void>;
  /** Lets calls in flight end, and cuts what is left after `graceMs`. */
  drain(graceMs: number): Promise<void>;
}

type Http2RequestListener = (request: Http2ServerRequest, response: Http2ServerResponse) => void;

/** How long a connection may stay without a first request, in milliseconds. */
const FIRST_REQUEST_MS = 60_000;

/** Binds the port and answers HTTP/1.1 and HTTP/2 on it. */
export async function listen(options: ListenerOptions): Promise<Listener> {
  const sockets = new Set<Socket>();
  const sessions = new Set<ServerHttp2Session>();
  /** Requests in flight of each HTTP/1.1 connection. */
  const requests = new Map<Socket, number>();
  let draining = false;

  const http = createHttpServer((request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request;
    socket.setTimeout(0);
    requests.set(socket, (requests.get(socket) ?? 0) + 1);
    if (draining) response.setHeader("connection", "close");
    response.once("close", () => {
      const left = (requests.get(socket) ?? 1) - 1;
      requests.set(socket, left);
      if (draining && left === 0) socket.end();
    });
    options.onRequest(request, response);
  });
  const http2 = createHttp2Server(options.onRequest as unknown as Http2RequestListener);
  http2.on("session", (session) => {
    sessions.add(session);
    session.once("close", () => sessions.delete(session));
    // Without a listener an error of one connection would end the process.
    session.on("error", () => session.destroy());
    if (draining) session.close();
  });
  http2.on("sessionError", () => {});

  function track(socket: Socket): void {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.once("close", () => {
      sockets.delete(socket);
      requests.delete(socket);
      release();
    });
    socket.setTimeout(FIRST_REQUEST_MS, () => socket.destroy());
  }
  function hand(socket: Socket, version: "1.1" | "2"): void {
    if (version === "2") {
      socket.setTimeout(0);
      http2.emit("connection", socket);
    } else {
      requests.set(socket, 0);
      http.emit("connection", socket);
    }
  }
  const server = options.tls === undefined
    ? createTcpServer({ noDelay: true }, (socket) => {
      track(socket);
      readPreface(socket, (version) => hand(socket, version));
    })
    : secureServer(options.tls, track, hand);

  let resolveFinished!: () => void;
  const finished = new Promise<void>((resolve) => resolveFinished = resolve);
  let released = false;
  let cutTimer: ReturnType<typeof setTimeout> | undefined;
  let cutAt = Infinity;
  function release(): void {
    if (!released || sockets.size > 0) return;
    clearTimeout(cutTimer);
    resolveFinished();
  }

  const addr = await bind(server, options);
  return {
    addr,
    finished,
    drain(graceMs) {
      if (!draining) {
        draining = true;
        server.close(() => {
          released = true;
          release();
        });
        for (const session of sessions) session.close();
        for (const socket of sockets) {
          const isHttp2 = [...sessions].some((session) => session.socket === socket);
          if (!isHttp2 && !requests.get(socket)) socket.destroy();
        }
      }
      const at = Date.now() + graceMs;
      if (at < cutAt) {
        cutAt = at;
        clearTimeout(cutTimer);
        cutTimer = setTimeout(() => {
          for (const session of sessions) session.destroy();
          for (const socket of sockets) socket.destroy();
        }, graceMs);
      }
      return finished;
    },
  };
}

function secureServer(
  tls: ServerTlsOptions,
  track: (socket: Socket) => void,
  hand: (socket: Socket, version: "1.1" | "2") => void,
): Server {
  const asText = (pem: string | Uint8Array) =>
    typeof pem === "string" ? pem : new TextDecoder().decode(pem);
  const server = createTlsServer({
    cert: asText(tls.cert),
    key: asText(tls.key),
    ALPNProtocols: ["h2", "http/1.1"],
    ...(tls.ca === undefined ? {} : {
      ca: asText(tls.ca),
      requestCert: true,
      rejectUnauthorized: true,
    }),
  });
  server.on("connection", track);
  server.on("secureConnection", (socket: TLSSocket) => {
    socket.on("error", () => socket.destroy());
    hand(socket, socket.alpnProtocol === "h2" ? "2" : "1.1");
  });
  server.on("tlsClientError", (_error, socket: TLSSocket) => socket.destroy());
  return server;
}

/** Binds the server; rejects with an error that names the address. */
function bind(server: Server, { hostname, port }: ListenerOptions): Promise<ServerAddress> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: Error & { code?: string }) => {
      const why = error.code === "EADDRINUSE" ? "the port is in use" : error.message;
      reject(new Error(`Cannot listen on ${hostname}:${port}: ${why}`, { cause: error }));
    });
    server.listen({ host: hostname, port }, () => {
      const { address, port: taken } = server.address() as AddressInfo;
      resolve({ hostname: address, port: taken });
    });
  });
}
