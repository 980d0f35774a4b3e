/** HTTP/2 written by hand, since no library writes what must not be written. */

const encoder = new TextEncoder();

/** What begins a connection. */
export const PREFACE: Uint8Array = encoder.encode("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

/** Types of frames. */
export const DATA = 0;
export const HEADERS = 1;
export const RST_STREAM = 3;
export const SETTINGS = 4;
export const PUSH_PROMISE = 5;
export const PING = 6;
export const WINDOW_UPDATE = 8;
export const CONTINUATION = 9;

/** Flags of frames. */
export const END_STREAM = 1;
export const END_HEADERS = 4;

/** One frame; `length` is what its head says, where that is not the truth. */
export function frame(
  type: number,
  flags: number,
  stream: number,
  payload: Uint8Array = new Uint8Array(),
  length: number = payload.length,
): Uint8Array {
  const bytes = new Uint8Array(9 + payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, length << 8 | type);
  bytes[4] = flags;
  view.setUint32(5, stream);
  bytes.set(payload, 9);
  return bytes;
}

/** Four bytes, as codes and increments are. */
export function word(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}

/** Pieces, one after another. */
export function join(...pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((bytes, piece) => bytes + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** Header fields in HPACK's plainest form: literal, not indexed, not compressed. */
export function headerBlock(fields: Readonly<Record<string, string>>): Uint8Array {
  return join(
    ...Object.entries(fields).flatMap(([name, value]) => [
      Uint8Array.of(0),
      text(name),
      text(value),
    ]),
  );
}

function text(value: string): Uint8Array {
  const bytes = encoder.encode(value);
  const length: number[] = [];
  let rest = bytes.length;
  if (rest < 127) length.push(rest);
  else {
    length.push(127);
    rest -= 127;
    for (; rest >= 128; rest >>= 7) length.push(rest & 127 | 128);
    length.push(rest);
  }
  return join(Uint8Array.from(length), bytes);
}

/** The header fields of a gRPC call. */
export function grpcFields(path: string, more: Record<string, string> = {}): Uint8Array {
  return headerBlock({
    ":method": "POST",
    ":scheme": "http",
    ":path": path,
    ":authority": "127.0.0.1",
    "content-type": "application/grpc",
    te: "trailers",
    ...more,
  });
}

/** A connection that is written to by hand; what comes back is read and forgotten. */
export interface RawConnection {
  /** Writes; answers false when the other side has closed. */
  send(...pieces: readonly Uint8Array[]): Promise<boolean>;
  /** Whether the other side has closed. */
  closed(): boolean;
  close(): void;
}

/** Opens a connection; with `reading: false` nothing is taken off it. */
export async function openRaw(
  port: number,
  { reading = true }: { reading?: boolean } = {},
): Promise<RawConnection> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  let over = false;
  const close = () => {
    if (over) return;
    over = true;
    connection.close();
  };
  if (reading) {
    (async () => {
      const buffer = new Uint8Array(65_536);
      try {
        while (await connection.read(buffer) !== null);
      } catch { /* reset by the other side */ }
      close();
    })();
  }
  return {
    async send(...pieces) {
      const bytes = join(...pieces);
      try {
        for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
        return true;
      } catch {
        close();
        return false;
      }
    },
    closed: () => over,
    close,
  };
}
