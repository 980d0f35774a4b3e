import { assert, assertEquals } from "@std/assert";
import { listAll, put, remove } from "../helpers.ts";
import type { Entry, KeyValueStore } from "../port.ts";
import { assertBytes, bytes, type Case, collect, fails, keysOf, noise } from "./_case.ts";

async function fill(store: KeyValueStore, keys: readonly string[]): Promise<void> {
  for (const key of keys) await put(store, key, bytes(key));
}

async function pages(store: KeyValueStore, prefix: string, limit: number): Promise<string[][]> {
  const found: string[][] = [];
  let cursor: string | undefined;
  do {
    const page = await store.list(prefix, { limit, cursor });
    found.push(keysOf(page.entries));
    cursor = page.cursor;
  } while (cursor !== undefined);
  return found;
}

export const listCases: readonly Case[] = [
  {
    title: "list() of nothing is one empty page",
    async run(store) {
      await fill(store, ["a"]);
      const page = await store.list("b");
      assertEquals(page.entries, []);
      assertEquals(page.cursor, undefined);
    },
  },
  {
    title: "list() returns entries as get() does",
    async run(store) {
      await fill(store, ["a", "b"]);
      const wanted = [await store.get("a"), await store.get("b")];
      assertEquals<unknown>((await store.list("")).entries, wanted);
    },
  },
  {
    title: "list() is in byte order",
    async run(store) {
      const keys = ["!", "-", "/", "0", "9", "A", "Z", "_", "a", "a!", "a/b", "aa", "b", "~"];
      await fill(store, keys.toReversed());
      assertEquals(keysOf((await store.list("")).entries), keys);
    },
  },
  {
    title: "list() keeps to the prefix",
    async run(store) {
      await fill(store, ["/p", "/p-x", "/p/", "/p/a", "/p/b/c", "/p0", "/o/z", "/q", "/p/~"]);
      assertEquals(keysOf((await store.list("/p/")).entries), ["/p/", "/p/a", "/p/b/c", "/p/~"]);
      assertEquals(keysOf((await store.list("/p/a")).entries), ["/p/a"]);
      assertEquals((await store.list("/p")).entries.length, 7);
      assertEquals((await store.list("")).entries.length, 9);
    },
  },
  {
    title: "list() visits every key once, page by page",
    async run(store) {
      const keys = Array.from({ length: 7 }, (_, i) => `k${i}`);
      await fill(store, ["a", ...keys, "z"]);
      assertEquals(await pages(store, "k", 3), [keys.slice(0, 3), keys.slice(3, 6), ["k6"]]);
      assertEquals(await pages(store, "k", 1), keys.map((key) => [key]));
      assertEquals(await pages(store, "k", 100), [keys]);
    },
  },
  {
    title: "list() ends without an empty page",
    async run(store) {
      await fill(store, ["k0", "k1", "k2", "k3", "l"]);
      assertEquals(await pages(store, "k", 2), [["k0", "k1"], ["k2", "k3"]]);
      assertEquals(await pages(store, "k", 4), [["k0", "k1", "k2", "k3"]]);
    },
  },
  {
    title: "list() goes on behind a cursor whose key is gone",
    async run(store) {
      await fill(store, ["k0", "k1", "k2"]);
      const { cursor } = await store.list("k", { limit: 2 });
      await remove(store, "k1");
      await put(store, "k11", bytes("new"));
      await put(store, "k0", bytes("behind"));
      assertEquals(keysOf((await store.list("k", { cursor })).entries), ["k11", "k2"]);
    },
  },
  {
    title: "list() refuses a cursor of another prefix, of another store, and of nobody",
    async run(store, open) {
      const other = await open();
      await fill(store, ["k0", "k1"]);
      await fill(other, ["k0", "k1"]);
      const { cursor } = await store.list("k", { limit: 1 });
      assert(cursor !== undefined);
      await fails(store.list("", { cursor }), "invalid");
      await fails(other.list("k", { cursor }), "invalid");
      for (const bad of ["", "x", "bm90aGluZw", `${cursor}x`]) {
        await fails(store.list("k", { cursor: bad }), "invalid");
      }
    },
  },
  {
    title: "list() refuses bad limits and prefixes",
    async run(store) {
      for (const limit of [0, -1, 1.5, NaN, Infinity]) {
        await fails(store.list("", { limit }), "invalid");
      }
      for (const prefix of ["a b", "é", "k".repeat(513)]) {
        await fails(store.list(prefix), "invalid");
      }
    },
  },
  {
    title: "list() may return fewer than a great limit, and all in the end",
    async run(store) {
      const keys = Array.from({ length: 1100 }, (_, i) => `k${String(i).padStart(4, "0")}`);
      for (let start = 0; start < keys.length; start += 50) {
        const value = bytes("1");
        await store.commit(
          keys.slice(start, start + 50).map((key) => ({ type: "put", key, value })),
        );
      }
      assertEquals((await pages(store, "k", 1_000_000)).flat(), keys);
    },
  },
  {
    title: "list() returns large values",
    async run(store) {
      const values = Array.from({ length: 12 }, (_, i) => noise(1024 * 1024 - i, i + 1));
      for (const [i, value] of values.entries()) await put(store, `k${i + 10}`, value);
      const entries: Entry[] = [];
      for await (const entry of listAll(store, "k")) entries.push(entry);
      assertEquals(entries.length, values.length);
      for (const [i, entry] of entries.entries()) assertBytes(entry.value, values[i]!);
    },
  },
  {
    title: "list() gives all pages the revision before the first",
    async run(store) {
      await fill(store, ["k0", "k1", "k2"]);
      const first = await store.list("k", { limit: 1 });
      await put(store, "k1", bytes("new"));
      const second = await store.list("k", { limit: 1, cursor: first.cursor });
      assertEquals(second.revision, first.revision);
      const [batch] = await collect(store, "k", second.revision, 1);
      assertEquals(batch?.events[0]?.key, "k1");
    },
  },
];
