import type { IncomingMessage, ServerResponse } from "node:http";
import type { Cors } from "../cors.ts";
import type { Routes } from "../_router.ts";
import { receive } from "../_unary/handler.ts";
import { answerUnknownPath, isNativeGrpc } from "../_unary/refusals.ts";
import { sendOnResponse } from "./answer.ts";
import { answerUnary } from "./answer_unary.ts";
import { Http1Request } from "./http1_request.ts";
import { answerUniversallyOverHttp1 } from "./universal_response.ts";

/** What a node:http server calls for each request. */
export type RequestListener = (request: IncomingMessage, response: ServerResponse) => void;

/**
 * Hands each request over HTTP/1.1 to the method of its path: unary calls go through a
 * path of our own, all else through Connect's handlers.
 */
export function createRequestListener(routes: Routes, cors: Cors | undefined): RequestListener {
  return (message, response) => {
    // A caller that goes away while it is answered is nobody's error.
    response.on("error", () => {});
    message.on("error", () => {});
    if (cors !== undefined) {
      const header = (name: string) => message.headers[name] as string | undefined;
      const preflight = cors.preflight(message.method, header);
      if (preflight !== undefined) {
        message.resume();
        return sendOnResponse(response, preflight);
      }
      const fields = cors.headers(message.headers.origin);
      for (const name in fields) response.setHeader(name, fields[name]!);
    }
    const path = (message.url ?? "").split("?", 1)[0]!;
    const route = routes.get(path);
    const contentType = message.headers["content-type"] ?? "";
    if (route === undefined) {
      // What the caller still sends is read and dropped, so that its connection stays usable.
      message.resume();
      return sendOnResponse(response, answerUnknownPath(path, contentType));
    }
    const request = new Http1Request(message, response);
    if (!request.readable) {
      message.resume();
      return sendOnResponse(response, { status: 400, header: {} });
    }
    const reception = route.unary && !isNativeGrpc(contentType)
      ? receive(route.unary, request)
      : undefined;
    if (reception !== undefined) {
      answerUnary(reception, message, (answer) => sendOnResponse(response, answer));
    } else {
      answerUniversallyOverHttp1(route.universal, request, message, response);
    }
  };
}
