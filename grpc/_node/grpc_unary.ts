import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import type { DescMessage, DescMethodUnary, MessageShape } from "@bufbuild/protobuf";
import type { OutgoingHttpHeaders } from "node:http2";
import { Code, ConnectError, type Transport, type UnaryResponse } from "@connectrpc/connect";
import { compressionBrotli, compressionGzip } from "@connectrpc/connect-node";
import {
  type Compression,
  createMethodUrl,
  encodeEnvelope,
  envelopeCompress,
} from "@connectrpc/connect/protocol";
import { requestHeaderWithCompression } from "@connectrpc/connect/protocol-grpc";
import type { Session } from "./session.ts";
import { lazyProperty, SOURCE } from "../_lazy_property.ts";
import { closeEnvelope } from "../_unary/envelope.ts";
import { addFields } from "../_unary/request.ts";
import { type CallLimit, exchange } from "./exchange.ts";
import { type RawResponse, readResponse, toHeaders } from "./grpc_response.ts";
import { isUnsent } from "../_client/unsent.ts";

const compressions = [compressionGzip, compressionBrotli];

/** How often a call that never reached its server is sent again without a word. */
const MAX_UNSENT = 5;

/** What is to be known of the messages. */
export interface GrpcUnaryOptions {
  readonly readMaxBytes: number;
  readonly compressMinBytes: number;
}

/**
 * Unary calls of native gRPC straight on HTTP/2 streams, at a third of the cost of
 * Connect's transport, with which they share all that callers can see.
 */
export function createGrpcUnary(
  session: Session,
  compression: Compression | null,
  { readMaxBytes, compressMinBytes }: GrpcUnaryOptions,
): Transport["unary"] {
  const fieldsOf = (timeoutMs: number | undefined, given: Headers | undefined) =>
    addFields({}, requestHeaderWithCompression(true, timeoutMs, given, compressions, compression));
  // The headers of a call to which nothing is added.
  const plain = fieldsOf(undefined, undefined);
  return async (method, signal, timeoutMs, header, input) => {
    const message = create(method.input, input);
    const deadline = timeoutMs ? Date.now() + timeoutMs : undefined;
    const headers = header === undefined
      ? timeoutMs ? { ...plain, "grpc-timeout": `${timeoutMs}m` } : plain
      : fieldsOf(timeoutMs || undefined, new Headers(header));
    const bytes = toBinary(method.input, message);
    const body = compression === null
      ? closeEnvelope(bytes, null) as Uint8Array
      : await compressed(bytes, compression, compressMinBytes);
    return await send(session, method, body, headers, { signal, deadline, readMaxBytes });
  };
}

async function compressed(
  data: Uint8Array<ArrayBuffer>,
  compression: Compression,
  minBytes: number,
): Promise<Uint8Array> {
  const closed = await envelopeCompress({ flags: 0, data }, compression, minBytes);
  return encodeEnvelope(closed.flags, closed.data);
}

async function send<I extends DescMessage, O extends DescMessage>(
  session: Session,
  method: DescMethodUnary<I, O>,
  body: Uint8Array,
  headers: OutgoingHttpHeaders,
  limit: CallLimit,
): Promise<UnaryResponse<I, O>> {
  const path = createMethodUrl("/", method);
  for (let attempt = 1;; attempt++) {
    try {
      const response = await exchange(session, path, headers, body, limit);
      const read = readResponse(response, compressions, limit.readMaxBytes);
      const bytes = read instanceof Promise ? await read : read;
      return answer(method, parse(method.output, bytes), response);
    } catch (thrown) {
      const error = ConnectError.from(thrown);
      // A server that isn't there won't be there in a moment; one that closed the
      // connection under the call takes it on the next.
      if (!isUnsent(error) || error.cause !== undefined || attempt === MAX_UNSENT) throw error;
    }
  }
}

function answer<I extends DescMessage, O extends DescMessage>(
  method: DescMethodUnary<I, O>,
  message: MessageShape<O>,
  raw: RawResponse,
): UnaryResponse<I, O> {
  const source: Source = { raw, header: undefined, trailer: undefined };
  const response = {
    stream: false as const,
    service: method.parent,
    method,
    message,
    [SOURCE]: source,
  };
  Object.defineProperty(response, "header", responseHeader);
  Object.defineProperty(response, "trailer", responseTrailer);
  return response as typeof response & { readonly header: Headers; readonly trailer: Headers };
}

/** What came, and what was made of it for those who asked. */
interface Source {
  readonly raw: RawResponse;
  header: Headers | undefined;
  trailer: Headers | undefined;
}

const responseHeader = lazyProperty((source: Source) =>
  source.header ??= toHeaders(source.raw.header)
);
const responseTrailer = lazyProperty((source: Source) =>
  source.trailer ??= toHeaders(source.raw.trailer)
);

function parse<O extends DescMessage>(desc: O, bytes: Uint8Array): MessageShape<O> {
  try {
    return fromBinary(desc, bytes);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ConnectError(`the answer is no ${desc.typeName}: ${why}`, Code.Internal);
  }
}
