import type { DescMessage, MessageShape } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import {
  createAsyncIterable,
  pipe,
  type Serialization,
  transformDecompressEnvelope,
  transformParseEnvelope,
  transformSplitEnvelope,
} from "@connectrpc/connect/protocol";
import type { Negotiated } from "../_unary/negotiation.ts";

type AnyMessage = MessageShape<DescMessage>;

const HEAD_BYTES = 5;

/** The request of a call: one message, which interceptors know as a stream of one. */
export interface StreamInput {
  /**
   * The message.
   *
   * @throws {ConnectError} when there is none, more than one, or it can't be read.
   */
  only(): AnyMessage | Promise<AnyMessage>;
  /** The messages of the body, whatever their number. */
  messages(): AsyncIterable<AnyMessage>;
}

/** How the body of a request is read. */
export interface InputOptions {
  readonly serialization: Serialization<AnyMessage>;
  readonly compression: Negotiated;
  /** Set where the headers already say that the call is refused. */
  readonly refused: ConnectError | undefined;
  readonly maxBytes: number;
}

/** Reads the body of a request, as far as it was taken. */
export function readInput(body: Uint8Array, options: InputOptions): StreamInput {
  const { serialization, compression, refused, maxBytes } = options;
  async function* messages(): AsyncGenerator<AnyMessage> {
    if (refused !== undefined) throw refused;
    // Whatever is out of the ordinary is found and told by Connect's own readers.
    yield* pipe(
      createAsyncIterable([body as Uint8Array<ArrayBuffer>]),
      transformSplitEnvelope(maxBytes),
      transformDecompressEnvelope(compression.request, maxBytes),
      transformParseEnvelope(serialization),
    );
  }
  return {
    messages,
    only() {
      if (refused !== undefined || !isOnePlainMessage(body)) return onlyOne(messages());
      return serialization.parse(body.subarray(HEAD_BYTES) as Uint8Array<ArrayBuffer>);
    },
  };
}

function isOnePlainMessage(body: Uint8Array): boolean {
  return body.length >= HEAD_BYTES && body[0] === 0 && body.length - HEAD_BYTES ===
      (body[1]! << 24 | body[2]! << 16 | body[3]! << 8 | body[4]!) >>> 0;
}

/**
 * The one message of a stream, refused as Connect does where it isn't one.
 *
 * @throws {ConnectError} when there is none, more than one, or it can't be read.
 */
export async function onlyOne<T>(messages: AsyncIterable<T>): Promise<T> {
  const iterator = messages[Symbol.asyncIterator]();
  const first = await iterator.next();
  if (first.done) throw protocolError("missing");
  const second = await iterator.next();
  if (!second.done) throw protocolError("received extra");
  return first.value;
}

function protocolError(what: string): ConnectError {
  return new ConnectError(
    `protocol error: ${what} input message for server-streaming method`,
    Code.Unimplemented,
  );
}
