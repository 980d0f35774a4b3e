import { Code, ConnectError } from "@connectrpc/connect";
import {
  contentTypeJson,
  contentTypeProto,
  parseTimeout,
  setTrailerStatus,
} from "@connectrpc/connect/protocol-grpc";
import { plainGrpcMessage } from "../_grpc_message.ts";
import { UnaryCall } from "./call.ts";
import { closeEnvelope, openEnvelope } from "./envelope.ts";
import type { UnaryMethod } from "./method.ts";
import { negotiateCompression } from "./negotiation.ts";
import { addFields, type HeaderRecord, type UnaryAnswer, type UnaryRequest } from "./request.ts";

const OK: HeaderRecord = { "grpc-status": "0" };

/** What a call came to: a message in its envelope, or an error. */
export interface GrpcOutcome {
  readonly call: UnaryCall;
  readonly encoding: string | undefined;
  readonly body?: Uint8Array<ArrayBuffer>;
  readonly error?: ConnectError;
}

/** Answers a call of native gRPC whose body has been read, or was refused. */
export function answerGrpc(
  method: UnaryMethod,
  request: UnaryRequest,
  binary: boolean,
  body: Uint8Array | ConnectError,
): Promise<UnaryAnswer> {
  return run(method, "grpc", request, binary, body, answerOf);
}

function answerOf({ call, encoding, error, body }: GrpcOutcome, binary: boolean): UnaryAnswer {
  const header: HeaderRecord = { "content-type": binary ? contentTypeProto : contentTypeJson };
  if (encoding !== undefined) header["grpc-encoding"] = encoding;
  const { givenHeader } = call;
  if (givenHeader !== undefined) addFields(header, givenHeader);
  if (error === undefined) {
    const { givenTrailer } = call;
    const trailer = givenTrailer === undefined ? OK : addFields({}, givenTrailer);
    if (trailer !== OK) trailer["grpc-status"] = "0";
    return { status: 200, header, body, trailer };
  }
  const trailer = addFields({}, statusTrailer(call, error));
  // Headers of the handler's own must stay apart from the trailers.
  if (givenHeader !== undefined) return { status: 200, header, trailer };
  delete header["grpc-encoding"];
  return { status: 200, header: { ...trailer, ...header } };
}

/** The trailers that tell of an error, and what the handler put there. */
export function statusTrailer(call: UnaryCall, error: ConnectError): Headers {
  const trailer = new Headers(call.givenTrailer);
  return plainGrpcMessage(setTrailerStatus(trailer, error))!;
}

/**
 * Runs a call whose message comes and goes in an envelope, native gRPC or gRPC-Web, and
 * makes the answer of what it came to.
 */
export async function run(
  method: UnaryMethod,
  protocolName: string,
  request: UnaryRequest,
  binary: boolean,
  body: Uint8Array | ConnectError,
  finish: (outcome: GrpcOutcome, binary: boolean) => UnaryAnswer | Promise<UnaryAnswer>,
): Promise<UnaryAnswer> {
  const given = request.header("grpc-timeout");
  const timeout = given === null ? undefined : parseTimeout(given, Number.MAX_SAFE_INTEGER);
  const call = new UnaryCall(method.desc, protocolName, request, timeout?.timeoutMs);
  const { maxMessageBytes, serialization } = method;
  const compression = negotiateCompression(
    method.compressions,
    request.header("grpc-encoding"),
    request.header("grpc-accept-encoding"),
    "grpc-accept-encoding",
  );
  const encoding = compression.response?.name;
  let outcome: GrpcOutcome;
  try {
    if (compression.error !== undefined) throw compression.error;
    if (timeout?.error !== undefined) throw timeout.error;
    if (body instanceof ConnectError) throw body;
    const opened = openEnvelope(body, compression.request, maxMessageBytes);
    const bytes = opened instanceof Promise ? await opened : opened;
    const input = serialization.getI(binary).parse(bytes as Uint8Array<ArrayBuffer>);
    let output;
    try {
      output = method.serialize(method.normal(await method.invoke(call, input)), binary);
    } catch (error) {
      throw method.answerTo(error, call);
    }
    const closed = closeEnvelope(output, compression.response);
    outcome = { call, encoding, body: closed instanceof Promise ? await closed : closed };
  } catch (error) {
    outcome = { call, encoding, error: asConnectError(error) };
  }
  call.end();
  return finish(outcome, binary);
}

/** An error that is none of ours: a compression that failed, or the like. */
export function asConnectError(error: unknown): ConnectError {
  if (error instanceof ConnectError) return error;
  return new ConnectError("internal error", Code.Internal, undefined, undefined, error);
}
