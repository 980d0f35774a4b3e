/** HTTP/2 frames that say how much the other side takes. */
export interface WindowListener {
  /** The other side takes `bytes` more on a stream, or on the connection (stream 0). */
  onWindowUpdate(streamId: number, bytes: number): void;
  /** The other side takes this much at first on each stream, also on open ones. */
  onInitialWindow(bytes: number): void;
}

const PREFACE_BYTES = 24;
const HEAD_BYTES = 9;
const SETTINGS = 4;
const WINDOW_UPDATE = 8;
const INITIAL_WINDOW_SIZE = 4;
/** A longer SETTINGS frame is nonsense; it isn't kept. */
const MAX_PAYLOAD_BYTES = 1024;

/**
 * Reads along what a client sends, and picks out the frames that open windows.
 * All else is counted and passed over; nothing is checked, since nghttp2 does.
 */
export function createFrameReader(listener: WindowListener): (chunk: Uint8Array) => void {
  /** Bytes still to be passed over. */
  let skip = PREFACE_BYTES;
  const head = new Uint8Array(HEAD_BYTES);
  let headFilled = 0;
  let payload: Uint8Array | undefined;
  let payloadFilled = 0;

  function finishHead(): void {
    headFilled = 0;
    const length = head[0]! << 16 | head[1]! << 8 | head[2]!;
    const wanted = (head[3] === SETTINGS || head[3] === WINDOW_UPDATE) &&
      length <= MAX_PAYLOAD_BYTES;
    if (!wanted) {
      skip = length;
    } else {
      payload = new Uint8Array(length);
      payloadFilled = 0;
      if (length === 0) finishPayload(payload);
    }
  }
  function finishPayload(bytes: Uint8Array): void {
    payload = undefined;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (head[3] === WINDOW_UPDATE && bytes.length === 4) {
      const streamId = (head[5]! << 24 | head[6]! << 16 | head[7]! << 8 | head[8]!) & 0x7fff_ffff;
      listener.onWindowUpdate(streamId, view.getUint32(0) & 0x7fff_ffff);
    } else if (head[3] === SETTINGS) {
      for (let at = 0; at + 6 <= bytes.length; at += 6) {
        if (view.getUint16(at) === INITIAL_WINDOW_SIZE) {
          listener.onInitialWindow(view.getUint32(at + 2));
        }
      }
    }
  }

  return (chunk) => {
    let at = 0;
    while (at < chunk.length) {
      if (skip > 0) {
        const passed = Math.min(skip, chunk.length - at);
        skip -= passed;
        at += passed;
      } else if (payload !== undefined) {
        const taken = Math.min(payload.length - payloadFilled, chunk.length - at);
        payload.set(chunk.subarray(at, at + taken), payloadFilled);
        payloadFilled += taken;
        at += taken;
        if (payloadFilled === payload.length) finishPayload(payload);
      } else {
        head[headFilled++] = chunk[at++]!;
        if (headFilled === HEAD_BYTES) finishHead();
      }
    }
  };
}
