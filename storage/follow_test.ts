import { assert, assertEquals } from "@std/assert";
import { StorageError } from "./errors.ts";
import { follow, type FollowBatch, type FollowOptions } from "./follow.ts";
import { listAll, put, remove } from "./helpers.ts";
import { memoryStore } from "./memory.ts";
import type { KeyValueStore } from "./port.ts";
import { bytes, fails, soon, text } from "./testing/_case.ts";

/** Applies what is followed until a key is seen, and keeps what came. */
async function state(
  store: KeyValueStore,
  until: string,
  options: FollowOptions = {},
): Promise<{ state: Map<string, string>; batches: FollowBatch[] }> {
  const state = new Map<string, string>();
  const batches: FollowBatch[] = [];
  const newest = new Map<string, string>();
  for await (const batch of follow(store, "k/", options)) {
    batches.push(batch);
    for (const event of batch.events) {
      // No key goes back to what it was before.
      assert(!(newest.get(event.key)! >= event.revision), `${event.key} at ${event.revision}`);
      newest.set(event.key, event.revision);
      if (event.type === "put") state.set(event.key, `${text(event.value)}@${event.revision}`);
      else assert(state.delete(event.key), `${event.key} was not there`);
    }
    const end = state.get(until)?.split("@")[1];
    // A list may show the last key before it shows all that was written before.
    if (batch.complete && end !== undefined && batch.revision >= end) break;
  }
  return { state, batches };
}

async function stored(store: KeyValueStore): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for await (const { key, value, revision } of listAll(store, "k/")) {
    found.set(key, `${text(value)}@${revision}`);
  }
  return found;
}

const sorted = (map: Map<string, string>) => [...map].sort();

/** Writes and deletes at random, letting others run in between. */
async function churn(store: KeyValueStore, steps: number): Promise<void> {
  for (let i = 0; i < steps; i++) {
    const key = `k/${Math.floor(Math.random() * 40)}`;
    if (Math.random() < 0.4) await remove(store, key);
    else await put(store, key, bytes(String(i)));
    if (i % 7 === 0) await new Promise((resolve) => setTimeout(resolve, 0));
  }
}

Deno.test("follow() ends at the state of the store, while it is written to", async () => {
  for (let round = 0; round < 20; round++) {
    await using store = memoryStore();
    await churn(store, 100);
    const [{ state: seen, batches }] = await Promise.all([
      state(store, "k/end", { pageSize: 3 }),
      churn(store, 200).then(() => put(store, "k/end", bytes("end"))),
    ]);
    assertEquals(sorted(seen), sorted(await stored(store)));
    const revisions = batches.map((batch) => batch.revision);
    assertEquals(revisions, revisions.toSorted());
  }
});

Deno.test("follow() lists again where the history is gone, and tells only what differs", async () => {
  await using store = memoryStore({ historyLength: 4 });
  for (const key of ["k/stays", "k/goes", "k/changes"]) await put(store, key, bytes("1"));
  const iterator = follow(store, "k/")[Symbol.asyncIterator]();
  const first = (await iterator.next()).value!;
  assertEquals([first.events.length, first.complete], [3, false]);
  const second = (await iterator.next()).value!;
  assertEquals([second.events.length, second.complete], [0, true]);
  await remove(store, "k/goes");
  await put(store, "k/changes", bytes("2"));
  for (let i = 0; i < 20; i++) await put(store, "k/new", bytes(String(i)));
  const events: string[] = [];
  for (let complete = false; !complete;) {
    const batch = (await iterator.next()).value!;
    ({ complete } = batch);
    for (const event of batch.events) {
      events.push(event.type === "put" ? `${event.key}=${text(event.value)}` : `-${event.key}`);
    }
  }
  assertEquals(events, ["k/changes=2", "k/new=19", "-k/goes"]);
  await iterator.return?.();
});

Deno.test("follow() converges though histories are short", async () => {
  for (let round = 0; round < 20; round++) {
    await using store = memoryStore({ historyLength: 1 });
    const [{ state: seen }] = await Promise.all([
      state(store, "k/end", { pageSize: 5 }),
      churn(store, 300).then(() => put(store, "k/end", bytes("end"))),
    ]);
    assertEquals(sorted(seen), sorted(await stored(store)));
  }
});

Deno.test("follow() takes nothing back that a later page showed", async () => {
  await using store = memoryStore();
  for (const key of ["k/a", "k/z"]) await put(store, key, bytes("1"));
  const iterator = follow(store, "k/", { pageSize: 1 })[Symbol.asyncIterator]();
  await iterator.next();
  await remove(store, "k/z");
  await put(store, "k/z", bytes("2"));
  const events: string[] = [];
  for (let complete = false; !complete;) {
    const { value } = await iterator.next();
    ({ complete } = value!);
    for (const event of value!.events) events.push(event.type + event.key);
  }
  assertEquals(events, ["putk/z"]);
  await put(store, "k/end", bytes("end"));
  while (!events.includes("putk/end")) {
    const { value } = await iterator.next();
    for (const event of value!.events) events.push(event.type + event.key);
  }
  assertEquals(events, ["putk/z", "putk/end"]);
  await iterator.return?.();
});

Deno.test("follow() tries again while the store is unavailable, and says so", async () => {
  await using inner = memoryStore();
  let failing = 3;
  const fail = () => {
    if (failing-- > 0) throw new StorageError("unavailable", "Cannot reach it");
  };
  const store: KeyValueStore = {
    get: (key, options) => inner.get(key, options),
    async list(prefix, options) {
      fail();
      return await inner.list(prefix, options);
    },
    commit: (ops, options) => inner.commit(ops, options),
    async *watch(prefix, options) {
      for await (const batch of inner.watch(prefix, options)) {
        yield batch;
        fail();
      }
    },
    health: () => inner.health(),
    [Symbol.asyncDispose]: () => inner[Symbol.asyncDispose](),
  };
  await put(store, "k/a", bytes("1"));
  const told: StorageError[] = [];
  const options = { onUnavailable: (error: StorageError) => told.push(error), random: () => 0 };
  const following = state(store, "k/end", options);
  while (told.length < 3) await new Promise((resolve) => setTimeout(resolve, 1));
  failing = 2;
  for (const key of ["k/b", "k/c", "k/end"]) await put(store, key, bytes("2"));
  const { state: seen } = await soon(following);
  assertEquals(sorted(seen), sorted(await stored(store)));
  assert(told.length >= 4);
});

Deno.test("follow() ends with its consumer, its signal and its store", async () => {
  const store = memoryStore();
  const stopped = follow(store, "")[Symbol.asyncIterator]();
  await stopped.next();
  const waiting = stopped.next();
  await soon(Promise.resolve(stopped.return?.()));
  assertEquals((await soon(waiting)).done, true);

  const stop = new AbortController();
  const aborted = follow(store, "", { signal: stop.signal })[Symbol.asyncIterator]();
  await aborted.next();
  const next = aborted.next();
  stop.abort();
  await fails(soon(next), "aborted");

  const closed = follow(store, "")[Symbol.asyncIterator]();
  await closed.next();
  const last = fails(closed.next(), "closed");
  await store[Symbol.asyncDispose]();
  await soon(last);
});

Deno.test("follow() throws what won't pass", async () => {
  await using store = memoryStore();
  await fails(soon(follow(store, "a b")[Symbol.asyncIterator]().next()), "invalid");
});
