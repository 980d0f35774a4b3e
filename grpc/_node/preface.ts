import type { Socket } from "node:net";

/** How an HTTP/2 connection begins; no HTTP/1.1 method starts like it. */
const PREFACE = new TextEncoder().encode("PRI");

/**
 * Reads the first bytes of a connection, puts them back, and says which HTTP
 * version they are.
 */
export function readPreface(socket: Socket, found: (version: "1.1" | "2") => void): void {
  let head: Uint8Array = new Uint8Array(0);
  function onData(chunk: Uint8Array): void {
    head = concat(head, chunk);
    // One byte alone may be the start of either.
    if (head.length < PREFACE.length && startsAlike(head)) return;
    socket.off("data", onData);
    socket.pause();
    socket.unshift(head);
    const version = startsAlike(head) ? "2" : "1.1";
    found(version);
    // An HTTP/2 session takes what is buffered itself; flowing would lose it.
    if (version === "1.1") socket.resume();
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
