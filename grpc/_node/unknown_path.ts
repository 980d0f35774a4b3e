import type { IncomingMessage, ServerResponse } from "node:http";
import { encodeGrpcMessage } from "../_grpc_message.ts";

/** `unimplemented` among the gRPC codes. */
const UNIMPLEMENTED = "12";

/**
 * Answers a path that no service has, in the words of the caller's protocol:
 * gRPC and gRPC-Web callers get a status, others 404 with Connect's JSON.
 */
export function answerUnknownPath(
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const shown = path.length > 200 ? `${path.slice(0, 200)}…` : path;
  const message = `no service answers ${shown}`;
  const contentType = String(request.headers["content-type"] ?? "");
  // What the caller still sends is read and dropped, so that its connection stays usable.
  request.resume();
  if (/^application\/grpc(-web)?(-text)?([+;]|$)/.test(contentType)) {
    const status = {
      "grpc-status": UNIMPLEMENTED,
      "grpc-message": encodeGrpcMessage(message),
    };
    // gRPC reads its status in the trailers; gRPC-Web has none and takes it in the headers.
    const web = contentType.startsWith("application/grpc-web");
    response.writeHead(200, { "content-type": contentType, ...(web ? status : {}) });
    if (!web) response.addTrailers(status);
    response.end();
    return;
  }
  response.writeHead(404, { "content-type": "application/json" });
  response.end(JSON.stringify({ code: "unimplemented", message }));
}
