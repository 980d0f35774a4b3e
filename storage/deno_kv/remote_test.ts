/** Remote databases, over a server that speaks their protocol. */
import { assert, assertEquals } from "@std/assert";
import { openKv } from "@deno/kv";
import { put } from "../helpers.ts";
import type { KeyValueStore } from "../port.ts";
import { assertBytes, brief, bytes, collect, fails, noise, now, soon } from "../testing/_case.ts";
import { testStore } from "../testing/mod.ts";
import type { DenoKvClient } from "./client.ts";
import { denoKvStore, type DenoKvStoreOptions } from "./store.ts";
import { KvConnect } from "./testdata/kv_connect.ts";

Deno.env.set("DENO_KV_ACCESS_TOKEN", "the token");

/** A store on a server of its own, which ends with it. */
async function remoteStore(options: DenoKvStoreOptions = {}): Promise<KeyValueStore> {
  const remote = new KvConnect();
  const store = await denoKvStore({ ...options, path: remote.url });
  const dispose = store[Symbol.asyncDispose].bind(store);
  let done: Promise<void> | undefined;
  store[Symbol.asyncDispose] = () => done ??= dispose().then(() => remote[Symbol.asyncDispose]());
  return store;
}

testStore(() => remoteStore({ historyLength: 1000 }), {
  name: "denoKvStore() on a remote database",
  async compact(store) {
    for (let i = 0; i < 1200; i++) await put(store, "/compact/a", new Uint8Array());
  },
});

Deno.test("denoKvStore() commits once to a remote database that is asked again", async () => {
  await using remote = new KvConnect();
  await using store = await denoKvStore({ path: remote.url });
  const from = await now(store);
  for (const [i, size] of [10, 20_000].entries()) {
    // The first two commits begin with a read, the others don't.
    for (let round = 0; round < 3; round++) {
      const key = `${i}.${round}`;
      // Of a large value, the intent and the chunks are written first.
      remote.swallow = size > 10_000 ? 3 : 1;
      const revision = await put(store, key, noise(size, round), { expect: null });
      assertEquals(remote.swallow, 0);
      const entry = await store.get(key);
      assertEquals(entry?.revision, revision);
      assertBytes(entry?.value, noise(size, round));
      remote.swallow = 1;
      await put(store, key, bytes("again"));
    }
  }
  const batches = await collect(store, "", from, 12);
  assertEquals(new Set(batches.map((batch) => batch.revision)).size, 12);
  const puts = batches.flatMap((batch) => batch.events).map((event) => event.key);
  assertEquals(puts, ["0.0", "0.1", "0.2", "1.0", "1.1", "1.2"].flatMap((key) => [key, key]));
  assertEquals(brief(batches.at(-1)!.events[0]!), "put 1.2=again");
  assertEquals(await now(store), batches.at(-1)!.revision);
});

Deno.test("denoKvStore() is denied by a remote database without its token", async () => {
  await using remote = new KvConnect();
  for (const token of ["canary", undefined]) {
    if (token) Deno.env.set("DENO_KV_ACCESS_TOKEN", token);
    else Deno.env.delete("DENO_KV_ACCESS_TOKEN");
    const error = await fails(denoKvStore({ path: remote.url }), "denied")
      .finally(() => Deno.env.set("DENO_KV_ACCESS_TOKEN", "the token"));
    assert(error.message.startsWith(`Cannot open Deno KV at "${remote.url}": `), error.message);
    assert(!Deno.inspect(error).includes("canary"));
  }
});

Deno.test("denoKvStore() gives a remote database that doesn't answer so much time", async () => {
  await using remote = new KvConnect();
  const options = { path: remote.url, timeoutMs: 200 };
  await using store = await denoKvStore(options);
  await put(store, "a", bytes("1"));
  remote.silent = true;
  const error = await soon(fails(denoKvStore(options), "unavailable"));
  assertEquals(
    error.message,
    `Cannot open Deno KV at "${remote.url}": there was no answer within 200 ms`,
  );
  await soon(fails(store.get("a"), "unavailable"));
  await soon(fails(store.list(""), "unavailable"));
  await soon(fails(store.health(), "unavailable"));
  // It begins with a read, as the one before it was the first of this store.
  await soon(fails(put(store, "a", bytes("2")), "unavailable"));
  remote.silent = false;
});

Deno.test("denoKvStore() says that a commit may be applied where no answer came in time", async () => {
  await using remote = new KvConnect();
  await using store = await denoKvStore({ path: remote.url, timeoutMs: 500 });
  for (let i = 0; i < 3; i++) await put(store, "a", bytes("1"));
  // It begins without a read now.
  remote.silent = true;
  const error = await soon(fails(put(store, "a", bytes("2")), "unknown"));
  assertEquals(error.message, "Cannot commit: there was no answer within 500 ms");
  remote.silent = false;
});

Deno.test("denoKvStore() of a remote database that isn't there is unavailable", async () => {
  const path = "http://127.0.0.1:1";
  const error = await soon(fails(denoKvStore({ path }), "unavailable"));
  assert(error.message.startsWith(`Cannot open Deno KV at "${path}": `), error.message);
});

Deno.test("denoKvStore() uses a remote database through npm's Deno KV", async () => {
  await using remote = new KvConnect();
  const kv = await openKv(remote.url) as unknown as DenoKvClient;
  await using store = await denoKvStore({ kv, timeoutMs: 5000 });
  const from = await now(store);
  await put(store, "a", noise(100_000), { expect: null });
  await fails(put(store, "a", bytes("1"), { expect: null }), "conflict");
  assertBytes((await store.get("a"))?.value, noise(100_000));
  assertEquals((await collect(store, "", from, 1)).length, 1);
  // And Deno's reads what it wrote.
  await using other = await denoKvStore({ path: remote.url });
  assertBytes((await other.get("a"))?.value, noise(100_000));
  await store[Symbol.asyncDispose]();
  kv.close();
});
