import {
  createServer as createHttpServer,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import {
  createServer as createHttp2Server,
  type Http2Session,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from "node:http2";
import type { Socket } from "node:net";
import type { Limits } from "../_limits.ts";
import { denoVersion } from "../_runtime.ts";
import { type Connection, type Connections, keepAliveMs } from "./connections.ts";
import type { RequestListener } from "./request_listener.ts";
import type { SendWindows } from "./send_windows.ts";
import { ServerSession } from "./server_session.ts";
import type { StreamListener } from "./stream_listener.ts";

/** A limit for hostile peers, not for honest ones. */
const MAX_SESSION_MEGABYTES = 1024;

/** Which HTTP a connection speaks. */
export type HttpVersion = "1.1" | "2";

/** Gives a connection to the server of its HTTP version. */
export type HandOver = (socket: Socket, version: HttpVersion) => void;

/**
 * An HTTP/1.1 and an HTTP/2 server that don't listen themselves but are handed
 * their connections.
 */
export function createHttpServers(
  connections: Connections,
  onRequest: RequestListener,
  onStream: StreamListener,
  limits: Limits,
): HandOver {
  const http = createHttpServer(
    {
      maxHeaderSize: limits.maxHeaderBytes,
      keepAliveTimeout: keepAliveMs(limits),
    },
    (request: IncomingMessage, response: ServerResponse) => {
      const { socket } = request;
      const connection = connections.of(socket);
      if (connection !== undefined) {
        connection.requests++;
        connection.hasAsked = true;
        response.once("close", () => {
          connection.requests--;
          connection.usedAt = Date.now();
          if (connections.draining && connection.requests === 0) socket.end();
        });
      }
      if (connections.draining) response.setHeader("connection", "close");
      onRequest(request, response);
    },
  );

  // Deno closes a connection after each answer unless its server says that it listens.
  if (denoVersion() !== undefined) Object.defineProperty(http, "listening", { value: true });

  const http2 = createHttp2Server({
    settings: {
      maxConcurrentStreams: limits.maxStreamsPerConnection,
      maxHeaderListSize: limits.maxHeaderBytes,
    },
    // Node counts the messages in flight against this, and 10 are too few for large ones.
    maxSessionMemory: MAX_SESSION_MEGABYTES,
  });
  const sessions = new WeakMap<Http2Session, ServerSession>();
  let handed: { connection: Connection; windows: SendWindows | undefined } | undefined;
  http2.on("session", (session) => {
    if (handed !== undefined) {
      const { connection, windows } = handed;
      connection.session = session;
      connection.calls = new ServerSession(
        session,
        connection.socket,
        windows,
        limits.maxStreamsPerConnection,
      );
      sessions.set(session, connection.calls);
    }
    if (connections.draining) session.close();
  });
  http2.on("stream", (
    stream: ServerHttp2Stream,
    headers: IncomingHttpHeaders,
    _flags: number,
    rawHeaders: string[],
  ) => {
    // A caller that goes away while it is answered is nobody's error.
    stream.on("error", () => {});
    const session = stream.session && sessions.get(stream.session);
    if (session === undefined) stream.destroy();
    else onStream(stream, headers, session, rawHeaders);
  });
  http2.on("sessionError", () => {});

  return (socket, version) => {
    if (version === "1.1") {
      http.emit("connection", socket);
    } else {
      // The session is made while the event is emitted.
      const connection = connections.of(socket);
      if (connection === undefined) return void socket.destroy();
      handed = { connection, windows: ServerSession.watchSocket(socket) };
      http2.emit("connection", socket);
      handed = undefined;
    }
  };
}
