import { assertEquals } from "@std/assert";
import { createFrameReader } from "./frame_reader.ts";

Deno.test("createFrameReader() reads the same however the bytes are cut", () => {
  const frame = (type: number, stream: number, ...payload: number[]) => [
    0,
    payload.length >> 8,
    payload.length & 255,
    type,
    0,
    0,
    0,
    0,
    stream,
    ...payload,
  ];
  const bytes = Uint8Array.from([
    ...new TextEncoder().encode("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    ...frame(4, 0, 0, 3, 0, 0, 0, 9, 0, 4, 0, 1, 0, 0),
    ...frame(4, 0),
    ...frame(1, 1, ...new Array(300).fill(8)),
    ...frame(8, 0, 0, 0, 1, 0),
    ...frame(0, 1),
    ...frame(8, 1, 0x80, 0, 0, 5),
  ]);
  for (const size of [1, 2, 7, 10, 400]) {
    const seen: string[] = [];
    const read = createFrameReader({
      onInitialWindow: (size) => seen.push(`initial ${size}`),
      onWindowUpdate: (stream, size) => seen.push(`${stream} + ${size}`),
    });
    for (let at = 0; at < bytes.length; at += size) read(bytes.subarray(at, at + size));
    assertEquals(seen, ["initial 65536", "0 + 256", "1 + 5"], `pieces of ${size}`);
  }
});
