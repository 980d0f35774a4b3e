/** Messages as the conformance runner exchanges them with a program: by their size, then their bytes. */

const HEAD_BYTES = 4;

/** The messages in a stream of bytes, such as standard input. */
export async function* readFrames(input: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let kept: Uint8Array = new Uint8Array(0);
  for await (const chunk of input) {
    const joined = new Uint8Array(kept.length + chunk.length);
    joined.set(kept);
    joined.set(chunk, kept.length);
    kept = joined;
    while (kept.length >= HEAD_BYTES) {
      const length = new DataView(kept.buffer, kept.byteOffset).getUint32(0);
      if (kept.length < HEAD_BYTES + length) break;
      yield kept.slice(HEAD_BYTES, HEAD_BYTES + length);
      kept = kept.subarray(HEAD_BYTES + length);
    }
  }
}

/** A message with its size before it. */
export function frame(message: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(HEAD_BYTES + message.length);
  new DataView(bytes.buffer).setUint32(0, message.length);
  bytes.set(message, HEAD_BYTES);
  return bytes;
}
