import type { Socket } from "node:net";

/** Joins what is written to a socket in one turn of the event loop into one packet. */
export type Cork = () => void;

/**
 * Deno sends each HTTP/2 frame in a packet of its own, which costs more than
 * all else of a small call. A batch begins with its first stream and ends three
 * turns later: by then the calls that came together have been answered.
 */
export function createCork(socket: Socket): Cork {
  let corked = false;
  function uncork(): void {
    corked = false;
    socket.uncork();
  }
  return () => {
    if (corked) return;
    corked = true;
    socket.cork();
    setImmediate(() => setImmediate(() => setImmediate(uncork)));
  };
}
