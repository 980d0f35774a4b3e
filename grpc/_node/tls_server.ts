import type { Server, Socket } from "node:net";
import { createServer, type TLSSocket } from "node:tls";
import type { ServerTlsOptions } from "../server_options.ts";
import type { Connections } from "./connections.ts";
import type { HandOver } from "./http_servers.ts";
import { pem } from "./pem.ts";

/**
 * A server that decrypts, and hands its connections over by what ALPN agreed on.
 *
 * @throws {TypeError} when certificate and key can't be used.
 */
export function createTlsServer(
  tls: ServerTlsOptions,
  connections: Connections,
  handOver: HandOver,
): Server {
  /** Connections during their handshake, by their peer. */
  const handshakes = new Map<string, Socket>();
  let server: Server;
  try {
    server = createServer({
      cert: pem(tls.cert),
      key: pem(tls.key),
      ALPNProtocols: ["h2", "http/1.1"],
      ...(tls.ca === undefined
        ? {}
        : { ca: pem(tls.ca), requestCert: true, rejectUnauthorized: true }),
    });
  } catch (cause) {
    throw new TypeError("Cannot serve with TLS: the certificate or its key can't be read", {
      cause,
    });
  }
  server.on("connection", (socket: Socket) => {
    const peer = peerOf(socket);
    connections.add(socket);
    handshakes.set(peer, socket);
    socket.once("close", () => handshakes.delete(peer));
  });
  server.on("secureConnection", (socket: TLSSocket) => {
    connections.add(socket);
    // From now on the encrypted socket stands for both.
    const bare = handshakes.get(peerOf(socket));
    if (bare !== undefined) connections.forget(bare);
    handOver(socket, socket.alpnProtocol === "h2" ? "2" : "1.1");
  });
  server.on("tlsClientError", (_error: Error, socket: TLSSocket) => socket.destroy());
  return server;
}

function peerOf(socket: Socket): string {
  return `${socket.remoteAddress} ${socket.remotePort}`;
}
