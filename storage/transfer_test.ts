import { assertEquals, assertMatch } from "@std/assert";
import { peerTest } from "../tests/_peers.ts";
import { type DenoKvClient, denoKvStore } from "./deno_kv/mod.ts";
import { temporaryStore } from "./deno_kv/_testing.ts";
import { etcdStore } from "./etcd/mod.ts";
import { etcdPeer, startEtcd } from "./etcd/_testing.ts";
import { listAll, put } from "./helpers.ts";
import { memoryStore } from "./memory.ts";
import type { KeyValueStore } from "./port.ts";
import { bytes, fails, noise } from "./testing/_case.ts";
import { exportEntries, importEntries } from "./transfer.ts";

/** Entries of every size, among others beside the prefix. */
async function fill(store: KeyValueStore): Promise<void> {
  for (const size of [0, 1, 1000, 20_000, 70_000, 1024 * 1024]) {
    await put(store, `/p/size/${size}`, noise(size, size));
  }
  for (let i = 0; i < 150; i++) await put(store, `/p/${i}`, bytes(String(i)));
  await put(store, "/q", bytes("beside"));
}

async function contents(store: KeyValueStore): Promise<[string, Uint8Array][]> {
  const found: [string, Uint8Array][] = [];
  for await (const { key, value } of listAll(store, "/p/")) found.push([key, value]);
  return found;
}

/** Carries the contents over by way of a text, as a file would. */
async function carry(from: KeyValueStore, to: KeyValueStore): Promise<void> {
  const text = (await Array.fromAsync(exportEntries(from, "/p/"))).join("\n");
  assertEquals(await importEntries(to, `${text}\n`.split("\n")), 156);
}

async function carriedAround(stores: KeyValueStore[]): Promise<void> {
  const [first, ...others] = stores;
  await fill(first!);
  let from = first!;
  for (const to of others) {
    await carry(from, to);
    from = to;
  }
  const [expected, found] = [await contents(first!), await contents(from)];
  assertEquals(found.map(([key]) => key), expected.map(([key]) => key));
  for (const [i, [, value]] of expected.entries()) {
    assertEquals(found[i]![1].length, value.length);
    assertEquals(found[i]![1].every((byte, at) => byte === value[at]), true);
  }
  assertEquals(await from.get("/q"), undefined);
  for (const store of stores) await store[Symbol.asyncDispose]();
}

Deno.test("exportEntries() and importEntries() carry all from store to store", async () => {
  await carriedAround([memoryStore(), await temporaryStore(), memoryStore()]);
});

peerTest("exportEntries() of etcd goes by Deno KV to memory and ends equal", etcdPeer, async () => {
  await using cluster = await startEtcd();
  const etcd = () => etcdStore({ endpoints: cluster.endpoints, keyPrefix: crypto.randomUUID() });
  const kv = await denoKvStore({ path: ":memory:" });
  await carriedAround([await etcd(), kv, memoryStore(), await etcd()]);
});

Deno.test("importEntries() puts the keys under another prefix if asked to", async () => {
  await using from = memoryStore();
  await using to = memoryStore();
  await put(from, "/p/a", bytes("1"));
  const lines = await Array.fromAsync(exportEntries(from, "/p/"));
  await importEntries(to, lines, { prefix: "/other/" });
  assertEquals((await to.list("")).entries.map((entry) => entry.key), ["/other/a"]);
});

Deno.test("importEntries() makes commits whose values Deno KV keeps with their keys", async () => {
  await using from = memoryStore();
  for (let i = 0; i < 100; i++) await put(from, `/p/${i}`, noise(1500, i));
  const kv = await Deno.openKv(":memory:");
  const to = await denoKvStore({ kv: kv as unknown as DenoKvClient });
  assertEquals(await importEntries(to, exportEntries(from, "/p/")), 100);
  assertEquals(await Array.fromAsync(kv.list({ prefix: ["oprc", "blob"] })), []);
  // One commit for each entry would do that too, and take much longer.
  const commits = Number((await to.list("/p/")).revision);
  assertEquals(commits, Math.ceil(100 / 16));
  await to[Symbol.asyncDispose]();
  kv.close();
});

Deno.test("importEntries() replaces only if told to", async () => {
  await using from = memoryStore();
  await using to = memoryStore();
  await put(from, "/p/a", bytes("new"));
  await put(to, "/p/a", bytes("old"));
  const lines = await Array.fromAsync(exportEntries(from, "/p/"));
  assertEquals((await fails(importEntries(to, lines), "conflict")).key, "/p/a");
  assertEquals((await to.get("/p/a"))?.value, bytes("old"));
  await importEntries(to, lines, { existing: "replace" });
  assertEquals((await to.get("/p/a"))?.value, bytes("new"));
});

Deno.test("importEntries() names the line of what is no export, and says what is cut short", async () => {
  const head = '{"oprc-storage":1,"prefix":"/p/"}';
  const entry = '{"key":"a","value":"MQ=="}';
  for (
    const [lines, why] of [
      [["x"], /line 1: it is no JSON$/],
      [["1"], /line 1: it is no JSON object/],
      [[entry], /line 1: it is not the head/],
      [['{"oprc-storage":2,"prefix":""}'], /line 1: .* format 1/],
      [['{"oprc-storage":1}'], /line 1: it has no prefix/],
      [[head, '{"key":"a"}'], /line 2: it has no key and value/],
      [[head, "", '{"key":"a","value":"*"}'], /line 3: the value of key "\/p\/a" is no base64/],
      [[head, '{"entries":0}', entry], /line 3: the export has ended/],
      [[head, entry], /cut short, it has no last line/],
      [[head, entry, '{"entries":2}'], /cut short, it has 1 entries, not 2/],
      [[], /cut short/],
    ] as const
  ) {
    await using store = memoryStore();
    assertMatch((await fails(importEntries(store, lines), "corrupt")).message, why);
    assertEquals((await store.list("")).entries, []);
  }
});
