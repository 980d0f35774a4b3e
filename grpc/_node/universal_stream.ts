import type { ServerHttp2Stream } from "node:http2";
import { createContextValues } from "@connectrpc/connect";
import type { UniversalHandler, UniversalServerResponse } from "@connectrpc/connect/protocol";
import { peerKey } from "../peer.ts";
import { plainGrpcMessage } from "../_grpc_message.ts";
import { addFields, type HeaderRecord } from "../_unary/request.ts";
import { sendTrailers } from "./answer.ts";
import type { Http2Request } from "./http2_request.ts";
import { readBody } from "./request_body.ts";
import type { ServerSession } from "./server_session.ts";

/** Answers a request with Connect's handler, straight from and to its stream. */
export function answerUniversally(
  handler: UniversalHandler,
  request: Http2Request,
  stream: ServerHttp2Stream,
  session: ServerSession,
  fields: HeaderRecord | undefined,
): void {
  const controller = new AbortController();
  request.onCancel((reason) => controller.abort(reason));
  let read = false;
  const body = readBody(stream, () => read = true);
  handler({
    httpVersion: "2.0",
    method: request.httpMethod,
    url: request.url,
    header: request.headers(),
    body,
    signal: controller.signal,
    contextValues: createContextValues().set(peerKey, request.peer),
  }).then((response) => {
    // A request that is refused unread: Deno may close its stream without an answer.
    if (!read) stream.resume();
    return sendResponse(stream, session, response, fields);
  }).catch(() => {
    // Every error of a call has been answered by then; what fails here is the
    // writing of the answer, so the caller is gone.
    stream.destroy();
  });
}

async function sendResponse(
  stream: ServerHttp2Stream,
  session: ServerSession,
  response: UniversalServerResponse,
  fields: HeaderRecord | undefined,
): Promise<void> {
  const body = response.body?.[Symbol.asyncIterator]();
  try {
    // The handler's headers are complete when its first message is.
    let piece = await body?.next();
    const header = addFields(
      { ":status": String(response.status), ...fields },
      response.header ?? new Headers(),
    );
    if (stream.destroyed || stream.closed) return;
    stream.respond(header, { waitForTrailers: true });
    stream.once("wantTrailers", () => {
      // Read late: the status is known when the body has been written.
      sendTrailers(stream, addFields({}, plainGrpcMessage(response.trailer) ?? new Headers()));
    });
    for (; piece !== undefined && !piece.done; piece = await body!.next()) {
      await session.write(stream, piece.value);
    }
    stream.end();
  } catch (error) {
    body?.throw?.(error).catch(() => {});
    throw error;
  } finally {
    body?.return?.().catch(() => {});
  }
}
