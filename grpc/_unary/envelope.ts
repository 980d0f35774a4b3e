import { Code, ConnectError } from "@connectrpc/connect";
import {
  type Compression,
  envelopeCompress,
  envelopeDecompress,
} from "@connectrpc/connect/protocol";
import { allocate } from "../_runtime.ts";

const HEAD_BYTES = 5;

/** Smaller messages aren't worth the cost of compressing them. */
export const COMPRESS_MIN_BYTES = 1024;

/** The flag of gRPC-Web's trailers; native gRPC leaves it unused. */
const TRAILER_FLAG = 0x80;

/** Collects the body of a request, and refuses it as soon as it is known to be too large. */
export class BodyCollector {
  readonly #maxBytes: number;
  readonly #enveloped: boolean;
  #chunks: Uint8Array[] = [];
  #total = 0;

  /** A body that holds messages in envelopes, of which a unary call has one, or one message bare. */
  constructor(maxBytes: number, content: "enveloped" | "bare") {
    this.#maxBytes = maxBytes;
    this.#enveloped = content === "enveloped";
  }

  /** Takes a piece; answers an error when the body is refused. */
  push(chunk: Uint8Array): ConnectError | undefined {
    if (chunk.length === 0) return undefined;
    this.#chunks.push(chunk);
    this.#total += chunk.length;
    if (this.#enveloped) return this.#judgeEnvelope();
    return this.#total > this.#maxBytes ? tooLarge(this.#maxBytes) : undefined;
  }

  /** The whole body. */
  whole(): Uint8Array {
    return this.#chunks.length === 1 ? this.#chunks[0]! : concat(this.#chunks, this.#total);
  }

  #judgeEnvelope(): ConnectError | undefined {
    if (this.#total < HEAD_BYTES) return undefined;
    // Only a head in pieces has to be put together to be read.
    if (this.#chunks[0]!.length < HEAD_BYTES) this.#chunks = [this.whole()];
    const length = lengthIn(this.#chunks[0]!);
    if (length > this.#maxBytes) return tooLarge(this.#maxBytes, length);
    // Less than a head more may be a mistake of another kind, told apart at the end.
    return this.#total >= length + 2 * HEAD_BYTES ? extraMessage() : undefined;
  }
}

/** The words of Connect's own adapters. */
export function tooLarge(maxBytes: number, bytes?: number): ConnectError {
  const size = bytes === undefined ? "message size" : `message size ${bytes}`;
  return new ConnectError(
    `${size} is larger than configured readMaxBytes ${maxBytes}`,
    Code.ResourceExhausted,
  );
}

function concat(chunks: readonly Uint8Array[], total: number): Uint8Array {
  const whole = new Uint8Array(total);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

function lengthIn(head: Uint8Array): number {
  return (head[1]! << 24 | head[2]! << 16 | head[3]! << 8 | head[4]!) >>> 0;
}

function extraMessage(what = "input"): ConnectError {
  return new ConnectError(
    `protocol error: received extra ${what} message for unary method`,
    Code.Unimplemented,
  );
}

/**
 * The one message in an enveloped body.
 *
 * @throws {ConnectError} when there is none, or more than one, or it is cut short.
 */
export function openEnvelope(
  body: Uint8Array,
  compression: Compression | null,
  maxBytes: number,
  what: "input" | "response" = "input",
): Uint8Array | Promise<Uint8Array> {
  // What gRPC-Web marks as trailers is no message.
  if (body.length === 0 || (body[0]! & TRAILER_FLAG) !== 0) {
    throw new ConnectError(
      `protocol error: missing ${what} message for unary method`,
      Code.Unimplemented,
    );
  }
  const length = body.length < HEAD_BYTES ? Infinity : lengthIn(body);
  const extra = body.length - length - HEAD_BYTES;
  if (extra < 0 || extra > 0 && extra < HEAD_BYTES) {
    throw new ConnectError("protocol error: incomplete envelope", Code.InvalidArgument);
  }
  if (extra > 0) throw extraMessage(what);
  const flags = body[0]!;
  const data = body.subarray(HEAD_BYTES);
  if ((flags & 1) === 0) return data;
  return envelopeDecompress({ flags, data: data as Uint8Array<ArrayBuffer> }, compression, maxBytes)
    .then((opened) => opened.data);
}

/** Puts a message into an envelope, compressed where that is agreed on and worth it. */
export function closeEnvelope(
  data: Uint8Array<ArrayBuffer>,
  compression: Compression | null,
  flags = 0,
): Uint8Array<ArrayBuffer> | Promise<Uint8Array<ArrayBuffer>> {
  if (compression === null || data.length < COMPRESS_MIN_BYTES) return envelope(flags, data);
  return envelopeCompress({ flags, data }, compression, COMPRESS_MIN_BYTES)
    .then((compressed) => envelope(compressed.flags, compressed.data));
}

function envelope(flags: number, data: Uint8Array): Uint8Array<ArrayBuffer> {
  const { length } = data;
  const bytes = allocate(length + HEAD_BYTES);
  bytes[0] = flags;
  bytes[1] = length >>> 24;
  bytes[2] = length >>> 16;
  bytes[3] = length >>> 8;
  bytes[4] = length;
  bytes.set(data, HEAD_BYTES);
  return bytes;
}
