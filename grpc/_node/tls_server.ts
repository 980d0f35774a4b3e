import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
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
  const cert = pem(tls.cert);
  const key = pem(tls.key);
  assertKeyPair(cert, key);
  const server: Server = createServer({
    cert,
    key,
    ALPNProtocols: ["h2", "http/1.1"],
    ...(tls.ca === undefined
      ? {}
      : { ca: pem(tls.ca), requestCert: true, rejectUnauthorized: true }),
  });
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

/** Deno finds out about a wrong certificate with the first client only; we want to know at once. */
function assertKeyPair(cert: string, key: string): void {
  const refuse = (why: string, cause?: unknown): never => {
    throw new TypeError(`Cannot serve with TLS: ${why}`, { cause });
  };
  let certificate: X509Certificate;
  let privateKey: KeyObject;
  try {
    certificate = new X509Certificate(cert);
  } catch (cause) {
    return refuse("tls.cert is not a certificate in PEM", cause);
  }
  try {
    privateKey = createPrivateKey(key);
  } catch (cause) {
    return refuse("tls.key is not a private key in PEM", cause);
  }
  if (!certificate.checkPrivateKey(privateKey)) refuse("tls.key is not the key of tls.cert");
  const end = new Date(certificate.validTo);
  // No client would take it, and each would say so in words of its own.
  if (end.getTime() <= Date.now()) refuse(`tls.cert expired on ${end.toISOString()}`);
}
