import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { isStorageError } from "../errors.ts";
import { put } from "../helpers.ts";
import { memoryStore } from "../memory.ts";
import type { KeyValueStore, Op } from "../port.ts";
import { bytes, collect, noise, now, text } from "../testing/_case.ts";
import { openDenoKv } from "./_open.ts";
import { faulty, withFile } from "./_testing.ts";
import { denoKvStore } from "./store.ts";

/** An operation of the model: what is expected is a revision made before, by its number. */
interface ModelOp {
  readonly type: "put" | "delete" | "check";
  readonly key: string;
  readonly value: number;
  readonly expect: "any" | "none" | number;
}

const modelOp: fc.Arbitrary<ModelOp> = fc.record({
  type: fc.constantFrom("put", "put", "delete", "check"),
  key: fc.constantFrom("a", "b", "c"),
  // Some are kept apart.
  value: fc.constantFrom(1, 3, 20_000),
  expect: fc.oneof(fc.constantFrom("any" as const, "none" as const), fc.nat({ max: 12 })),
});

const commits = fc.array(
  fc.uniqueArray(modelOp, { selector: (op) => op.key, minLength: 1, maxLength: 3 }),
  { minLength: 1, maxLength: 12 },
);

function toOp({ type, key, value, expect }: ModelOp): Op {
  const revision = typeof expect === "number" ? String(expect).padStart(16, "0") : undefined;
  if (type === "put") {
    return { type, key, value: noise(value), expect: expect === "none" ? null : revision };
  }
  if (type === "delete") return { type, key, expect: revision };
  return { type, key, expect: revision ?? null };
}

async function outcome(work: Promise<string>): Promise<string> {
  try {
    return await work;
  } catch (error) {
    if (isStorageError(error, "conflict")) return `conflict: ${error.message}`;
    throw error;
  }
}

async function contents(store: KeyValueStore): Promise<unknown> {
  const { entries, revision } = await store.list("");
  return { entries, revision };
}

Deno.test("commit() of many at a time does what one after the other does", async () => {
  await fc.assert(
    fc.asyncProperty(commits, fc.nat({ max: 4 }), async (model, ahead) => {
      await using reference = memoryStore();
      await using store = await denoKvStore({ path: ":memory:" });
      const ops = model.map((commit) => commit.map(toOp));
      // What is kept apart is written first, and overtakes: such commits are waited for.
      const large = ops.map((commit) =>
        commit.some((op) => op.type === "put" && op.value.length > 16_000)
      );
      const expected: string[] = [];
      for (const commit of ops) expected.push(await outcome(reference.commit(commit)));
      const found: Promise<string>[] = [];
      for (const [i, commit] of ops.entries()) {
        if (large[i] || i % 5 === ahead) await Promise.all(found);
        found.push(outcome(store.commit(commit)));
        if (large[i]) await found.at(-1);
      }
      assertEquals(await Promise.all(found), expected);
      assertEquals(await contents(store), await contents(reference));
      const from = "0".repeat(16);
      const count = expected.some((one) => Number(one) > 0) ? 1 : 0;
      if (count > 0) {
        const reached = await now(store);
        const events = async (of: KeyValueStore) => {
          const seen = [];
          for await (const batch of of.watch("", { from })) {
            if (batch.events.length > 0) seen.push(batch);
            if (batch.revision === reached) break;
          }
          return seen;
        };
        if (reached !== from) assertEquals(await events(store), await events(reference));
      }
    }),
    { numRuns: 150 },
  );
});

Deno.test("commit() of many at a time takes few transactions, each commit a revision", async () => {
  const real = await Deno.openKv(":memory:");
  let transactions = 0;
  const kv = faulty(real, (call) => void (call === "commit" && transactions++));
  const store = await openDenoKv({ kv });
  const from = await now(store);
  transactions = 0;
  const revisions = await Promise.all(
    Array.from({ length: 200 }, (_, i) => put(store, `k/${i}`, bytes(String(i)))),
  );
  assert(transactions <= 2, `${transactions} transactions`);
  assertEquals(new Set(revisions).size, 200);
  const batches = await collect(store, "", from, 200);
  assertEquals(batches.map((batch) => batch.revision), revisions);
  assert(batches.every((batch) => batch.events.length === 1));
  await store[Symbol.asyncDispose]();
  real.close();
});

Deno.test("commit() of many large values at a time stays within Deno KV's limits", async () => {
  await using store = await denoKvStore({ path: ":memory:" });
  const key = (i: number) => `${i}/`.padEnd(512, "k");
  const value = noise(16 * 1024);
  await Promise.all(Array.from({ length: 100 }, (_, i) => put(store, key(i), value)));
  await Promise.all(
    Array.from({ length: 10 }, (_, round) =>
      store.commit(
        Array.from({ length: 64 }, (_, i) => ({
          type: "put",
          key: `${round}.${i}/`.padEnd(512, "x"),
          value: noise(300),
        })),
      )),
  );
  assertEquals((await store.get(key(99)))?.value, value);
  assert(await store.get("9.63/".padEnd(512, "x")));
});

Deno.test("commit() decides conflicts anew when another process came first", async () => {
  await withFile(async (path) => {
    const real = await Deno.openKv(path);
    await using other = await denoKvStore({ path });
    let beaten = 0;
    const kv = faulty(real, async (call, written) => {
      if (call !== "commit" || !written.some((key) => key[1] === "entry") || beaten++ > 0) return;
      await put(other, "lock", bytes("other"));
    });
    const store = await openDenoKv({ kv });
    const outcomes = await Promise.allSettled([
      store.commit([
        { type: "check", key: "lock", expect: null },
        { type: "put", key: "a", value: bytes("1") },
      ]),
      // Refused for as long as the one before is applied, which in the end it isn't.
      put(store, "a", bytes("2"), { expect: null }),
      put(store, "b", bytes("3"), { expect: null }),
    ]);
    assertEquals(outcomes.map(({ status }) => status), ["rejected", "fulfilled", "fulfilled"]);
    assertEquals(text((await store.get("a"))?.value), "2");
    await store[Symbol.asyncDispose]();
    real.close();
  });
});
