import type { IncomingMessage, ServerResponse } from "node:http";
import { createContextValues } from "@connectrpc/connect";
import type { UniversalHandler } from "@connectrpc/connect/protocol";
import { universalResponseToNodeResponse } from "@connectrpc/connect-node";
import { peerKey } from "../peer.ts";
import type { Http1Request } from "./http1_request.ts";
import { readBody } from "./request_body.ts";

/**
 * Answers a request over HTTP/1.1 with Connect's handler. Connect's own adapter ends the
 * connection of a caller whose message is refused, often before the caller has read why.
 */
export function answerUniversallyOverHttp1(
  handler: UniversalHandler,
  request: Http1Request,
  message: IncomingMessage,
  response: ServerResponse,
): void {
  const controller = new AbortController();
  request.onCancel((reason) => controller.abort(reason));
  handler({
    httpVersion: message.httpVersion,
    method: request.httpMethod,
    url: request.url,
    header: request.headers(),
    body: readBody(message),
    signal: controller.signal,
    contextValues: createContextValues().set(peerKey, request.peer),
  }).then((answer) => {
    // A handler that never looked at the body leaves it to be dropped.
    response.once("finish", () => message.resume());
    return universalResponseToNodeResponse(answer, response);
  }).catch(() => {
    // Every error of a call has been answered by then; what fails here is the
    // writing of the answer, so the caller is gone.
    response.destroy();
  });
}
