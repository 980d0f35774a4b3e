import type { ServerHttp2Session, ServerHttp2Stream } from "node:http2";
import type { Socket } from "node:net";
import { Code, ConnectError } from "@connectrpc/connect";
import { denoVersion } from "../_runtime.ts";
import { type Cork, createCork } from "./cork.ts";
import type { Peer } from "../peer.ts";
import { readPeer } from "./read_peer.ts";
import { createResetGuard } from "./reset_guard.ts";
import { SendWindows } from "./send_windows.ts";

/** HTTP/2 codes. */
const REFUSED_STREAM = 7;
const ENHANCE_YOUR_CALM = 11;

const onDeno = denoVersion() !== undefined;

/**
 * What a server knows of one HTTP/2 connection besides what node:http2 does, and
 * the cures for what Deno's leaves undone.
 */
export class ServerSession {
  /** Calls that are being answered. */
  streams = 0;
  readonly #session: ServerHttp2Session;
  readonly #cork: Cork | undefined;
  readonly #windows: SendWindows | undefined;
  readonly #resetTooMany = createResetGuard();
  readonly #maxStreams: number;
  readonly #socket: Socket;
  #peer: Peer | undefined;

  /** Before the session takes over the socket, so that it sees the first bytes. */
  static watchSocket(socket: Socket): SendWindows | undefined {
    return onDeno ? new SendWindows(socket) : undefined;
  }

  constructor(
    session: ServerHttp2Session,
    socket: Socket,
    windows: SendWindows | undefined,
    maxStreams: number,
  ) {
    this.#session = session;
    this.#socket = socket;
    this.#windows = windows;
    this.#maxStreams = maxStreams;
    if (!onDeno) return;
    this.#cork = createCork(socket, 3);
    // Otherwise the streams of a lost connection stay, with all that they hold.
    socket.once("close", () => session.destroy());
  }

  /** The other side of the connection; read once, when somebody asks. */
  get peer(): Peer {
    return this.#peer ??= readPeer(this.#socket);
  }

  /** Counts a stream in, whose request hears of its end; false means that it was refused. */
  open(stream: ServerHttp2Stream, request: { close(): void }): boolean {
    this.#cork?.();
    if (this.streams >= this.#maxStreams) {
      stream.close(REFUSED_STREAM);
      return false;
    }
    const id = stream.id!;
    this.streams++;
    this.#windows?.open(id);
    let closed = false;
    const close = () => {
      if (closed) return;
      closed = true;
      this.streams--;
      this.#windows?.close(id);
      request.close();
    };
    stream.on("close", close);
    stream.on("aborted", () => {
      close();
      // A stream with data that its client doesn't take never closes by itself on Deno.
      if (onDeno) setImmediate(() => stream.destroy());
      if (stream.rstCode && this.#resetTooMany()) this.#calm();
    });
    return true;
  }

  /** Writes the whole body of an answer, as the client takes it. */
  end(stream: ServerHttp2Stream, body: Uint8Array | undefined): void {
    const windows = this.#windows;
    if (windows === undefined || body === undefined) return void stream.end(body);
    if (body.length <= windows.room(stream.id!)) {
      windows.spend(stream.id!, body.length);
      return void stream.end(body);
    }
    writePieces(stream, body, windows).then(() => stream.end(), () => {});
  }

  /** Writes, and resolves when the client may be sent more. */
  write(stream: ServerHttp2Stream, bytes: Uint8Array): Promise<void> | undefined {
    if (stream.destroyed || stream.closed) throw gone();
    const windows = this.#windows;
    if (windows === undefined) return stream.write(bytes) ? undefined : drained(stream);
    this.#cork?.();
    const id = stream.id!;
    if (bytes.length <= windows.room(id) && bytes.length <= PIECE_BYTES) {
      windows.spend(id, bytes.length);
      stream.write(bytes);
      return undefined;
    }
    return writePieces(stream, bytes, windows);
  }

  #calm(): void {
    const session = this.#session;
    if (session.destroyed) return;
    session.goaway(ENHANCE_YOUR_CALM);
    // After the turn, since a stream of the session is being told of its end.
    setImmediate(() => session.destroy());
  }
}

const PIECE_BYTES = 16_384;

async function writePieces(
  stream: ServerHttp2Stream,
  bytes: Uint8Array,
  windows: SendWindows,
): Promise<void> {
  const id = stream.id!;
  for (let at = 0; at < bytes.length;) {
    const room = Math.min(windows.room(id), PIECE_BYTES);
    if (room === 0) {
      await windows.changed(id);
      if (stream.destroyed || stream.closed || stream.aborted) throw gone();
      continue;
    }
    const piece = bytes.subarray(at, at + room);
    windows.spend(id, piece.length);
    stream.write(piece);
    at += piece.length;
  }
}

function drained(stream: ServerHttp2Stream): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (settle: () => void) => {
      stream.off("drain", onDrain);
      stream.off("close", onClose);
      settle();
    };
    const onDrain = () => done(resolve);
    const onClose = () => done(() => reject(gone()));
    stream.on("drain", onDrain);
    stream.on("close", onClose);
  });
}

function gone(): ConnectError {
  return new ConnectError("the caller went away", Code.Canceled);
}
