import type { ConnectError } from "@connectrpc/connect";
import { type Compression, compressionNegotiate } from "@connectrpc/connect/protocol";
import * as connect from "@connectrpc/connect/protocol-connect";
import * as grpc from "@connectrpc/connect/protocol-grpc";
import * as grpcWeb from "@connectrpc/connect/protocol-grpc-web";
import type { Protocol } from "../client_options.ts";

/** What the content type of a request to a unary method says. */
export interface ContentType {
  readonly protocol: Protocol;
  /** Protobuf, or else JSON. */
  readonly binary: boolean;
}

/** The few content types that clients really send; hostile ones are not kept. */
const contentTypes = new Map<string, ContentType | undefined>();
const MAX_KEPT = 64;

/** Reads a content type; undefined where no protocol has it for unary calls. */
export function readContentType(value: string): ContentType | undefined {
  const known = contentTypes.get(value);
  if (known !== undefined) return known;
  const read = parseContentType(value);
  if (read !== undefined && contentTypes.size < MAX_KEPT) contentTypes.set(value, read);
  return read;
}

function parseContentType(value: string): ContentType | undefined {
  const native = grpc.parseContentType(value);
  if (native !== undefined) return { protocol: "grpc", binary: native.binary };
  const web = grpcWeb.parseContentType(value);
  if (web !== undefined && !web.text) return { protocol: "grpc-web", binary: web.binary };
  const unary = connect.parseContentType(value);
  if (unary !== undefined && !unary.stream) return { protocol: "connect", binary: unary.binary };
  return undefined;
}

/** Which compressions a call uses. */
export interface Negotiated {
  readonly request: Compression | null;
  readonly response: Compression | null;
  readonly error?: ConnectError;
}

/** What nearly every call agrees on. */
const NONE: Negotiated = { request: null, response: null };

/** Agrees on compressions, by the rules of Connect. */
export function negotiateCompression(
  available: Compression[],
  requested: string | null,
  accepted: string | null,
  acceptHeader: string,
): Negotiated {
  if (requested === null && accepted === null) return NONE;
  return compressionNegotiate(available, requested, accepted, acceptHeader);
}
