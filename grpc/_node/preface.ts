import type { Socket } from "node:net";

/** How an HTTP/2 connection begins; no HTTP/1.1 method starts like it. */
const PREFACE = new TextEncoder().encode("PRI");

/**
 * Reads the first bytes of a connection, says which HTTP version they are, and gives them
 * to whoever has taken the connection then.
 */
export function readPreface(socket: Socket, found: (version: "1.1" | "2") => void): void {
  let head: Uint8Array = new Uint8Array(0);
  function onData(chunk: Uint8Array): void {
    head = concat(head, chunk);
    // One byte alone may be the start of either.
    if (head.length < PREFACE.length && startsAlike(head)) return;
    socket.off("data", onData);
    socket.pause();
    if (startsAlike(head)) {
      // An HTTP/2 session takes what is buffered itself; flowing would lose it.
      socket.unshift(head);
      found("2");
    } else {
      found("1.1");
      // At once: Deno's parser reads on from the connection by itself, and would get what
      // comes next before what was put back.
      socket.emit("data", head);
      socket.resume();
    }
  }
  socket.on("data", onData);
}

function startsAlike(head: Uint8Array): boolean {
  return PREFACE.subarray(0, head.length).every((byte, i) => byte === head[i]);
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (a.length === 0) return b;
  const joined = new Uint8Array(a.length + b.length);
  joined.set(a);
  joined.set(b, a.length);
  return joined;
}
