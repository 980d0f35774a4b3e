import type { ServerResponse } from "node:http";
import type { ServerHttp2Stream } from "node:http2";
import type { UnaryAnswer } from "../_unary/request.ts";
import type { ServerSession } from "./server_session.ts";

/** `INTERNAL_ERROR` among the HTTP/2 codes. */
export const INTERNAL_ERROR = 2;

/** Sends an answer on an HTTP/2 stream. A caller that is gone by then is nobody's error. */
export function sendOnStream(
  stream: ServerHttp2Stream,
  session: ServerSession,
  { status, header, body, trailer }: UnaryAnswer,
): void {
  if (stream.destroyed || stream.closed || stream.headersSent) return;
  try {
    if (trailer !== undefined) {
      stream.on("wantTrailers", () => sendTrailers(stream, trailer));
      stream.respond({ ":status": status, ...header }, { waitForTrailers: true });
      session.end(stream, body);
    } else if (body !== undefined) {
      stream.respond({ ":status": status, ...header });
      session.end(stream, body);
    } else {
      stream.respond({ ":status": status, ...header }, { endStream: true });
    }
  } catch {
    // A handler's header that HTTP/2 doesn't have, such as `connection`.
    stream.close(INTERNAL_ERROR);
  }
}

/** Sends trailers, unless the stream has ended meanwhile. */
export function sendTrailers(
  stream: ServerHttp2Stream,
  trailer: Record<string, string | string[]>,
): void {
  try {
    stream.sendTrailers(trailer);
  } catch {
    if (!stream.destroyed) stream.close(INTERNAL_ERROR);
  }
}

/**
 * Sends an answer over HTTP/1.1, which carries no trailers of ours. A caller that is gone
 * by then is nobody's error.
 */
export function sendOnResponse(response: ServerResponse, answer: UnaryAnswer): void {
  if (response.destroyed || response.headersSent) return;
  try {
    response.writeHead(answer.status, answer.header);
    response.end(answer.body);
  } catch {
    // A handler's header that HTTP/1.1 doesn't let it set, such as a wrong `trailer`.
    response.destroy();
  }
}
