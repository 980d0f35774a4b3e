import type { ServerHttp2Session } from "node:http2";
import type { Socket } from "node:net";
import type { Limits } from "../_limits.ts";
import type { ServerSession } from "./server_session.ts";

/** How long a connection may stay without a first request, in milliseconds. */
const FIRST_REQUEST_MS = 60_000;

/** A connection that a server holds. */
export interface Connection {
  readonly socket: Socket;
  /** Where the connection speaks HTTP/2. */
  session?: ServerHttp2Session;
  /** The calls on that session. */
  calls?: ServerSession;
  /** HTTP/1.1 requests that are being answered. */
  requests: number;
  /** When it was opened. */
  readonly openedAt: number;
  /** When it was last seen with a call. */
  usedAt: number;
}

/** The connections of a server, so that it can end them in order. */
export interface Connections {
  /** Whether the server takes no new calls. */
  readonly draining: boolean;
  /** Takes a new connection. */
  add(socket: Socket): Connection;
  /** The connection of a socket that was added. */
  of(socket: Socket): Connection | undefined;
  /** Stops watching a socket that has become part of another connection. */
  forget(socket: Socket): void;
  /** Ends idle connections, and the others after their last call. */
  drain(): void;
  /** Ends all of them now. */
  cut(): void;
  /** Ends the watch over idle and aged connections. */
  stopSweeping(): void;
}

/** How often a dead peer is asked for at TCP's level. */
const KEEP_ALIVE_MS = 60_000;

/** No connections yet; `onChange` is told whether there are none, each time that changes. */
export function createConnections(
  { maxConnections, idleTimeoutMs, maxAgeMs }: Limits,
  onChange: (empty: boolean) => void,
): Connections {
  const connections = new Map<Socket, Connection>();
  const sweeper = idleTimeoutMs || maxAgeMs
    ? setInterval(
      sweep,
      Math.max(10, Math.min(idleTimeoutMs || maxAgeMs, maxAgeMs || idleTimeoutMs) / 8),
    )
    : undefined;

  /** Ends the HTTP/2 connections that are idle or aged, by a GOAWAY that lets calls in flight end. */
  function sweep(): void {
    const now = Date.now();
    for (const connection of connections.values()) {
      const { session, calls, openedAt } = connection;
      if (session === undefined || calls === undefined) continue;
      if (calls.streams > 0) connection.usedAt = now;
      const idle = idleTimeoutMs > 0 && now - connection.usedAt >= idleTimeoutMs;
      const aged = maxAgeMs > 0 && now - openedAt >= maxAgeMs;
      if ((idle || aged) && !session.closed) session.close();
    }
  }
  let draining = false;
  const remove = (socket: Socket) => {
    if (connections.delete(socket) && connections.size === 0) onChange(true);
  };
  return {
    get draining() {
      return draining;
    },
    add(socket) {
      const now = Date.now();
      const connection: Connection = { socket, requests: 0, openedAt: now, usedAt: now };
      connections.set(socket, connection);
      if (connections.size === 1) onChange(false);
      // Without a listener an error of one connection would end the process.
      socket.on("error", () => socket.destroy());
      socket.once("close", () => remove(socket));
      // A peer that is gone without a word, behind a cable that was cut.
      socket.setKeepAlive(true, KEEP_ALIVE_MS);
      if (connections.size > maxConnections) socket.destroy();
      socket.setTimeout(FIRST_REQUEST_MS, () => socket.destroy());
      return connection;
    },
    of: (socket) => connections.get(socket),
    forget: remove,
    drain() {
      draining = true;
      for (const { socket, session, requests } of connections.values()) {
        // A session owns its socket: destroying that under it leaves the other
        // side without a word.
        if (session !== undefined) session.close();
        else if (requests === 0) socket.destroy();
      }
    },
    cut() {
      for (const { socket, session } of connections.values()) {
        session?.destroy();
        socket.destroy();
      }
    },
    stopSweeping: () => clearInterval(sweeper),
  };
}
