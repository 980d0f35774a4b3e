import { base64Decode } from "@bufbuild/protobuf/wire";
import { ConnectError } from "@connectrpc/connect";
import type { Compression } from "@connectrpc/connect/protocol";
import {
  codeToHttpStatus,
  contentTypeUnaryJson,
  contentTypeUnaryProto,
  errorToJsonBytes,
  parseTimeout,
} from "@connectrpc/connect/protocol-connect";
import { UnaryCall } from "./call.ts";
import { COMPRESS_MIN_BYTES } from "./envelope.ts";
import { asConnectError } from "./grpc.ts";
import type { UnaryMethod } from "./method.ts";
import { negotiateCompression } from "./negotiation.ts";
import { addFields, type HeaderRecord, type UnaryAnswer, type UnaryRequest } from "./request.ts";

/** The message of a request, and how it was written. */
export interface ConnectInput {
  readonly binary: boolean;
  readonly body: Uint8Array | ConnectError;
  readonly encoding: string | null;
}

/**
 * The message of a GET, which is in the query. Undefined where the query doesn't say
 * how it is written.
 */
export function inputFromQuery(url: string): ConnectInput | undefined {
  const query = new URL(url).searchParams;
  const written = query.get("encoding");
  if (written !== "proto" && written !== "json") return undefined;
  const message = query.get("message") ?? "";
  let body: Uint8Array | ConnectError;
  try {
    body = query.get("base64") === "1" ? base64Decode(message) : new TextEncoder().encode(message);
  } catch (error) {
    body = asConnectError(error);
  }
  return { binary: written === "proto", body, encoding: query.get("compression") };
}

/** Answers a unary call of Connect. */
export async function answerConnect(
  method: UnaryMethod,
  request: UnaryRequest,
  { binary, body, encoding }: ConnectInput,
): Promise<UnaryAnswer> {
  const given = request.header("connect-timeout-ms");
  const timeout = given === null ? undefined : parseTimeout(given, Number.MAX_SAFE_INTEGER);
  const call = new UnaryCall(method.desc, "connect", request, timeout?.timeoutMs);
  const { serialization, maxMessageBytes, compressions } = method;
  const compression = negotiateCompression(
    compressions,
    encoding,
    request.header("accept-encoding"),
    "accept-encoding",
  );
  const header: HeaderRecord = {
    "content-type": binary ? contentTypeUnaryProto : contentTypeUnaryJson,
  };
  try {
    if (compression.error !== undefined) throw compression.error;
    if (timeout?.error !== undefined) throw timeout.error;
    if (body instanceof ConnectError) throw body;
    const bytes = compression.request === null
      ? body
      : await compression.request.decompress(body as Uint8Array<ArrayBuffer>, maxMessageBytes);
    const input = serialization.getI(binary).parse(bytes as Uint8Array<ArrayBuffer>);
    let output;
    try {
      output = method.serialize(method.normal(await method.invoke(call, input)), binary);
    } catch (error) {
      throw method.answerTo(error, call);
    }
    addMetadata(header, call);
    return await finish(200, header, output, compression.response);
  } catch (thrown) {
    const error = asConnectError(thrown);
    addMetadata(header, call);
    header["content-type"] = contentTypeUnaryJson;
    addFields(header, error.metadata);
    return await finish(
      codeToHttpStatus(error.code),
      header,
      errorToJsonBytes(error, undefined) as Uint8Array<ArrayBuffer>,
      compression.response,
    );
  } finally {
    call.end();
  }
}

/** Trailers travel among the headers, by another name. */
function addMetadata(header: HeaderRecord, { givenHeader, givenTrailer }: UnaryCall): void {
  if (givenHeader !== undefined) addFields(header, givenHeader);
  givenTrailer?.forEach((value, name) => header[`trailer-${name}`] = value);
}

async function finish(
  status: number,
  header: HeaderRecord,
  body: Uint8Array<ArrayBuffer>,
  compression: Compression | null,
): Promise<UnaryAnswer> {
  if (compression !== null && body.length >= COMPRESS_MIN_BYTES) {
    body = await compression.compress(body);
    header["content-encoding"] = compression.name;
  }
  header["content-length"] = String(body.length);
  return { status, header, body };
}
