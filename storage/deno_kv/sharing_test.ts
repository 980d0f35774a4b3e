import { assert, assertEquals } from "@std/assert";
import { listAll, put, update } from "../helpers.ts";
import { brief, bytes, collect, now, text } from "../testing/_case.ts";
import { withFile } from "./_testing.ts";
import { denoKvStore } from "./store.ts";

const WRITER = new URL("./testdata/writer.ts", import.meta.url).pathname;

/** Runs a writer in a process of its own until it has acknowledged so many commits. */
async function killedWriter(path: string, first: number, acknowledged: number): Promise<number> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", WRITER, path, String(first), "100000"],
    stdout: "piped",
  }).spawn();
  let output = "";
  let killed = false;
  for await (const part of child.stdout.pipeThrough(new TextDecoderStream())) {
    output += part;
    if (killed || output.split("\n").length <= acknowledged) continue;
    killed = true;
    child.kill("SIGKILL");
  }
  assertEquals((await child.status).signal, "SIGKILL");
  return Number(output.trimEnd().split("\n").filter((line) => line !== "").at(-1));
}

Deno.test("denoKvStore() shows two handles on one file each other's commits", async () => {
  await withFile(async (path) => {
    const stores = [await denoKvStore({ path }), await denoKvStore({ path })];
    const [a, b] = stores as [typeof stores[0], typeof stores[0]];
    const from = await now(a!);
    const writing = Promise.all(stores.map(async (store, name) => {
      for (let i = 0; i < 25; i++) {
        await put(store, `k/${name}`, bytes(`${name}.${i}`));
        await update(store, "n", (entry) => bytes(String(Number(text(entry?.value) ?? 0) + 1)), {
          attempts: 200,
        });
      }
    }));
    const seen = await Promise.all([collect(a!, "", from, 100), collect(b!, "", from, 100)]);
    await writing;
    assertEquals(seen[0], seen[1]);
    const events = seen[0].flatMap((batch) => batch.events).map(brief);
    assertEquals(new Set(events).size, 100);
    assertEquals(text((await a!.get("n"))?.value), "50");
    for (const store of stores) await store[Symbol.asyncDispose]();
  });
});

Deno.test("denoKvStore() lets one of two handles create", async () => {
  await withFile(async (path) => {
    const stores = [await denoKvStore({ path }), await denoKvStore({ path })];
    for (let round = 0; round < 20; round++) {
      const outcomes = await Promise.allSettled(
        stores.map((store) => put(store, `k${round}`, bytes("1"), { expect: null })),
      );
      assertEquals(outcomes.filter((outcome) => outcome.status === "fulfilled").length, 1);
    }
    for (const store of stores) await store[Symbol.asyncDispose]();
  });
});

Deno.test("denoKvStore() loses no acknowledged commit of a process killed with kill -9", async () => {
  await withFile(async (path) => {
    let next = 0;
    const acknowledged: number[] = [];
    for (let round = 0; round < 5; round++) {
      const last = await killedWriter(path, next, 10 + 17 * round);
      for (let i = next; i <= last; i++) acknowledged.push(i);
      // The one after the last may have been applied without the answer getting out.
      next = last + 2;
    }
    const store = await denoKvStore({ path });
    for (const i of acknowledged) {
      const value = (await store.get(`k/${i}`))?.value;
      assert(value, `commit ${i} was acknowledged and is lost`);
      assertEquals(value.length, i % 5 === 0 ? 100_000 : 8);
      assert(value.every((byte) => byte === i % 251), `commit ${i} is damaged`);
    }
    let entries = 0;
    for await (const _ of listAll(store, "k/")) entries++;
    assert(entries >= acknowledged.length && entries <= acknowledged.length + 5);
    await store[Symbol.asyncDispose]();
  });
});

Deno.test("denoKvStore() delivers the commits of another process that is killed", async () => {
  await withFile(async (path) => {
    const store = await denoKvStore({ path });
    const from = await now(store);
    const stop = new AbortController();
    const seen: string[] = [];
    const revisions: string[] = [];
    const watching = (async () => {
      for await (const { events, revision } of store.watch("k/", { from, signal: stop.signal })) {
        seen.push(...events.map((event) => event.key));
        revisions.push(revision);
      }
    })().catch((error) => error.code);
    const last = await killedWriter(path, 0, 60);
    const written: string[] = [];
    for (let i = 0; await store.get(`k/${i}`); i++) written.push(`k/${i}`);
    assert(written.length > last, "an acknowledged commit is lost");
    // What this handle commits comes after all that the other process did.
    const end = await put(store, "k/end", bytes(""));
    await collect(store, "k/", from, written.length + 1);
    while (revisions.at(-1)! < end) await new Promise((resolve) => setTimeout(resolve, 5));
    stop.abort();
    assertEquals(await watching, "aborted");
    assertEquals(seen, [...written, "k/end"]);
    assertEquals(revisions, revisions.toSorted());
    await store[Symbol.asyncDispose]();
  });
});
