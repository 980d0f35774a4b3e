import type { IncomingMessage, ServerResponse } from "node:http";
import type { Http2Stream } from "node:http2";
import {
  universalRequestFromNodeRequest,
  universalResponseToNodeResponse,
} from "@connectrpc/connect-node";
import type { UniversalHandler } from "@connectrpc/connect/protocol";
import { plainGrpcMessage } from "../_grpc_message.ts";
import { answerUnknownPath } from "./unknown_path.ts";

/**
 * What a node:http or node:http2 server calls for each request. The objects of
 * HTTP/2 have the methods of HTTP/1.1's that are used here.
 */
export type RequestListener = (request: IncomingMessage, response: ServerResponse) => void;

/**
 * Hands each request to the handler of its path.
 *
 * Connect's own adapter does the same, but lets a request without a readable
 * authority throw into the server's event, which ends the process.
 */
export function createRequestListener(handlers: readonly UniversalHandler[]): RequestListener {
  const byPath = new Map(handlers.map((handler) => [handler.requestPath, handler]));
  return (request, response) => {
    // A caller that goes away while it is answered is nobody's error.
    response.on("error", () => {});
    request.on("error", () => {});
    dropRest(response);
    const path = (request.url ?? "").split("?", 1)[0]!;
    const handler = byPath.get(path);
    if (handler === undefined) return answerUnknownPath(path, request, response);
    let universal;
    try {
      universal = universalRequestFromNodeRequest(request, response, undefined, undefined);
    } catch {
      response.writeHead(400);
      response.end();
      return;
    }
    handler(universal)
      .then((answer) =>
        universalResponseToNodeResponse({
          ...answer,
          // Read when the body is written, which is when the status is known.
          get trailer() {
            return plainGrpcMessage(answer.trailer);
          },
        }, response)
      )
      .catch(() => {
        // Every error of a call has been answered by then; what fails here is
        // the writing of the answer, so the caller is gone.
        response.destroy();
      });
  };
}

/**
 * Reads and drops what is left of a request that was refused early. A caller
 * that is still sending would otherwise hold its HTTP/2 stream, and with it a
 * shutdown, until the grace is over.
 */
function dropRest(response: ServerResponse & { stream?: Http2Stream }): void {
  const { stream } = response;
  stream?.once("finish", () => {
    // The compat request, whose reader is gone, would pause the stream again.
    stream.removeAllListeners("data");
    stream.resume();
  });
}
