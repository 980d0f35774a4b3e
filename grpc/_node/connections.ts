import type { ServerHttp2Session } from "node:http2";
import type { Socket } from "node:net";
import type { Limits } from "../_limits.ts";
import type { ServerSession } from "./server_session.ts";

/**
 * How long an HTTP/1.1 connection may be without a request, in milliseconds: longer than
 * the minute after which proxies and load balancers end theirs, so that none sends a
 * request into a connection that is just being closed.
 */
const KEEP_ALIVE_MS = 75_000;

/** How long an HTTP/1.1 connection may be idle between two requests. */
export function keepAliveMs({ idleTimeoutMs }: Limits): number {
  return idleTimeoutMs || KEEP_ALIVE_MS;
}

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
  /** Whether the headers of an HTTP/1.1 request have ever come in whole. */
  hasAsked: boolean;
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
}

/** How often a dead peer is asked for at TCP's level. */
const PROBE_MS = 60_000;

/** No connections yet; `onChange` is told whether there are none, each time that changes. */
export function createConnections(
  limits: Limits,
  onChange: (empty: boolean) => void,
): Connections {
  const { maxConnections, headersTimeoutMs, idleTimeoutMs, maxAgeMs } = limits;
  const connections = new Map<Socket, Connection>();
  const shortest = Math.min(headersTimeoutMs, idleTimeoutMs || Infinity, maxAgeMs || Infinity);
  /** Runs while there are connections. */
  let sweeper: ReturnType<typeof setInterval> | undefined;

  /**
   * Ends the HTTP/2 connections that are idle or aged, by a GOAWAY that lets calls in
   * flight end, and others that have been without the headers of a request for too long,
   * whatever they send meanwhile. node:http does so only for a server that listens itself.
   */
  function sweep(): void {
    const now = Date.now();
    for (const connection of connections.values()) {
      const { socket, session, calls, openedAt, requests, hasAsked } = connection;
      if (session === undefined || calls === undefined) {
        const since = now - connection.usedAt;
        const wait = headersTimeoutMs + (hasAsked ? keepAliveMs(limits) : 0);
        if (requests === 0 && since >= wait) socket.destroy();
        continue;
      }
      if (calls.streams > 0) connection.usedAt = now;
      const idle = idleTimeoutMs > 0 && now - connection.usedAt >= idleTimeoutMs;
      const aged = maxAgeMs > 0 && now - openedAt >= maxAgeMs;
      if ((idle || aged) && !session.closed) session.close();
    }
  }
  let draining = false;
  const remove = (socket: Socket) => {
    if (!connections.delete(socket) || connections.size > 0) return;
    clearInterval(sweeper);
    onChange(true);
  };
  return {
    get draining() {
      return draining;
    },
    add(socket) {
      const now = Date.now();
      const connection: Connection = {
        socket,
        requests: 0,
        openedAt: now,
        usedAt: now,
        hasAsked: false,
      };
      connections.set(socket, connection);
      if (connections.size === 1) {
        sweeper = setInterval(sweep, Math.max(10, shortest / 8));
        onChange(false);
      }
      // Without a listener an error of one connection would end the process.
      socket.on("error", () => socket.destroy());
      socket.once("close", () => remove(socket));
      // A peer that is gone without a word, behind a cable that was cut.
      socket.setKeepAlive(true, PROBE_MS);
      if (connections.size > maxConnections) socket.destroy();
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
  };
}
