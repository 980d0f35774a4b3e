/** The Deno KV of npm, which is what Node has, on files that Deno's own uses too. */
import { assert, assertEquals } from "@std/assert";
import { openKv } from "@deno/kv";
import { put, update } from "../helpers.ts";
import type { KeyValueStore } from "../port.ts";
import { assertBytes, brief, bytes, collect, noise, now, text } from "../testing/_case.ts";
import { testStore } from "../testing/mod.ts";
import { withFile } from "./_testing.ts";
import type { DenoKvClient } from "./client.ts";
import { denoKvStore } from "./store.ts";

/** A store on npm's Deno KV, with the database that it leaves open. */
async function nodeStore(path: string): Promise<KeyValueStore> {
  const kv = await openKv(path) as unknown as DenoKvClient;
  const store = await denoKvStore({ kv, historyLength: 1000 });
  const dispose = store[Symbol.asyncDispose].bind(store);
  let done: Promise<void> | undefined;
  store[Symbol.asyncDispose] = () => done ??= dispose().then(() => kv.close());
  return store;
}

testStore(() => nodeStore(":memory:"), {
  name: "denoKvStore() on npm's Deno KV",
  async compact(store) {
    for (let i = 0; i < 1200; i++) await put(store, "/compact/a", new Uint8Array());
  },
});

Deno.test("denoKvStore() shares a file between Deno's and npm's Deno KV, both ways", async () => {
  await withFile(async (path) => {
    const store = await denoKvStore({ path });
    const from = await now(store);
    const sizes = [0, 10, 20_000, 200_000];
    for (const size of sizes) await put(store, `deno/${size}`, noise(size));
    // In a process of its own: two copies of SQLite in one undo each other's locks.
    const other = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "-A",
        "--no-check",
        new URL("./testdata/node_side.ts", import.meta.url).href,
        path,
      ],
      stderr: "piped",
    }).spawn();
    for (let i = 0; i < 20; i++) {
      await update(store, "n", (entry) => bytes(String(Number(text(entry?.value) ?? 0) + 1)), {
        attempts: 200,
      });
    }
    const { success, stderr } = await other.output();
    assert(success, new TextDecoder().decode(stderr));
    for (const size of sizes) assertBytes((await store.get(`node/${size}`))?.value, noise(size));
    const batches = await collect(store, "n", from, 44);
    const counts = batches.flatMap((batch) => batch.events).filter((event) => event.key === "n");
    assertEquals(counts.map(brief), Array.from({ length: 40 }, (_, i) => `put n=${i + 1}`));
    await store[Symbol.asyncDispose]();
  });
});
