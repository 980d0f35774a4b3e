import { type ContextKey, type ContextValues, createContextKey } from "@connectrpc/connect";

/** The certificate that a client showed. */
export interface PeerCertificate {
  /** The common name of its subject. */
  readonly commonName: string;
  /** The names it stands for, as `DNS:host`, `URI:spiffe://...`, `IP Address:...`. */
  readonly subjectAltNames: readonly string[];
  /** SHA-256 of the certificate, in hexadecimal with colons. */
  readonly fingerprint256: string;
}

/** The other side of a call's connection. */
export interface Peer {
  /** Its address, such as `10.0.0.7`. */
  readonly address: string;
  /** Its port. */
  readonly port: number;
  /**
   * The certificate it showed, which an authority of `tls.ca` signed; undefined where
   * the server asks for none.
   */
  readonly certificate?: PeerCertificate;
}

/** Where a server leaves the peer of a call. */
export const peerKey: ContextKey<Peer | undefined> = createContextKey<Peer | undefined>(undefined, {
  description: "the other side of the connection",
});

/**
 * The other side of a call that {@linkcode serve} answers; undefined
 * elsewhere. Takes the `values` of a handler's context, or the `contextValues` of an
 * interceptor's request.
 */
export function peerOf(values: ContextValues): Peer | undefined {
  return values.get(peerKey);
}
