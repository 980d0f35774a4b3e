import type { IncomingHttpHeaders, ServerHttp2Stream } from "node:http2";
import type { Route, Routes } from "../_router.ts";
import { receive, type UnaryReception } from "../_unary/handler.ts";
import { sendOnStream } from "./answer.ts";
import { authorityOf, Http2Request, isAuthority } from "./http2_request.ts";
import { answerUniversally } from "./universal_stream.ts";
import { answerUnknownPath } from "../_unary/refusals.ts";

/** What an http2 server calls for each stream that a client opens. */
export type StreamListener = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void;

/**
 * Hands each request to the method of its path: unary calls go through a path
 * of our own, all else through Connect's handlers.
 */
export function createStreamListener(routes: Routes): StreamListener {
  return (stream, headers) => {
    // A caller that goes away while it is answered is nobody's error.
    stream.on("error", () => {});
    const path = (headers[":path"] ?? "").split("?", 1)[0]!;
    const route = routes.get(path);
    if (route === undefined || !isAuthority(authorityOf(headers))) {
      stream.resume();
      const answer = route === undefined
        ? answerUnknownPath(path, headers["content-type"] ?? "")
        : { status: 400, header: {} };
      return sendOnStream(stream, answer);
    }
    answerRoute(route, stream, headers);
  };
}

function answerRoute(
  { unary, universal }: Route,
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
): void {
  const request = new Http2Request(stream, headers);
  const close = () => request.close();
  stream.on("aborted", close);
  stream.on("close", close);
  const reception = unary && receive(unary, request);
  if (reception === undefined) answerUniversally(universal, request, stream);
  else answerUnary(reception, stream);
}

function answerUnary(reception: UnaryReception, stream: ServerHttp2Stream): void {
  const { collector, refused } = reception;
  let answered = false;
  function answer(body: Parameters<UnaryReception["answer"]>[0]): void {
    if (answered) return;
    answered = true;
    reception.answer(body).then((made) => sendOnStream(stream, made));
  }
  if (refused !== undefined) answer(refused);
  stream.on("data", (chunk: Uint8Array) => {
    // What comes after the answer is read and dropped, so that the stream can end.
    if (answered || collector === undefined) return;
    const error = collector.push(chunk);
    if (error !== undefined) answer(error);
  });
  stream.on("end", () => answer(collector?.whole() ?? new Uint8Array(0)));
}
