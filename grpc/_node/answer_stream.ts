import type { ServerHttp2Stream } from "node:http2";
import process from "node:process";
import type { AnswerSink } from "../_server_stream/answer.ts";
import { receiveStream } from "../_server_stream/receive.ts";
import type { ServerStreamMethod } from "../_server_stream/method.ts";
import type { HeaderRecord } from "../_unary/request.ts";
import { INTERNAL_ERROR, sendTrailers } from "./answer.ts";
import type { Http2Request } from "./http2_request.ts";
import type { ServerSession } from "./server_session.ts";

/** Answers a call to a server-streaming method; false where that is not for us to do. */
export function answerStream(
  method: ServerStreamMethod,
  request: Http2Request,
  stream: ServerHttp2Stream,
  session: ServerSession,
  fields: HeaderRecord | undefined,
): boolean {
  const reception = receiveStream(method, request, createSink(stream, session, fields));
  if (reception === undefined) return false;
  stream.on("data", (chunk: Uint8Array) => reception.push(chunk));
  stream.on("end", () => reception.end());
  stream.on("aborted", () => reception.cancel());
  stream.on("close", () => reception.cancel());
  return true;
}

/** A caller that is gone by the time it is answered is nobody's error. */
function createSink(
  stream: ServerHttp2Stream,
  session: ServerSession,
  fields: HeaderRecord | undefined,
): AnswerSink {
  const isGone = () => stream.destroyed || stream.closed;
  let trailers: HeaderRecord = {};
  return {
    // Comes when no promise is left that could go on by itself.
    soon: (callback) => process.nextTick(callback),
    respond(header) {
      if (isGone()) return;
      try {
        stream.respond({ ":status": "200", ...fields, ...header }, { waitForTrailers: true });
        stream.once("wantTrailers", () => sendTrailers(stream, trailers));
      } catch {
        // A handler's header that HTTP/2 doesn't have, such as `connection`.
        stream.close(INTERNAL_ERROR);
      }
    },
    write: (bytes) => session.write(stream, bytes),
    finish(rest, trailer) {
      if (isGone()) return;
      trailers = trailer;
      session.end(stream, rest.length === 0 ? undefined : rest);
    },
  };
}
