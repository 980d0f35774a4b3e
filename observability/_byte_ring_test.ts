import { assertEquals } from "@std/assert";
import { ByteRing } from "./_byte_ring.ts";

/** Takes out so many bytes, as the thread does. */
function take(ring: ByteRing, count: number): string {
  const words = new Int32Array(ring.memory, 0, 3);
  const bytes = new Uint8Array(ring.memory, 12);
  let text = "";
  for (let i = 0; i < count; i++) {
    const tail = Atomics.load(words, 1);
    if (tail === Atomics.load(words, 0)) break;
    text += String.fromCharCode(bytes[tail & (bytes.length - 1)]!);
    Atomics.store(words, 1, (tail + 1) | 0);
  }
  return text;
}

const bytes = (text: string) => new TextEncoder().encode(text);

Deno.test("ByteRing.put() hands bytes over in order, around the end too", () => {
  const ring = new ByteRing(8);
  let seen = "";
  for (const text of ["abcde", "fgh", "ijk", "lmnop"]) {
    assertEquals(ring.put(bytes(text)), true);
    seen += take(ring, 8);
  }
  assertEquals(seen, "abcdefghijklmnop");
});

Deno.test("ByteRing.put() refuses what doesn't fit, and takes nothing of it", () => {
  const ring = new ByteRing(8);
  assertEquals([ring.put(bytes("abcde")), ring.put(bytes("fghi"))], [true, false]);
  assertEquals(ring.put(bytes("fgh")), true);
  assertEquals(take(ring, 99), "abcdefgh");
});

Deno.test("ByteRing.put() counts on when its counters overflow", () => {
  const ring = new ByteRing(8);
  new Int32Array(ring.memory).fill(0x7ffffffd, 0, 2);
  for (const text of ["abcdef", "ghijkl"]) {
    assertEquals(ring.put(bytes(text)), true);
    assertEquals(take(ring, 9), text);
  }
});

Deno.test("ByteRing.waitUntilEmpty() says whether all was read", () => {
  const ring = new ByteRing(8);
  assertEquals(ring.waitUntilEmpty(0), true);
  ring.put(bytes("a"));
  assertEquals(ring.waitUntilEmpty(1), false);
});
