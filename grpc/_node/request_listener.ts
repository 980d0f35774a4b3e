import type { IncomingMessage, ServerResponse } from "node:http";
import {
  universalRequestFromNodeRequest,
  universalResponseToNodeResponse,
} from "@connectrpc/connect-node";
import type { Routes } from "../_router.ts";
import { sendOnResponse } from "./answer.ts";
import { answerUnknownPath } from "../_unary/refusals.ts";

/** What a node:http server calls for each request. */
export type RequestListener = (request: IncomingMessage, response: ServerResponse) => void;

/**
 * Hands each request over HTTP/1.1 to the handler of its path.
 *
 * Connect's own adapter does the same, but lets a request without a readable
 * authority throw into the server's event, which ends the process.
 */
export function createRequestListener(routes: Routes): RequestListener {
  return (request, response) => {
    // A caller that goes away while it is answered is nobody's error.
    response.on("error", () => {});
    request.on("error", () => {});
    const path = (request.url ?? "").split("?", 1)[0]!;
    const route = routes.get(path);
    if (route === undefined) {
      // What the caller still sends is read and dropped, so that its connection stays usable.
      request.resume();
      return sendOnResponse(
        response,
        answerUnknownPath(path, request.headers["content-type"] ?? ""),
      );
    }
    let universal;
    try {
      universal = universalRequestFromNodeRequest(request, response, undefined, undefined);
    } catch {
      response.writeHead(400);
      response.end();
      return;
    }
    route.universal(universal)
      .then((answer) => universalResponseToNodeResponse(answer, response))
      .catch(() => {
        // Every error of a call has been answered by then; what fails here is
        // the writing of the answer, so the caller is gone.
        response.destroy();
      });
  };
}
