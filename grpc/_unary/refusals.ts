import { encodeGrpcMessage } from "../_grpc_message.ts";
import type { UnaryAnswer } from "./request.ts";

/** `unimplemented` among the gRPC codes. */
const UNIMPLEMENTED = "12";

/**
 * Answers a path that no service has, in the words of the caller's protocol:
 * gRPC and gRPC-Web callers get a status, others 404 with Connect's JSON.
 */
export function answerUnknownPath(path: string, contentType: string): UnaryAnswer {
  const shown = path.length > 200 ? `${path.slice(0, 200)}…` : path;
  const message = `no service answers ${shown}`;
  if (/^application\/grpc(-web)?(-text)?([+;]|$)/.test(contentType)) {
    const header = {
      "content-type": contentType,
      "grpc-status": UNIMPLEMENTED,
      "grpc-message": encodeGrpcMessage(message),
    };
    return { status: 200, header };
  }
  return {
    status: 404,
    header: { "content-type": "application/json" },
    body: new TextEncoder().encode(JSON.stringify({ code: "unimplemented", message })),
  };
}

/** Whether a content type is that of native gRPC. */
export function isNativeGrpc(contentType: string): boolean {
  return /^application\/grpc([+;]|$)/i.test(contentType);
}

/** Answers native gRPC where nothing can carry its trailers. */
export function answerNativeGrpc(contentType: string): UnaryAnswer {
  const message = "this address speaks Connect and gRPC-Web, not native gRPC";
  return {
    status: 200,
    header: {
      "content-type": contentType,
      "grpc-status": UNIMPLEMENTED,
      "grpc-message": encodeGrpcMessage(message),
    },
  };
}
