import { MethodOptions_IdempotencyLevel } from "@bufbuild/protobuf/wkt";
import type { ConnectError } from "@connectrpc/connect";
import { answerConnect, inputFromQuery } from "./connect.ts";
import { BodyCollector, tooLarge } from "./envelope.ts";
import { answerGrpc } from "./grpc.ts";
import { answerGrpcWeb } from "./grpc_web.ts";
import type { UnaryMethod } from "./method.ts";
import { readContentType } from "./negotiation.ts";
import type { UnaryAnswer, UnaryRequest } from "./request.ts";

/** How to go on with a request whose head has been read. */
export interface UnaryReception {
  /** Takes the body; undefined where there is none to wait for. */
  readonly collector?: BodyCollector;
  /** Set where the head already says that the body is refused. */
  readonly refused?: ConnectError;
  /** Answers the call, with its body or the error it was refused with. */
  answer(body: Uint8Array | ConnectError): Promise<UnaryAnswer>;
}

/**
 * Reads the head of a request to a unary method. Undefined is answered for
 * what is out of the ordinary, which goes to Connect's own handler: it knows
 * the right refusal.
 */
export function receive(method: UnaryMethod, request: UnaryRequest): UnaryReception | undefined {
  const contentType = request.header("content-type");
  if (request.httpMethod === "GET") {
    const { NO_SIDE_EFFECTS } = MethodOptions_IdempotencyLevel;
    if (contentType !== null || method.desc.idempotency !== NO_SIDE_EFFECTS) return undefined;
    const input = inputFromQuery(request.url);
    return input && { answer: () => answerConnect(method, request, input) };
  }
  if (request.httpMethod !== "POST" || contentType === null) return undefined;
  const type = readContentType(contentType);
  if (type === undefined) return undefined;
  const { protocol, binary } = type;
  const { maxMessageBytes } = method;
  if (protocol !== "connect") {
    const answer = protocol === "grpc" ? answerGrpc : answerGrpcWeb;
    return {
      collector: new BodyCollector(maxMessageBytes, "enveloped"),
      answer: (body) => answer(method, request, binary, body),
    };
  }
  const length = Number(request.header("content-length") ?? 0);
  return {
    collector: new BodyCollector(maxMessageBytes, "bare"),
    refused: length > maxMessageBytes ? tooLarge(maxMessageBytes, length) : undefined,
    answer: (body) =>
      answerConnect(method, request, {
        binary,
        body,
        encoding: request.header("content-encoding"),
      }),
  };
}
