import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls, type ConnectionOptions } from "node:tls";
import type { ClientSessionOptions, SecureClientSessionOptions } from "node:http2";
import type { Interceptor, Transport } from "@connectrpc/connect";
import {
  createConnectTransport,
  createGrpcTransport,
  createGrpcWebTransport,
  Http2SessionManager,
} from "@connectrpc/connect-node";
import type { Endpoint } from "../_endpoint.ts";
import type { ClientTlsOptions, Protocol } from "../client_options.ts";

/** A transport and the connection under it. */
export interface Channel {
  readonly transport: Transport;
  /** Ends the connection; resolves when its socket is gone. */
  close(): Promise<void>;
}

/** What a channel is opened with. */
export interface ChannelOptions {
  readonly endpoint: Endpoint;
  readonly protocol: Protocol;
  readonly tls: ClientTlsOptions | undefined;
  readonly interceptors: Interceptor[];
}

/** Opens a channel over HTTP/2; the connection itself waits for the first call. */
export function openChannel(options: ChannelOptions): Channel {
  const { endpoint, interceptors } = options;
  // We make the sockets ourselves, so that close() can wait for their end.
  const sockets = new Set<Socket>();
  const sessionManager = new Http2SessionManager(
    endpoint.origin,
    {},
    {
      createConnection: () => {
        const socket = openSocket(endpoint, options.tls);
        sockets.add(socket);
        socket.once("close", () => sockets.delete(socket));
        return socket;
      },
    } as ClientSessionOptions | SecureClientSessionOptions,
  );
  const common = {
    baseUrl: endpoint.origin,
    httpVersion: "2" as const,
    sessionManager,
    interceptors,
  };
  const transport = options.protocol === "grpc"
    ? createGrpcTransport(common)
    : options.protocol === "grpc-web"
    ? createGrpcWebTransport(common)
    : createConnectTransport(common);
  return {
    transport,
    async close() {
      sessionManager.abort();
      await Promise.all([...sockets].map((socket) =>
        new Promise<void>((resolve) => {
          socket.once("close", () => resolve());
          socket.destroy();
        })
      ));
    },
  };
}

function openSocket(endpoint: Endpoint, tls: ClientTlsOptions | undefined): Socket {
  const url = new URL(endpoint.origin);
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
  const port = Number(url.port) || (endpoint.secure ? 443 : 80);
  if (!endpoint.secure) return connectTcp({ host, port, noDelay: true });
  const options: ConnectionOptions = { host, port, ALPNProtocols: ["h2"] };
  const asText = (pem: string | Uint8Array) =>
    typeof pem === "string" ? pem : new TextDecoder().decode(pem);
  if (tls?.ca !== undefined) options.ca = asText(tls.ca);
  if (tls?.cert !== undefined) options.cert = asText(tls.cert);
  if (tls?.key !== undefined) options.key = asText(tls.key);
  // An IP address is no server name; the certificate is then matched by address.
  if (tls?.serverName !== undefined) options.servername = tls.serverName;
  else if (!isIp(host)) options.servername = host;
  return connectTls(options);
}

function isIp(host: string): boolean {
  return host.includes(":") || /^\d+(\.\d+){3}$/.test(host);
}
