import { assertEquals } from "@std/assert";
import { put } from "../helpers.ts";
import type { Op } from "../port.ts";
import { assertBytes, bytes, type Case, fails, noise } from "./_case.ts";

const MIB = 1024 * 1024;

const puts = (count: number, size = 1): Op[] =>
  Array.from({ length: count }, (_, i) => ({
    type: "put",
    key: `k${String(i).padStart(2, "0")}`,
    value: noise(size, i + 1),
  }));

export const limitCases: readonly Case[] = [
  {
    title: "commit() refuses a key that occurs twice",
    async run(store) {
      const error = await fails(
        store.commit([
          { type: "put", key: "a", value: bytes("1") },
          { type: "check", key: "a", expect: null },
        ]),
        "invalid",
      );
      assertEquals(error.key, "a");
      assertEquals(await store.get("a"), undefined);
    },
  },
  {
    title: "commit() takes 1 to 64 operations",
    async run(store) {
      await fails(store.commit([]), "invalid");
      await fails(store.commit(puts(65)), "too_large");
      assertEquals((await store.list("")).entries, []);
      await store.commit(puts(64));
      assertEquals((await store.list("")).entries.length, 64);
    },
  },
  {
    title: "commit() takes 64 operations on the longest keys, with values",
    async run(store) {
      const ops = puts(64, 400).map((op, i): Op => ({ ...op, key: `${i}`.padStart(512, '"') }));
      const replaced = ops.map((op, i): Op => ({
        type: "put",
        key: op.key,
        value: noise(16 * 1024, 100 + i),
      }));
      await store.commit(ops);
      await store.commit(replaced);
      await store.commit(ops);
      const { entries } = await store.list("");
      assertEquals(entries.length, 64);
      for (const op of ops) {
        if (op.type === "put") assertBytes((await store.get(op.key))?.value, op.value);
      }
    },
  },
  {
    title: "commit() takes a value of 1 MiB and not a byte more",
    async run(store) {
      const value = noise(MIB);
      const revision = await put(store, "a", value);
      const entry = await store.get("a");
      assertEquals(entry?.revision, revision);
      assertBytes(entry?.value, value);
      const error = await fails(put(store, "a", noise(MIB + 1)), "too_large");
      assertEquals(error.key, "a");
      assertEquals((await store.get("a"))?.revision, revision);
    },
  },
  {
    title: "commit() takes 1 MiB of values in total and not a byte more",
    async run(store) {
      const ops = puts(64, MIB / 64);
      await store.commit(ops);
      for (const op of ops) {
        if (op.type === "put") assertBytes((await store.get(op.key))?.value, op.value);
      }
      const more: Op = { type: "put", key: "more", value: new Uint8Array(1) };
      await fails(store.commit([...puts(2, MIB / 2), more]), "too_large");
      assertEquals(await store.get("more"), undefined);
    },
  },
  {
    title: "commit() refuses bad keys",
    async run(store) {
      for (const key of ["", "a b", "a\t", "a\0", "\x7f", "ü", "k".repeat(513)]) {
        assertEquals((await fails(put(store, key, bytes("1")), "invalid")).key, key);
        await fails(store.commit([{ type: "delete", key }]), "invalid");
        await fails(store.commit([{ type: "check", key, expect: null }]), "invalid");
      }
      assertEquals((await store.list("")).entries, []);
    },
  },
  {
    title: "commit() refuses operations that don't fit their type",
    async run(store) {
      const wrong: unknown[] = [
        { type: "move", key: "a" },
        { type: "put", key: "a", value: "text" },
        { type: "put", key: "a", value: bytes("1"), expect: 1 },
        { type: "delete", key: "a", expect: null },
        { type: "check", key: "a" },
        { type: "put", value: bytes("1") },
      ];
      for (const op of wrong) await fails(store.commit([op as Op]), "invalid");
      assertEquals((await store.list("")).entries, []);
    },
  },
];
