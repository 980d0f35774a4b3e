/** What must not come over a connection, by kind. */
import {
  CONTINUATION,
  DATA,
  END_HEADERS,
  END_STREAM,
  frame,
  grpcFields,
  headerBlock,
  HEADERS,
  join,
  PING,
  PREFACE,
  PUSH_PROMISE,
  SETTINGS,
  WINDOW_UPDATE,
  word,
} from "./_frames.ts";

const encoder = new TextEncoder();
const noise = (bytes: number) => crypto.getRandomValues(new Uint8Array(bytes));
const begin = join(PREFACE, frame(SETTINGS, 0, 0));
const call = (stream: number, flags = END_HEADERS) =>
  frame(HEADERS, flags, stream, grpcFields("/test.Echoes/Say"));
const times = (count: number, bytes: Uint8Array) =>
  join(...Array.from({ length: count }, () => bytes));

/** Bytes of each kind; made anew each time. */
export const garbage: Readonly<Record<string, () => Uint8Array>> = {
  "noise": () => noise(4096),
  "TLS where there is none": () =>
    join(Uint8Array.of(22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3), noise(512)),
  "noise after the preface": () => join(PREFACE, noise(4096)),
  "a call before the settings": () => join(PREFACE, call(1)),
  "a frame longer than allowed": () =>
    join(begin, frame(DATA, 0, 1, new Uint8Array(64), 0xff_ffff)),
  "data on stream 0": () => join(begin, frame(DATA, 0, 0, noise(16))),
  "a call on the server's stream": () => join(begin, call(2)),
  "broken header compression": () =>
    join(begin, frame(HEADERS, END_HEADERS, 1, new Uint8Array(64).fill(0xff))),
  "a continuation of nothing": () => join(begin, frame(CONTINUATION, END_HEADERS, 1, noise(16))),
  "a window beyond its limit": () =>
    join(begin, call(1), times(3, frame(WINDOW_UPDATE, 0, 1, word(0x7fff_ffff)))),
  "settings of no length": () => join(begin, frame(SETTINGS, 0, 0, new Uint8Array(5))),
  "a promise from a client": () => join(begin, frame(PUSH_PROMISE, END_HEADERS, 1, word(2))),
  "a message that is not as long as it says": () =>
    join(begin, call(1), frame(DATA, END_STREAM, 1, Uint8Array.of(0, 255, 255, 255, 255, 1))),
  "headers that never end": () =>
    join(begin, call(1, 0), times(2000, frame(CONTINUATION, 0, 1, new Uint8Array(1024)))),
  "ten thousand pings": () => join(begin, times(10_000, frame(PING, 0, 0, new Uint8Array(8)))),
  "ten thousand settings": () => join(begin, times(10_000, frame(SETTINGS, 0, 0))),
  "header fields that HTTP/2 forbids": () =>
    join(
      begin,
      frame(
        HEADERS,
        END_HEADERS | END_STREAM,
        1,
        headerBlock({ ":method": "POST", ":path": "no path", Connection: "x", ":status": "200" }),
      ),
    ),
  "HTTP/1.1 with two lengths": () =>
    encoder.encode(
      "POST /test.Echoes/Say HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\ncontent-length: 50\r\n\r\nhello",
    ),
  "HTTP/1.1 with chunks that are none": () =>
    encoder.encode(
      "POST /test.Echoes/Say HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n\0\0",
    ),
};
