import type { IncomingHttpHeaders, ServerHttp2Stream } from "node:http2";
import type { Route, Routes } from "../_router.ts";
import { receive } from "../_unary/handler.ts";
import type { ServerSession } from "./server_session.ts";
import { sendOnStream } from "./answer.ts";
import { answerUnary } from "./answer_unary.ts";
import { authorityOf, Http2Request, isAuthority } from "./http2_request.ts";
import { answerUniversally } from "./universal_stream.ts";
import { answerHeaders, answerUnknownPath } from "../_unary/refusals.ts";

/** What an http2 server calls for each stream that a client opens. */
export type StreamListener = (
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  session: ServerSession,
) => void;

/**
 * Hands each request to the method of its path: unary calls go through a path
 * of our own, all else through Connect's handlers.
 */
export function createStreamListener(routes: Routes, maxHeaderBytes: number): StreamListener {
  return (stream, headers, session) => {
    const headerBytes = sizeOf(headers);
    if (headerBytes > maxHeaderBytes) {
      stream.resume();
      const contentType = headers["content-type"] ?? "";
      return sendOnStream(stream, session, answerHeaders(contentType, headerBytes, maxHeaderBytes));
    }
    const path = (headers[":path"] ?? "").split("?", 1)[0]!;
    const route = routes.get(path);
    if (route === undefined || !isAuthority(authorityOf(headers))) {
      stream.resume();
      const answer = route === undefined
        ? answerUnknownPath(path, headers["content-type"] ?? "")
        : { status: 400, header: {} };
      return sendOnStream(stream, session, answer);
    }
    answerRoute(route, stream, headers, session);
  };
}

function answerRoute(
  { unary, universal }: Route,
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  session: ServerSession,
): void {
  const request = new Http2Request(stream, headers, session);
  const close = () => request.close();
  stream.on("aborted", close);
  stream.on("close", close);
  const reception = unary && receive(unary, request);
  if (reception === undefined) answerUniversally(universal, request, stream, session);
  else answerUnary(reception, stream, (answer) => sendOnStream(stream, session, answer));
}

/** The size of headers as HTTP/2 counts it: 32 bytes for each field besides name and value. */
function sizeOf(headers: IncomingHttpHeaders): number {
  let bytes = 0;
  for (const name in headers) {
    const value = headers[name]!;
    if (typeof value === "string") bytes += name.length + value.length + 32;
    else for (const one of value) bytes += name.length + one.length + 32;
  }
  return bytes;
}
