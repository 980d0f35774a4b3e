import { assertEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import { decodeLog, decodeRecord, encodeLog, encodeRecord } from "./_layout.ts";

const CONTENT = new Uint8Array([1, 2, 3]);

Deno.test("decodeRecord() reads what encodeRecord() wrote", () => {
  for (const revision of [1, 2 ** 24, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1]) {
    const record = { revision, content: CONTENT };
    assertEquals(decodeRecord(encodeRecord(record)), record);
  }
});

Deno.test("decodeRecord() copies Node's Buffers, which may be lent", () => {
  const bytes = Buffer.from(encodeRecord({ revision: 1, content: CONTENT }));
  const { content } = decodeRecord(bytes);
  assertEquals(content.constructor, Uint8Array);
  bytes.fill(0);
  assertEquals(content, CONTENT);
});

Deno.test("decodeLog() reads what encodeLog() wrote", () => {
  const blob = { id: "0123456789abcdef0123456789abcdef", index: 3, size: 2 ** 20 };
  const record = {
    events: [{ key: "a", content: new Uint8Array([1]) }, { key: "b", content: blob }, { key: "c" }],
    freed: [blob],
  };
  assertEquals(decodeLog(Buffer.from(encodeLog(record))), record);
});
