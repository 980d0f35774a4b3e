import type { ConnectError } from "@connectrpc/connect";
import {
  contentTypeJson,
  contentTypeProto,
  trailerFlag,
  trailerSerialize,
} from "@connectrpc/connect/protocol-grpc-web";
import type { UnaryCall } from "./call.ts";
import { closeEnvelope } from "./envelope.ts";
import { type GrpcOutcome, run, statusTrailer } from "./grpc.ts";
import type { UnaryMethod } from "./method.ts";
import { addFields, type HeaderRecord, type UnaryAnswer, type UnaryRequest } from "./request.ts";

/** The trailers of nearly every call, in their envelope. */
const OK = closeEnvelope(new TextEncoder().encode("grpc-status: 0\r\n"), null, trailerFlag);

/** Answers a call of gRPC-Web, whose trailers are the end of its body. */
export function answerGrpcWeb(
  method: UnaryMethod,
  request: UnaryRequest,
  binary: boolean,
  body: Uint8Array | ConnectError,
): Promise<UnaryAnswer> {
  return run(method, "grpc-web", request, binary, body, answerOf);
}

async function answerOf(
  { call, encoding, error, body: message }: GrpcOutcome,
  binary: boolean,
): Promise<UnaryAnswer> {
  const header: HeaderRecord = { "content-type": binary ? contentTypeProto : contentTypeJson };
  if (encoding !== undefined) header["grpc-encoding"] = encoding;
  if (call.givenHeader !== undefined) addFields(header, call.givenHeader);
  const trailer = error === undefined && call.givenTrailer === undefined
    ? await OK
    : await closeEnvelope(trailerSerialize(trailerOf(call, error)), null, trailerFlag);
  return { status: 200, header, body: message === undefined ? trailer : join(message, trailer) };
}

function trailerOf(call: UnaryCall, error: ConnectError | undefined): Headers {
  if (error !== undefined) return statusTrailer(call, error);
  const trailer = new Headers(call.givenTrailer);
  trailer.set("grpc-status", "0");
  return trailer;
}

function join(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(a.length + b.length);
  joined.set(a);
  joined.set(b, a.length);
  return joined;
}
