import type { Socket } from "node:net";

/** Joins what is written to a socket in one turn of the event loop into one packet. */
export type Cork = () => void;

/**
 * Deno sends each HTTP/2 frame in a packet of its own, which costs more than
 * all else of a small call. A batch begins with its first stream and ends some
 * turns later: for a server three, by which the calls that came together have been
 * answered; for a client one, since the server waits for what it has to send.
 */
export function createCork(socket: Pick<Socket, "cork" | "uncork">, turns: number): Cork {
  let left = 0;
  function turn(): void {
    if (--left > 0) setImmediate(turn);
    else socket.uncork();
  }
  return () => {
    if (left > 0) return;
    left = turns;
    socket.cork();
    setImmediate(turn);
  };
}
