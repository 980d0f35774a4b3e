import { assert, assertEquals } from "@std/assert";
import { put } from "../helpers.ts";
import type { KeyValueStore } from "../port.ts";
import { fails } from "../testing/_case.ts";
import { testStore } from "../testing/mod.ts";
import { temporaryStore, withFile } from "./_testing.ts";
import { denoKvStorageFactory, denoKvStore } from "./store.ts";

async function compact(store: KeyValueStore): Promise<void> {
  for (let i = 0; i < 1200; i++) await put(store, "/compact/a", new Uint8Array());
}

testStore(() => denoKvStore({ path: ":memory:", historyLength: 1000 }), {
  name: "denoKvStore() in memory",
  compact,
});
testStore(() => temporaryStore({ historyLength: 1000 }), {
  name: "denoKvStore() on a file",
  compact,
});

Deno.test("denoKvStore() creates missing folders and finds its data again", async () => {
  await withFile(async (file) => {
    const path = file.replace("test.db", "a/b/test.db");
    const first = await denoKvStore({ path });
    const revision = await put(first, "a", new Uint8Array([1]));
    await first[Symbol.asyncDispose]();
    const second = await denoKvStore({ path });
    assertEquals(await second.get("a"), { key: "a", value: new Uint8Array([1]), revision });
    await second[Symbol.asyncDispose]();
  });
});

Deno.test("denoKvStore() keeps cursors and revisions good when opened again", async () => {
  await withFile(async (path) => {
    const first = await denoKvStore({ path });
    const from = await put(first, "a", new Uint8Array([1]));
    await put(first, "b", new Uint8Array([2]));
    const { cursor } = await first.list("", { limit: 1 });
    await first[Symbol.asyncDispose]();
    const second = await denoKvStore({ path });
    assertEquals((await second.list("", { cursor })).entries.map((entry) => entry.key), ["b"]);
    const iterator = second.watch("", { from })[Symbol.asyncIterator]();
    assertEquals((await iterator.next()).value?.events.length, 1);
    await iterator.return?.();
    await second[Symbol.asyncDispose]();
  });
});

Deno.test("denoKvStore() refuses a file that is no database", async () => {
  await withFile(async (path) => {
    await Deno.writeTextFile(path, "this is no database ".repeat(100));
    const error = await fails(denoKvStore({ path }), "corrupt");
    assertEquals(error.message, `Cannot open Deno KV at "${path}": file is not a database`);
  });
});

Deno.test("denoKvStore() refuses the data of another format", async () => {
  await withFile(async (path) => {
    const kv = await Deno.openKv(path);
    await kv.set(["oprc", "meta"], new TextEncoder().encode('{"format":2,"id":"x"}'));
    kv.close();
    const error = await fails(denoKvStore({ path }), "corrupt");
    assert(error.message.includes("its data is of format 2"), error.message);
    assert(error.message.includes(path), error.message);
  });
});

Deno.test("denoKvStore() refuses a folder, and a path below a file", async () => {
  await withFile(async (path) => {
    await Deno.writeTextFile(path, "");
    for (const wrong of [path.replace("/test.db", ""), `${path}/test.db`]) {
      const error = await fails(denoKvStore({ path: wrong }), "unavailable");
      assert(error.message.startsWith(`Cannot open Deno KV at "${wrong}": `), error.message);
    }
  });
});

Deno.test({
  name: "denoKvStore() without permission is denied, and names the path",
  permissions: { read: false, write: false },
  async fn() {
    const error = await fails(denoKvStore({ path: "/nowhere/test.db" }), "denied");
    assert(error.message.startsWith('Cannot open Deno KV at "/nowhere/test.db": '), error.message);
  },
});

Deno.test("denoKvStore() refuses options that can't be, and opens nothing", async () => {
  await withFile(async (path) => {
    const kv = await Deno.openKv(":memory:");
    await fails(denoKvStore({ path: "" }), "invalid");
    await fails(denoKvStore({ path, kv }), "invalid");
    for (const wrong of [0, -1, NaN, Infinity]) {
      await fails(denoKvStore({ path, pollMs: wrong }), "invalid");
      await fails(denoKvStore({ path, historyLength: wrong }), "invalid");
    }
    await fails(denoKvStore({ path, historyLength: 1.5 }), "invalid");
    for (const wrong of [0, -1, NaN, Infinity]) {
      await fails(denoKvStore({ kv, timeoutMs: wrong }), "invalid");
    }
    // Of a file it would mean nothing.
    for (const local of [path, ":memory:", undefined]) {
      await fails(denoKvStore({ path: local, timeoutMs: 1000 }), "invalid");
    }
    await fails(denoKvStorageFactory({ path, keyPrefix: "/a b" }), "invalid");
    kv.close();
    assertEquals(await Array.fromAsync(Deno.readDir(path.replace("/test.db", ""))), []);
  });
});

Deno.test("denoKvStore() leaves a database of the caller's open, and its data alone", async () => {
  const kv: Deno.Kv = await Deno.openKv(":memory:");
  await kv.set(["mine"], 1);
  const store = await denoKvStore({ kv });
  await put(store, "a", new Uint8Array([1]));
  await store[Symbol.asyncDispose]();
  assertEquals((await kv.get(["mine"])).value, 1);
  kv.close();
});

Deno.test("denoKvStore() names the key whose record can't be decoded", async () => {
  const kv = await Deno.openKv(":memory:");
  const store = await denoKvStore({ kv });
  await put(store, "a", new Uint8Array([1]));
  for (const junk of [{ some: "object" }, new Uint8Array(), new Uint8Array([9, 9, 9])]) {
    await kv.set(["oprc", "entry", "a"], junk);
    assertEquals((await fails(store.get("a"), "corrupt")).key, "a");
    assertEquals((await fails(store.list(""), "corrupt")).key, "a");
    assertEquals((await fails(put(store, "a", new Uint8Array()), "corrupt")).key, "a");
  }
  await store[Symbol.asyncDispose]();
  kv.close();
});

Deno.test("denoKvStore() names the key whose value is lost", async () => {
  const kv = await Deno.openKv(":memory:");
  const store = await denoKvStore({ kv });
  await put(store, "a", new Uint8Array(100_000));
  for await (const { key } of kv.list({ prefix: ["oprc", "blob"] })) await kv.delete(key);
  assertEquals((await fails(store.get("a"), "corrupt")).key, "a");
  assertEquals((await fails(store.list(""), "corrupt")).key, "a");
  await put(store, "a", new Uint8Array([1]));
  assertEquals((await store.get("a"))?.value, new Uint8Array([1]));
  await store[Symbol.asyncDispose]();
  kv.close();
});
