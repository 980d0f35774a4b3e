import type { IncomingHttpHeaders, ServerHttp2Stream } from "node:http2";
import type { Cors } from "../cors.ts";
import type { Routes } from "../_router.ts";
import { receive } from "../_unary/handler.ts";
import type { ServerSession } from "./server_session.ts";
import type { HeaderRecord, UnaryAnswer } from "../_unary/request.ts";
import { sendOnStream } from "./answer.ts";
import { answerStream } from "./answer_stream.ts";
import { answerUnary } from "./answer_unary.ts";
import { authorityOf, Http2Request, isAuthority } from "./http2_request.ts";
import { answerUniversally } from "./universal_stream.ts";
import { answerHeaders, answerUnknownPath } from "../_unary/refusals.ts";

/** What an http2 server calls for each stream that a client opens. */
export type StreamListener = (
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  session: ServerSession,
  /** The same as they came: name, value, name, value. */
  rawHeaders: readonly string[],
) => void;

/**
 * Hands each request to the method of its path: unary calls, and native gRPC's
 * server streams, go through paths of our own, all else through Connect's handlers.
 */
export function createStreamListener(
  routes: Routes,
  maxHeaderBytes: number,
  cors: Cors | undefined,
): StreamListener {
  return (stream, headers, session, rawHeaders) => {
    const request = new Http2Request(stream, headers, session);
    if (!session.open(stream, request)) return;
    const fields = cors?.headers(headers.origin);
    const send = (answer: UnaryAnswer) => sendOnStream(stream, session, withFields(answer, fields));
    const refuse = (answer: UnaryAnswer) => {
      stream.resume();
      send(answer);
    };
    const headerBytes = sizeOf(rawHeaders);
    const contentType = headers["content-type"] ?? "";
    if (headerBytes > maxHeaderBytes) {
      return refuse(answerHeaders(contentType, headerBytes, maxHeaderBytes));
    }
    const preflight = cors?.preflight(
      headers[":method"],
      (name) => headers[name] as string | undefined,
    );
    if (preflight !== undefined) return refuse(preflight);
    const path = headers[":path"] ?? "";
    // Only the calls of Connect by GET have a query.
    const route = routes.get(path) ?? routes.get(path.split("?", 1)[0]!);
    if (route === undefined) return refuse(answerUnknownPath(path.split("?", 1)[0]!, contentType));
    if (!isAuthority(authorityOf(headers))) return refuse({ status: 400, header: {} });

    const reception = route.unary && receive(route.unary, request);
    if (reception !== undefined) return answerUnary(reception, stream, send);
    const { serverStream } = route;
    if (serverStream && answerStream(serverStream, request, stream, session, fields)) return;
    answerUniversally(route.universal, request, stream, session, fields);
  };
}

function withFields(answer: UnaryAnswer, fields: HeaderRecord | undefined): UnaryAnswer {
  return fields === undefined ? answer : { ...answer, header: { ...answer.header, ...fields } };
}

/** The size of headers as HTTP/2 counts it: 32 bytes for each field besides name and value. */
function sizeOf(rawHeaders: readonly string[]): number {
  let bytes = 16 * rawHeaders.length;
  for (let i = 0; i < rawHeaders.length; i++) bytes += rawHeaders[i]!.length;
  return bytes;
}
