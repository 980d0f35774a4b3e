import { encodeGrpcMessage } from "../_grpc_message.ts";
import type { UnaryAnswer } from "./request.ts";

/**
 * Answers a path that no service has, in the words of the caller's protocol:
 * gRPC and gRPC-Web callers get a status, others 404 with Connect's JSON.
 */
export function answerUnknownPath(path: string, contentType: string): UnaryAnswer {
  const shown = path.length > 200 ? `${path.slice(0, 200)}…` : path;
  return refusal(contentType, {
    grpc: 12,
    status: 404,
    code: "unimplemented",
    message: `no service answers ${shown}`,
  });
}

/** Answers headers that are larger than the server takes. */
export function answerHeaders(contentType: string, bytes: number, maxBytes: number): UnaryAnswer {
  return refusal(contentType, {
    grpc: 8,
    status: 431,
    code: "resource_exhausted",
    message: `the request's headers are ${bytes} bytes, more than the ${maxBytes} that are taken`,
  });
}

/** Answers native gRPC where nothing can carry its trailers. */
export function answerNativeGrpc(contentType: string): UnaryAnswer {
  const message = "this address speaks Connect and gRPC-Web, not native gRPC";
  return refusal(contentType, { grpc: 12, status: 415, code: "unimplemented", message });
}

/** Whether a content type is that of native gRPC. */
export function isNativeGrpc(contentType: string): boolean {
  return /^application\/grpc([+;]|$)/i.test(contentType);
}

interface Refusal {
  readonly grpc: number;
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

function refusal(contentType: string, { grpc, status, code, message }: Refusal): UnaryAnswer {
  if (/^application\/grpc(-web)?(-text)?([+;]|$)/i.test(contentType)) {
    const header = {
      "content-type": contentType,
      "grpc-status": String(grpc),
      "grpc-message": encodeGrpcMessage(message),
    };
    return { status: 200, header };
  }
  return {
    status,
    header: { "content-type": "application/json" },
    body: new TextEncoder().encode(JSON.stringify({ code, message })),
  };
}
