import { assertEquals } from "@std/assert";
import { put } from "../helpers.ts";
import { assertBytes, bytes, type Case, fails, noise } from "./_case.ts";

export const getCases: readonly Case[] = [
  {
    title: "get() returns undefined for an absent key",
    async run(store) {
      assertEquals(await store.get("a"), undefined);
      await put(store, "ab", bytes("1"));
      assertEquals(await store.get("a"), undefined);
    },
  },
  {
    title: "get() returns what was put, with the revision of the commit",
    async run(store) {
      const revision = await put(store, "a", bytes("1"));
      assertEquals(await store.get("a"), { key: "a", value: bytes("1"), revision });
    },
  },
  {
    title: "get() returns empty and binary values",
    async run(store) {
      const all = Uint8Array.from({ length: 256 }, (_, i) => i);
      await put(store, "empty", new Uint8Array());
      await put(store, "all", all);
      assertEquals((await store.get("empty"))?.value, new Uint8Array());
      assertEquals((await store.get("all"))?.value, all);
    },
  },
  {
    title: "get() returns the part of a buffer that was put",
    async run(store) {
      await put(store, "a", bytes("0123456789").subarray(3, 5));
      assertEquals((await store.get("a"))?.value, bytes("34"));
    },
  },
  {
    title: "get() returns a copy of a copy",
    async run(store) {
      const value = bytes("abc");
      const done = put(store, "a", value);
      value.fill(0);
      await done;
      const first = await store.get("a");
      assertEquals(first?.value, bytes("abc"));
      first?.value.fill(0);
      assertEquals((await store.get("a"))?.value, bytes("abc"));
      assertEquals((await store.list("a")).entries[0]?.value, bytes("abc"));
    },
  },
  {
    title: "get() returns values of every size around powers of two",
    async run(store) {
      for (const size of [16, 32, 64, 128, 512].map((kib) => kib * 1024)) {
        for (const length of [size - 1, size, size + 1]) {
          const value = noise(length, length);
          await put(store, "a", value);
          assertBytes((await store.get("a"))?.value, value);
        }
      }
    },
  },
  {
    title: "get() finds keys of every allowed character and length",
    async run(store) {
      const all = Array.from({ length: 94 }, (_, i) => String.fromCharCode(0x21 + i));
      for (const key of [...all, "k".repeat(512), "/" + "~".repeat(511)]) {
        await put(store, key, bytes(key));
        assertEquals((await store.get(key))?.value, bytes(key));
      }
    },
  },
  {
    title: "get() refuses bad keys",
    async run(store) {
      for (const key of ["", "a b", "a\n", "a\0", "\x7f", "é", "k".repeat(513)]) {
        assertEquals((await fails(store.get(key), "invalid")).key, key);
      }
    },
  },
];
