import { Code, ConnectError } from "@connectrpc/connect";
import {
  type Compression,
  envelopeCompress,
  envelopeDecompress,
} from "@connectrpc/connect/protocol";
import { COMPRESS_MIN_BYTES } from "./method.ts";

const HEAD_BYTES = 5;

/** The flag of gRPC-Web's trailers; native gRPC leaves it unused. */
const TRAILER_FLAG = 0x80;

/** Collects the body of a request, and refuses it as soon as it is known to be too large. */
export interface BodyCollector {
  /** Takes a piece; answers an error when the body is refused. */
  push(chunk: Uint8Array): ConnectError | undefined;
  /** The whole body. */
  whole(): Uint8Array;
}

/** The words of Connect's own adapters. */
export function tooLarge(maxBytes: number, bytes?: number): ConnectError {
  const size = bytes === undefined ? "message size" : `message size ${bytes}`;
  return new ConnectError(
    `${size} is larger than configured readMaxBytes ${maxBytes}`,
    Code.ResourceExhausted,
  );
}

/** Collects a body that holds one message and nothing around it. */
export function collectBare(maxBytes: number): BodyCollector {
  return collector((total) => total > maxBytes ? tooLarge(maxBytes) : undefined);
}

/** Collects a body that holds messages in envelopes, of which a unary call has one. */
export function collectEnveloped(maxBytes: number): BodyCollector {
  return collector((total, first) => {
    if (total < HEAD_BYTES) return undefined;
    const length = lengthIn(first());
    if (length > maxBytes) return tooLarge(maxBytes, length);
    // Less than a head more may be a mistake of another kind, told apart at the end.
    return total >= length + 2 * HEAD_BYTES ? extraMessage() : undefined;
  });
}

function collector(
  refuse: (total: number, first: () => Uint8Array) => ConnectError | undefined,
): BodyCollector {
  const chunks: Uint8Array[] = [];
  let total = 0;
  function first(): Uint8Array {
    // Only a head in pieces has to be put together to be read.
    if (chunks[0]!.length < HEAD_BYTES) chunks.splice(0, chunks.length, concat(chunks, total));
    return chunks[0]!;
  }
  return {
    push(chunk) {
      if (chunk.length === 0) return undefined;
      chunks.push(chunk);
      total += chunk.length;
      return refuse(total, first);
    },
    whole: () => chunks.length === 1 ? chunks[0]! : concat(chunks, total),
  };
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
  const bytes = new Uint8Array(length + HEAD_BYTES);
  bytes[0] = flags;
  bytes[1] = length >>> 24;
  bytes[2] = length >>> 16;
  bytes[3] = length >>> 8;
  bytes[4] = length;
  bytes.set(data, HEAD_BYTES);
  return bytes;
}
