import type { ServerHttp2Session } from "node:http2";
import type { Socket } from "node:net";

/** How long a connection may stay without a first request, in milliseconds. */
const FIRST_REQUEST_MS = 60_000;

/** A connection that a server holds. */
export interface Connection {
  readonly socket: Socket;
  /** Where the connection speaks HTTP/2. */
  session?: ServerHttp2Session;
  /** HTTP/1.1 requests that are being answered. */
  requests: number;
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

/** No connections yet; `onChange` is told whether there are none, each time that changes. */
export function createConnections(onChange: (empty: boolean) => void): Connections {
  const connections = new Map<Socket, Connection>();
  let draining = false;
  const remove = (socket: Socket) => {
    if (connections.delete(socket) && connections.size === 0) onChange(true);
  };
  return {
    get draining() {
      return draining;
    },
    add(socket) {
      const connection: Connection = { socket, requests: 0 };
      connections.set(socket, connection);
      if (connections.size === 1) onChange(false);
      // Without a listener an error of one connection would end the process.
      socket.on("error", () => socket.destroy());
      socket.once("close", () => remove(socket));
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
  };
}
