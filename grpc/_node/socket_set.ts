import type { Socket } from "node:net";
import type { ConnectionWatch } from "../_connection_errors.ts";

/** The sockets of a channel, made by us so that their end can be seen and awaited. */
export interface SocketSet extends ConnectionWatch {
  /** Takes a new socket. */
  add(socket: Socket): Socket;
  /** Ends all; resolves when the last is gone. */
  destroy(): Promise<void>;
}

/**
 * How long to wait for the news that a socket is gone, in milliseconds. Deno
 * ends the streams of a lost connection a moment before its socket.
 */
const NEWS_MS = 50;

/** An empty set. */
export function createSocketSet(): SocketSet {
  const sockets = new Set<Socket>();
  let lost = 0;
  return {
    add(socket) {
      sockets.add(socket);
      socket.once("close", () => {
        sockets.delete(socket);
        lost++;
      });
      return socket;
    },
    async destroy() {
      await Promise.all([...sockets].map((socket) =>
        new Promise<void>((resolve) => {
          socket.once("close", () => resolve());
          socket.destroy();
        })
      ));
    },
    lostCount: () => lost,
    async lostSince(count) {
      if (lost > count) return true;
      await new Promise<void>((resolve) => {
        const done = () => {
          clearTimeout(timer);
          for (const socket of sockets) socket.off("close", done);
          resolve();
        };
        const timer = setTimeout(done, NEWS_MS);
        for (const socket of sockets) socket.once("close", done);
      });
      return lost > count;
    },
  };
}
