import type { Socket } from "node:net";
import { createFrameReader } from "./frame_reader.ts";

const INITIAL_BYTES = 65_535;

/**
 * How much may wait in a socket for a client that doesn't read it, in bytes. More than a
 * socket's high-water mark, so that it says when it has been read.
 */
const HELD_BYTES = 256 * 1024;

/**
 * How much a client takes, on its connection and on each stream. Deno's streams
 * say "written" whatever the client takes, and keep the rest in memory; whoever
 * writes much asks here first. Node's streams know it themselves.
 */
export class SendWindows {
  #connection = INITIAL_BYTES;
  #initial = INITIAL_BYTES;
  readonly #socket: Socket;
  /** What was spent in this turn of the event loop, and may not have come to the socket yet. */
  #fresh = 0;
  readonly #streams = new Map<number, { window: number; wake?: () => void }>();

  /** Reads along on a socket whose HTTP/2 is about to begin. */
  constructor(socket: Socket) {
    const read = createFrameReader({
      onWindowUpdate: (streamId, bytes) => this.#grow(streamId, bytes),
      onInitialWindow: (bytes) => this.#resize(bytes),
    });
    socket.on("data", read);
    this.#socket = socket;
    // A client may open windows of gigabytes and read nothing.
    socket.on("drain", () => this.#wakeAll());
  }

  /** Counts a new stream in. */
  open(streamId: number): void {
    this.#streams.set(streamId, { window: this.#initial });
  }

  /** Forgets a stream; who waits for it goes on. */
  close(streamId: number): void {
    const stream = this.#streams.get(streamId);
    this.#streams.delete(streamId);
    stream?.wake?.();
  }

  /** Counts bytes that are sent on a stream. */
  spend(streamId: number, bytes: number): void {
    this.#connection -= bytes;
    if (this.#fresh === 0) setImmediate(() => this.#settle());
    this.#fresh += bytes;
    const stream = this.#streams.get(streamId);
    if (stream !== undefined) stream.window -= bytes;
  }

  /** How many bytes the client takes on a stream now; 0 on one that is closed. */
  room(streamId: number): number {
    const stream = this.#streams.get(streamId);
    if (stream === undefined) return 0;
    const held = HELD_BYTES - this.#socket.writableLength - this.#fresh;
    return Math.max(0, Math.min(this.#connection, stream.window, held));
  }

  /** Resolves when the client takes more, or the stream is closed. */
  changed(streamId: number): Promise<void> {
    const stream = this.#streams.get(streamId);
    if (stream === undefined) return Promise.resolve();
    return new Promise((resolve) => stream.wake = resolve);
  }

  #settle(): void {
    this.#fresh = 0;
    this.#wakeAll();
  }

  #grow(streamId: number, bytes: number): void {
    if (streamId === 0) {
      this.#connection += bytes;
      this.#wakeAll();
      return;
    }
    const stream = this.#streams.get(streamId);
    if (stream === undefined) return;
    stream.window += bytes;
    stream.wake?.();
  }

  #resize(bytes: number): void {
    const difference = bytes - this.#initial;
    this.#initial = bytes;
    for (const stream of this.#streams.values()) stream.window += difference;
    this.#wakeAll();
  }

  #wakeAll(): void {
    for (const { wake } of this.#streams.values()) wake?.();
  }
}
