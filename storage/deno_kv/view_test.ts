/** Commits without a read before them: what a store remembers may be out of date. */
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { put, remove } from "../helpers.ts";
import { bytes, fails, noise, text } from "../testing/_case.ts";
import { View } from "./_view.ts";
import { openDenoKv } from "./_open.ts";
import { faulty } from "./_testing.ts";

/** Two stores on one database, with the count of reads. */
async function two() {
  const real = await Deno.openKv(":memory:");
  const count = { reads: 0, commits: 0 };
  const kv = faulty(real, (call) => void (call === "read" ? count.reads++ : count.commits++));
  const [a, b] = [await openDenoKv({ kv }), await openDenoKv({ kv: real })];
  const close = async () => {
    for (const store of [a, b]) await store[Symbol.asyncDispose]();
    real.close();
  };
  return { a, b, count, real, close };
}

Deno.test("commit() reads nothing for as long as nobody else commits", async () => {
  const { a, b, count, close } = await two();
  const commits = async () => {
    for (let i = 0; i < 3; i++) await put(a, "k", bytes("1"));
    count.reads = 0;
    const revision = await put(a, "k", bytes("2"));
    await put(a, "k", bytes("3"), { expect: revision });
    return count.reads;
  };
  assertEquals(await commits(), 0);
  assertEquals((await a.get("k"))?.value, bytes("3"));
  await put(b, "k", bytes("other"));
  assertEquals(await commits(), 0);
  await close();
});

Deno.test("commit() takes what get() has just read for what it is", async () => {
  const { a, count, close } = await two();
  for (let i = 0; i < 3; i++) await put(a, "k", bytes("1"));
  assertEquals(await a.get("n"), undefined);
  count.reads = 0;
  await put(a, "n", bytes("1"), { expect: null });
  assertEquals(count.reads, 0);
  await close();
});

Deno.test("commit() that others disturb each time tries no transaction in vain", async () => {
  const { a, b, count, close } = await two();
  for (let i = 0; i < 3; i++) await put(a, "k", bytes("1"));
  await put(b, "k", bytes("1"));
  await put(a, "k", bytes("1"));
  count.commits = 0;
  for (let i = 0; i < 10; i++) {
    await put(b, "k", bytes("1"));
    await put(a, "k", bytes("1"));
  }
  assertEquals(count.commits, 10);
  await close();
});

Deno.test("commit() refuses nothing for what it remembers", async () => {
  const { a, b, close } = await two();
  for (let i = 0; i < 3; i++) await put(a, "k", bytes("1"));
  // The revision is handed over otherwise, as in an answer of that other process.
  const revision = await put(b, "k", bytes("2"));
  await put(a, "k", bytes("3"), { expect: revision });
  for (let i = 0; i < 3; i++) await put(a, "k", bytes("4"));
  await remove(b, "k");
  await put(a, "k", bytes("5"), { expect: null });
  assertEquals(text((await b.get("k"))?.value), "5");
  await close();
});

Deno.test("commit() applies nothing for what it remembers", async () => {
  const { a, b, close } = await two();
  for (let i = 0; i < 3; i++) await put(a, "k", bytes("1"));
  const revision = (await a.get("k"))!.revision;
  await put(b, "k", bytes("2"));
  await fails(put(a, "k", bytes("3"), { expect: revision }), "conflict");
  for (let i = 0; i < 3; i++) await put(a, "k", bytes("4"));
  const seen = (await a.get("k"))!.revision;
  await remove(b, "k");
  await fails(a.commit([{ type: "check", key: "k", expect: seen }]), "conflict");
  await close();
});

Deno.test("commit() of two stores in turn does what one store does", async () => {
  const operation = fc.record({
    by: fc.constantFrom("a" as const, "b" as const),
    type: fc.constantFrom("put", "put", "delete", "check", "get"),
    key: fc.constantFrom("x", "y"),
    size: fc.constantFrom(1, 20_000),
    expect: fc.constantFrom("any", "none", "current", "current", "former"),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(operation, { maxLength: 40 }), async (operations) => {
      const { a, b, real, close } = await two();
      const model = new Map<string, { revision: string; value: Uint8Array }>();
      let former = "0".repeat(16);
      for (const [i, { by, type, key, size, expect }] of operations.entries()) {
        const store = by === "a" ? a : b;
        const found = model.get(key);
        if (type === "get") {
          assertEquals(await store.get(key), found && { key, ...found });
          continue;
        }
        const wanted = { any: undefined, none: null, current: found?.revision ?? null, former };
        const expected = wanted[expect as keyof typeof wanted];
        const holds = expected === undefined || expected === (found?.revision ?? null);
        if (type === "put") {
          const value = noise(size, i);
          const done = put(store, key, value, { expect: expected });
          if (!holds) await fails(done, "conflict");
          else model.set(key, { revision: await done, value });
        } else if (type === "delete" && expected !== null) {
          const done = store.commit([{ type, key, expect: expected }]);
          if (!holds) await fails(done, "conflict");
          else await done;
          if (holds) model.delete(key);
        } else if (type === "check" && expected !== undefined) {
          const done = store.commit([{ type, key, expect: expected }]);
          if (!holds) await fails(done, "conflict");
          else await done;
        }
        if (found) former = found.revision;
      }
      const { entries } = await b.list("");
      const all = [...model].map(([key, found]) => ({ key, ...found }));
      assertEquals(entries, all.toSorted((one, other) => one.key < other.key ? -1 : 1));
      assertEquals((await Array.fromAsync(real.list({ prefix: ["oprc", "intent"] }))).length, 0);
      await close();
    }),
    { numRuns: 100 },
  );
});

Deno.test("View remembers a bounded number of keys", () => {
  const view = new View();
  const counter = { revision: 1, versionstamp: "1" };
  view.advance(counter, new Map());
  for (let i = 0; i < 10_000; i++) view.learn(counter, `k${i}`, undefined);
  assertEquals(view.size, 4096);
});

Deno.test("View takes in nothing that was read at another counter, or none", () => {
  const view = new View();
  view.learn(undefined, "k", undefined);
  view.advance({ revision: 1, versionstamp: "1" }, new Map());
  view.learn({ revision: 1, versionstamp: "1" }, "k", undefined);
  assertEquals(view.size, 0);
});
