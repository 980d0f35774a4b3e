import type { IncomingHttpHeaders } from "node:http2";
import { Code, ConnectError } from "@connectrpc/connect";
import type { Compression } from "@connectrpc/connect/protocol";
import { codeFromHttpStatus, findTrailerError } from "@connectrpc/connect/protocol-grpc";
import { openEnvelope } from "../_unary/envelope.ts";

/** What came back on a stream. */
export interface RawResponse {
  readonly header: IncomingHttpHeaders;
  readonly trailer: IncomingHttpHeaders | undefined;
  readonly body: Uint8Array;
}

/** Whether the response carries its status, and so is whole. */
export function hasStatus({ header, trailer }: Omit<RawResponse, "body">): boolean {
  return (trailer ?? header)["grpc-status"] !== undefined || header[":status"] as unknown !== 200;
}

/**
 * The message in a response of native gRPC.
 *
 * @throws {ConnectError} when the status is an error, or the response is none of gRPC.
 */
export function readResponse(
  response: RawResponse,
  compressions: readonly Compression[],
  readMaxBytes: number,
): Uint8Array | Promise<Uint8Array> {
  const { header, trailer, body } = response;
  const status = trailer ?? header;
  const httpStatus = Number(header[":status"]);
  // A status beside the headers counts only where nothing follows them.
  if (status["grpc-status"] === undefined || trailer === undefined && body.length > 0) {
    const type = header["content-type"];
    const stranger = type !== undefined && !isGrpc(type);
    const code = httpStatus === 200 && !stranger ? Code.Internal : codeFromHttpStatus(httpStatus);
    const what = stranger ? ` and content type "${type}"` : "";
    const message = `the server answered HTTP ${httpStatus}${what} without a gRPC status`;
    throw new ConnectError(message, code);
  }
  if (status["grpc-status"] !== "0") throw statusError(header, trailer);
  const contentType = header["content-type"] ?? "";
  if (!isGrpc(contentType)) {
    throw new ConnectError(
      `the server answered content type "${contentType}", not gRPC`,
      Code.Internal,
    );
  }
  const encoding = header["grpc-encoding"];
  const compression = encoding === undefined || encoding === "identity"
    ? null
    : compressions.find(({ name }) => name === encoding);
  if (compression === undefined) {
    throw new ConnectError(`the server answered unknown compression "${encoding}"`, Code.Internal);
  }
  return openEnvelope(body, compression, readMaxBytes, "response");
}

function isGrpc(contentType: string): boolean {
  return /^application\/grpc(\+proto)?(;|$)/i.test(contentType);
}

function statusError(
  header: IncomingHttpHeaders,
  trailer: IncomingHttpHeaders | undefined,
): ConnectError {
  const status = toHeaders(trailer ?? header);
  let error: ConnectError | undefined;
  try {
    error = findTrailerError(status);
  } catch {
    // A peer that doesn't escape its message, or garbles the details.
    const code = Number(status.get("grpc-status"));
    error = new ConnectError(
      status.get("grpc-message") ?? "",
      code in Code ? code : Code.Unknown,
      status,
    );
  }
  if (trailer !== undefined) {
    toHeaders(header).forEach((value, name) => error?.metadata.append(name, value));
  }
  return error!;
}

/** The fields of a response, but for HTTP/2's own. */
export function toHeaders(fields: IncomingHttpHeaders | undefined): Headers {
  const headers = new Headers();
  for (const name in fields) {
    if (name.startsWith(":")) continue;
    const value = fields[name]!;
    if (typeof value === "string") headers.append(name, value);
    else for (const one of value) headers.append(name, one);
  }
  return headers;
}
