import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { createCopier } from "./_copies.ts";

Deno.test("createCopier() copies what it is given", () => {
  const copy = createCopier();
  const source = Uint8Array.of(0, 1, 2, 3);
  const first = copy(source.subarray(1, 3));
  source.fill(9);
  assertEquals(first, Uint8Array.of(1, 2));
  assertEquals(copy(new Uint8Array(0)), new Uint8Array(0));
});

Deno.test("createCopier() gives each value bytes of its own, at every boundary of a buffer", () => {
  const copy = createCopier();
  const sizes = [1024, 4095, 4096, 4097, 1, 16_384, 0, 3000, 20_000, 4096, 4096, 4096, 4096];
  const copies = sizes.map((size, i) => copy(new Uint8Array(size).fill(i + 1)));
  // A value that its owner writes to is no part of another.
  copies[3]!.fill(255);
  for (const [i, bytes] of copies.entries()) {
    assertEquals(bytes.length, sizes[i]);
    assert(bytes.every((byte) => byte === (i === 3 ? 255 : i + 1)), `value ${i}`);
  }
});

Deno.test("createCopier() has small values share a buffer, and large ones keep one alone", () => {
  const copy = createCopier();
  const [a, b] = [copy(new Uint8Array(100)), copy(new Uint8Array(100))];
  assertStrictEquals(a.buffer, b.buffer);
  assertEquals(a.buffer.byteLength, 16_384);
  assertEquals(copy(new Uint8Array(4097)).buffer.byteLength, 4097);
});
