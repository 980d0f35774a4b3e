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
import { denoVersion } from "../_runtime.ts";
import type { Connection, Connections } from "./connections.ts";
import { type Cork, createCork } from "./cork.ts";
import type { RequestListener } from "./request_listener.ts";
import type { StreamListener } from "./stream_listener.ts";

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
): HandOver {
  const http = createHttpServer((request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request;
    const connection = connections.of(socket);
    socket.setTimeout(0);
    if (connection !== undefined) {
      connection.requests++;
      response.once("close", () => {
        connection.requests--;
        if (connections.draining && connection.requests === 0) socket.end();
      });
    }
    if (connections.draining) response.setHeader("connection", "close");
    onRequest(request, response);
  });

  const http2 = createHttp2Server();
  const corks = new WeakMap<Http2Session, Cork>();
  const onDeno = denoVersion() !== undefined;
  let handed: Connection | undefined;
  http2.on("session", (session) => {
    if (handed !== undefined) {
      handed.session = session;
      if (onDeno) corks.set(session, createCork(handed.socket));
    }
    if (connections.draining) session.close();
  });
  http2.on("stream", (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
    if (stream.session !== undefined) corks.get(stream.session)?.();
    onStream(stream, headers);
  });

  return (socket, version) => {
    if (version === "1.1") {
      http.emit("connection", socket);
    } else {
      socket.setTimeout(0);
      // The session is made while the event is emitted.
      handed = connections.of(socket);
      http2.emit("connection", socket);
      handed = undefined;
    }
  };
}
