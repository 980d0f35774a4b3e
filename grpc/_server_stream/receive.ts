import {
  contentTypeJson,
  contentTypeProto,
  parseContentType,
  parseTimeout,
} from "@connectrpc/connect/protocol-grpc";
import { negotiateCompression } from "../_unary/negotiation.ts";
import { BodyCollector } from "../_unary/envelope.ts";
import type { HeaderRecord, UnaryRequest } from "../_unary/request.ts";
import { type AnswerSink, StreamAnswer } from "./answer.ts";
import { readInput } from "./input.ts";
import type { ServerStreamMethod } from "./method.ts";

/** A call whose head has been read. */
export interface StreamReception {
  /** Takes a piece of the body. */
  push(chunk: Uint8Array): void;
  /** The body has come to its end: answers the call. */
  end(): void;
  /** The caller has gone. */
  cancel(): void;
}

/**
 * Begins a call of native gRPC to a server-streaming method. Undefined is answered for
 * all else, which goes to Connect's own handler.
 */
export function receiveStream(
  method: ServerStreamMethod,
  request: UnaryRequest,
  sink: AnswerSink,
): StreamReception | undefined {
  const type = parseContentType(request.header("content-type"));
  if (type === undefined || request.httpMethod !== "POST") return undefined;
  const { binary } = type;
  const { compressions, maxMessageBytes, serialization } = method;
  const given = request.header("grpc-timeout");
  const timeout = given === null ? undefined : parseTimeout(given, Number.MAX_SAFE_INTEGER);
  const compression = negotiateCompression(
    compressions,
    request.header("grpc-encoding"),
    request.header("grpc-accept-encoding"),
    "grpc-accept-encoding",
  );
  const header: HeaderRecord = { "content-type": binary ? contentTypeProto : contentTypeJson };
  if (compression.response !== null) header["grpc-encoding"] = compression.response.name;
  const call = method.begin("grpc", request, timeout?.timeoutMs);
  const answer = new StreamAnswer(method, call, sink, {
    header,
    serialize: (message) => method.serialize(message, binary),
    compression: compression.response,
  });
  const collector = new BodyCollector(maxMessageBytes, "enveloped");
  let ended = false;
  function end(): void {
    if (ended) return;
    ended = true;
    answer.run(readInput(collector.whole(), {
      serialization: serialization.getI(binary),
      compression,
      refused: compression.error ?? timeout?.error,
      maxBytes: maxMessageBytes,
    }));
  }
  return {
    push(chunk) {
      // Why a body is refused, its reader says; what still comes of it is dropped.
      if (!ended && collector.push(chunk) !== undefined) end();
    },
    end,
    cancel: () => answer.cancel(),
  };
}
