import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls, type ConnectionOptions } from "node:tls";
import type { Transport } from "@connectrpc/connect";
import {
  createConnectTransport,
  createGrpcTransport,
  createGrpcWebTransport,
} from "@connectrpc/connect-node";
import { createGrpcUnary } from "./grpc_unary.ts";
import { connectionErrors } from "../_connection_errors.ts";
import type { Endpoint } from "../_endpoint.ts";
import type { ClientTlsOptions, Protocol } from "../client_options.ts";
import { pem } from "./pem.ts";
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
  readonly keepAlive?: SessionKeepAlive;
}

/** Opens a channel over HTTP/2; the connection itself waits for the first call. */
export function openChannel(options: ChannelOptions): Channel {
  const { endpoint, protocol, tls, keepAlive } = options;
  const session = createSession(endpoint.origin, () => openSocket(endpoint, tls), keepAlive);
  const transportOptions = {
    baseUrl: endpoint.origin,
    httpVersion: "2" as const,
    sessionManager: session.manager,
    interceptors: [connectionErrors(endpoint.origin, session.watch)],
  };
  const create = {
    "grpc": createGrpcTransport,
    "grpc-web": createGrpcWebTransport,
    "connect": createConnectTransport,
  }[protocol];
  const transport = create(transportOptions);
  return {
    transport: protocol === "grpc"
      ? { unary: createGrpcUnary(session), stream: transport.stream }
      : transport,
    connect: () => session.connect(),
    close: () => session.close(),
  };
}

/** How long a connection may take to be made; then the next call tries anew, or elsewhere. */
const CONNECT_MS = 10_000;

/** How long a connection is quiet before TCP asks whether the other side is still there. */
const KEEP_ALIVE_MS = 60_000;

function openSocket(endpoint: Endpoint, tls: ClientTlsOptions | undefined): Socket {
  const { hostname, port } = new URL(endpoint.origin);
  const address = {
    host: hostname.replace(/^\[(.*)\]$/, "$1"),
    port: Number(port) || (endpoint.secure ? 443 : 80),
  };
  const socket = endpoint.secure ? openTls(address, tls) : connectTcp(address);
  socket.setNoDelay(true);
  const timer = setTimeout(() => {
    socket.destroy(Object.assign(new Error("the server doesn't answer"), { code: "ETIMEDOUT" }));
  }, CONNECT_MS);
  socket.once(endpoint.secure ? "secureConnect" : "connect", () => clearTimeout(timer));
  socket.once("close", () => clearTimeout(timer));
  socket.setKeepAlive(true, KEEP_ALIVE_MS);
  return socket;
}

function openTls(address: { host: string; port: number }, tls: ClientTlsOptions = {}): Socket {
  const options: ConnectionOptions = { ...address, ALPNProtocols: ["h2"] };
  if (tls.ca !== undefined) options.ca = pem(tls.ca);
  if (tls.cert !== undefined) options.cert = pem(tls.cert);
  if (tls.key !== undefined) options.key = pem(tls.key);
  // An IP address is no server name: TLS has no place for it, and the
  // certificate is matched by address then.
  if (tls.serverName !== undefined) options.servername = tls.serverName;
  else if (!isIpAddress(address.host)) options.servername = address.host;
  return connectTls(options);
}

function isIpAddress(host: string): boolean {
  return host.includes(":") || /^\d+(\.\d+){3}$/.test(host);
}
