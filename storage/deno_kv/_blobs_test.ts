import { assert, assertEquals } from "@std/assert";
import { put, remove } from "../helpers.ts";
import { assertBytes, noise } from "../testing/_case.ts";
import { sweep, writeBlobs } from "./_blobs.ts";
import { decodeLog, decodeRecord, entryKey } from "./_layout.ts";
import { openDenoKv } from "./_open.ts";
import { faulty } from "./_testing.ts";

async function blobsOf(kv: Deno.Kv): Promise<Set<string>> {
  const found = new Set<string>();
  for await (const { key } of kv.list({ prefix: ["oprc", "blob"] })) {
    found.add(`${String(key[2])}/${String(key[3])}`);
  }
  return found;
}

async function count(kv: Deno.Kv, ...prefix: string[]): Promise<number> {
  return (await Array.fromAsync(kv.list({ prefix: ["oprc", ...prefix] }))).length;
}

Deno.test("sweep() clears away what a dead writer left, once it is old", async () => {
  const kv = await Deno.openKv(":memory:");
  await writeBlobs(kv, [noise(1_000_000), noise(20_000)], 1_000_000);
  assertEquals(await count(kv, "blob"), 17);
  await (await openDenoKv({ kv }, () => 1_059_999))[Symbol.asyncDispose]();
  assertEquals([await count(kv, "blob"), await count(kv, "intent")], [17, 1]);
  await (await openDenoKv({ kv }, () => 1_060_000))[Symbol.asyncDispose]();
  assertEquals([await count(kv, "blob"), await count(kv, "intent")], [0, 0]);
  kv.close();
});

Deno.test("sweep() keeps a writer from committing before it takes its blobs away", async () => {
  const real = await Deno.openKv(":memory:");
  const { key, versionstamp } = await writeBlobs(real, [noise(20_000)], 0);
  const outcomes: boolean[] = [];
  const kv = faulty(real, async (call, written) => {
    if (call !== "commit" || written.length > 0) return;
    // The sweep is about to delete chunks: the moment at which a slow writer comes to its end.
    outcomes.push(
      (await real.atomic().check({ key: key as Deno.KvKey, versionstamp }).commit()).ok,
    );
  });
  await sweep(kv, 1e12);
  assertEquals(outcomes, [false]);
  assertEquals([await count(real, "blob"), await count(real, "intent")], [0, 0]);
  real.close();
});

Deno.test("sweep() leaves the values of commits alone", async () => {
  const kv = await Deno.openKv(":memory:");
  const store = await openDenoKv({ kv }, () => 0);
  const value = noise(300_000);
  await put(store, "a", value);
  await sweep(kv, 1e12);
  assertBytes((await store.get("a"))?.value, value);
  assertEquals(await count(kv, "intent"), 0);
  await store[Symbol.asyncDispose]();
  kv.close();
});

Deno.test("commit() whose blobs were swept as an orphan's writes them again", async () => {
  const real = await Deno.openKv(":memory:");
  let commits = 0;
  const kv = faulty(real, async (call, written) => {
    if (call === "commit" && written.some((key) => key[1] === "revision") && commits++ === 0) {
      await sweep(real, 1e12);
    }
  });
  const store = await openDenoKv({ kv }, () => 0);
  const value = noise(300_000);
  await put(store, "a", value);
  assertEquals(commits, 2);
  assertBytes((await store.get("a"))?.value, value);
  assertEquals((await blobsOf(real)).size, 1);
  await store[Symbol.asyncDispose]();
  real.close();
});

Deno.test("commit() that fails leaves no blobs behind", async () => {
  const kv = await Deno.openKv(":memory:");
  const store = await openDenoKv({ kv });
  const outcome = put(store, "a", noise(300_000), { expect: "0000000000000007" });
  assertEquals(await outcome.catch((error) => error.code), "conflict");
  assertEquals([await count(kv, "blob"), await count(kv, "intent")], [0, 0]);
  await store[Symbol.asyncDispose]();
  kv.close();
});

Deno.test("the log is bounded, and blobs go with the last record that refers to them", async () => {
  const kv = await Deno.openKv(":memory:");
  const store = await openDenoKv({ kv, historyLength: 50 });
  for (let i = 0; i < 255; i++) {
    if (i % 11 === 10) await remove(store, "k1");
    else await put(store, `k${i % 3}`, noise(i % 2 ? 40_000 : 10, i));
  }
  const last = noise(70_000, 9);
  await put(store, "k0", last);
  assertBytes((await store.get("k0"))?.value, last);
  await store[Symbol.asyncDispose]();

  assertEquals(await count(kv, "log"), 50);
  const referred = new Set<string>();
  for await (const { value } of kv.list({ prefix: ["oprc", "log"] })) {
    const { events, freed } = decodeLog(value);
    for (const blob of [...events.map((event) => event.content), ...freed]) {
      if (blob && !(blob instanceof Uint8Array)) referred.add(`${blob.id}/${blob.index}`);
    }
  }
  for (const key of ["k0", "k1", "k2"]) {
    const { value } = await kv.get(entryKey(key) as Deno.KvKey);
    const content = value === null ? undefined : decodeRecord(value).content;
    if (content && !(content instanceof Uint8Array)) referred.add(`${content.id}/${content.index}`);
  }
  const found = await blobsOf(kv);
  assert(found.size > 10 && found.size < 60, `${found.size} blobs`);
  assertEquals([...found].sort(), [...referred].sort());
  kv.close();
});
