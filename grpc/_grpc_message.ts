/**
 * Encodes a message for `grpc-message` as the gRPC protocol says: printable
 * ASCII stays as it is, but for `%`.
 *
 * Connect escapes all that `encodeURIComponent` does, and grpc-js, which
 * decodes with `decodeURI`, then shows `%3A` and `%2F` to people.
 */
export function encodeGrpcMessage(text: string): string {
  let encoded = "";
  for (const byte of new TextEncoder().encode(text)) {
    const plain = byte >= 0x20 && byte <= 0x7e && byte !== 0x25;
    encoded += plain
      ? String.fromCharCode(byte)
      : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return encoded;
}

/** The trailer with its `grpc-message` written plainly. */
export function plainGrpcMessage(trailer: Headers | undefined): Headers | undefined {
  const message = trailer?.get("grpc-message");
  if (!message) return trailer;
  const plain = new Headers(trailer);
  plain.set("grpc-message", encodeGrpcMessage(decodeURIComponent(message)));
  return plain;
}
