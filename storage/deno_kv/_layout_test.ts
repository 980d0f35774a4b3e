import { assertEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import { decodeLog, decodeRecord, encodeLog, encodeRecord } from "./_layout.ts";

Deno.test("decodeRecord() reads what encodeRecord() wrote, as a copy, also of Node's Buffers", () => {
  for (const revision of [1, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1]) {
    const content = new Uint8Array([1, 2, 3]);
    const bytes = Buffer.from(encodeRecord({ revision, content }));
    const record = decodeRecord(bytes);
    assertEquals(record, { revision, content });
    assertEquals(record.content.constructor, Uint8Array);
    bytes.fill(0);
    assertEquals(record, { revision, content });
  }
});

Deno.test("decodeLog() reads what encodeLog() wrote", () => {
  const blob = { id: "0123456789abcdef0123456789abcdef", index: 3, size: 2 ** 20 };
  const record = {
    events: [{ key: "a", content: new Uint8Array([1]) }, { key: "b", content: blob }, { key: "c" }],
    freed: [blob],
  };
  assertEquals(decodeLog(Buffer.from(encodeLog(record))), record);
});
