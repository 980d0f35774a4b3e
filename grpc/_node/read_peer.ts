import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import type { Peer, PeerCertificate } from "../peer.ts";

/** Who is at the other end of a socket. */
export function readPeer(socket: Socket): Peer {
  return {
    address: socket.remoteAddress ?? "",
    port: socket.remotePort ?? 0,
    certificate: certificateOf(socket as TLSSocket),
  };
}

function certificateOf(socket: TLSSocket): PeerCertificate | undefined {
  // Only a certificate that was verified says who somebody is.
  if (!socket.encrypted || !socket.authorized) return undefined;
  const certificate = socket.getPeerCertificate();
  if (certificate?.subject === undefined) return undefined;
  const { subject, subjectaltname, fingerprint256 } = certificate;
  return {
    commonName: String(subject.CN ?? ""),
    subjectAltNames: subjectaltname?.split(", ") ?? [],
    fingerprint256: fingerprint256 ?? "",
  };
}
