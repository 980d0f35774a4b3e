import type { Registry } from "@bufbuild/protobuf";
import type { Transport } from "@connectrpc/connect";
import {
  compressionBrotli,
  compressionGzip,
  createConnectTransport,
  createGrpcTransport,
  createGrpcWebTransport,
} from "@connectrpc/connect-node";
import type { Compression } from "@connectrpc/connect/protocol";
import { trailersOnly } from "../_client/trailers_only.ts";
import { connectionErrors } from "../_connection_errors.ts";
import type { Endpoint } from "../_endpoint.ts";
import type { CheckedMessageOptions, ClientTlsOptions, Protocol } from "../client_options.ts";
import { createGrpcUnary } from "./grpc_unary.ts";
import { openSocket } from "./open_socket.ts";
import { createSession, type SessionKeepAlive } from "./session.ts";

/** A transport and the connection under it. */
export interface Channel {
  readonly transport: Transport;
  /** Connects, unless it is; answers whether there is a connection. */
  connect(): Promise<boolean>;
  /** Ends the connection; resolves when its socket is gone. */
  close(): Promise<void>;
}

/** What a channel is opened with. */
export interface ChannelOptions {
  readonly endpoint: Endpoint;
  readonly protocol: Protocol;
  readonly tls: ClientTlsOptions | undefined;
  readonly wire: WireOptions;
  readonly keepAlive?: SessionKeepAlive;
}

/** How messages are written and read. */
export interface WireOptions extends CheckedMessageOptions {
  readonly compression: "gzip" | "br" | undefined;
  readonly compressMinBytes: number;
  /** The types that JSON may name. */
  readonly types: Registry | undefined;
}

/** Opens a channel over HTTP/2; the connection itself waits for the first call. */
export function openChannel(options: ChannelOptions): Channel {
  const { endpoint, protocol, tls, keepAlive, wire } = options;
  const open = () => openSocket(endpoint, tls, "h2");
  const session = createSession(endpoint.origin, open, keepAlive);
  const transportOptions = {
    baseUrl: endpoint.origin,
    httpVersion: "2" as const,
    sessionManager: session.manager,
    interceptors: [
      connectionErrors(endpoint.origin, session.watch),
      ...protocol === "grpc-web" ? [trailersOnly] : [],
    ],
    ...transportWire(wire),
  };
  const create = {
    "grpc": createGrpcTransport,
    "grpc-web": createGrpcWebTransport,
    "connect": createConnectTransport,
  }[protocol];
  const transport = create(transportOptions);
  return {
    transport: protocol === "grpc" && wire.useBinaryFormat
      ? { unary: createGrpcUnary(session, compressionOf(wire), wire), stream: transport.stream }
      : transport,
    connect: () => session.connect(),
    close: () => session.close(),
  };
}

/** The options of Connect's transports for `wire`. */
export function transportWire(wire: WireOptions): {
  useBinaryFormat: boolean;
  readMaxBytes: number;
  useHttpGet: boolean;
  compressMinBytes: number;
  sendCompression: Compression | undefined;
  jsonOptions: { registry: Registry } | undefined;
} {
  const { useBinaryFormat, readMaxBytes, useHttpGet, compressMinBytes, types } = wire;
  return {
    useBinaryFormat,
    readMaxBytes,
    useHttpGet,
    // Connect compresses what is longer, where we say from which size on.
    compressMinBytes: compressMinBytes - 1,
    sendCompression: compressionOf(wire) ?? undefined,
    jsonOptions: types && { registry: types },
  };
}

function compressionOf({ compression }: WireOptions): Compression | null {
  if (compression === undefined) return null;
  return compression === "gzip" ? compressionGzip : compressionBrotli;
}
