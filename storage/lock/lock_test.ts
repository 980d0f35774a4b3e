import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { faultyStore, until } from "../cache/_testing.ts";
import { isConflict, isStorageError, StorageError } from "../errors.ts";
import { put } from "../helpers.ts";
import { memoryStore } from "../memory.ts";
import type { KeyValueStore } from "../port.ts";
import { bytes, fails, text } from "../testing/_case.ts";
import { acquireLock, lockHolder } from "./acquire_lock.ts";
import { elect } from "./elect.ts";
import type { Lock } from "./lock.ts";

const place = (store: KeyValueStore) => ({ store, keyPrefix: "/oaas" });
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

Deno.test("acquireLock() hands a lock on, with a greater token each time", async () => {
  await using store = memoryStore();
  const first = await acquireLock(place(store), "a", { holder: "one" });
  assertEquals(first.key, "/oaas/locks/a");
  assertEquals(first.holder, "one");
  assertEquals(await lockHolder(place(store), "a"), { holder: "one", token: first.token });
  let taken = false;
  const waiting = acquireLock(place(store), "a", { holder: "two" }).then((lock) => {
    taken = true;
    return lock;
  });
  await using other = await acquireLock(place(store), "b");
  assertEquals(other.key, "/oaas/locks/b");
  await sleep(30);
  assertEquals(taken, false);
  await first.release();
  await first.release();
  const second = await waiting;
  assert(second.token > first.token);
  assertEquals(await lockHolder(place(store), "a"), { holder: "two", token: second.token });
  assertEquals(first.lost.aborted, false);
  await second.release();
  assertEquals(await lockHolder(place(store), "a"), undefined);
  assertEquals((await store.list("/oaas/locks/a")).entries, []);
});

Deno.test("acquireLock() keeps a lock for as long as its holder is alive", async () => {
  await using store = memoryStore();
  await using lock = await acquireLock(place(store), "a", { ttlMs: 1000 });
  const stop = new AbortController();
  const options = { ttlMs: 1000, signal: stop.signal };
  const waiting = acquireLock(place(store), "a", options).catch((error) => error);
  let beats = 0;
  for await (const { events } of store.watch("/oaas/locks/a/beat", { from: lock.token })) {
    if (events.length > 0 && ++beats === 5) break;
  }
  // For longer than it would have lasted without a sign of life.
  assertEquals(lock.lost.aborted, false);
  await store.commit([lock.guard()]);
  stop.abort();
  assert(isStorageError(await waiting, "aborted"));
});

Deno.test("acquireLock() loses a lock well before another takes it, and its guard refuses", async () => {
  const store = memoryStore();
  const cutOff = faultyStore(store);
  const lock = await acquireLock(place(cutOff), "a", { ttlMs: 600 });
  const guarded = () => store.commit([lock.guard(), { type: "put", key: "x", value: bytes("1") }]);
  await guarded();
  cutOff.down = true;
  const order: string[] = [];
  lock.lost.addEventListener("abort", () => order.push("lost"));
  const next = await acquireLock(place(store), "a", { ttlMs: 600 });
  order.push("taken");
  assertEquals(order, ["lost", "taken"]);
  assert(isStorageError(lock.lost.reason, "unavailable"));
  assertEquals(lock.lost.reason.key, lock.key);
  assertEquals((await fails(guarded(), "conflict")).key, lock.key);
  assert(next.token > lock.token);
  cutOff.down = false;
  // Releasing what was lost leaves it to the other.
  await lock.release();
  await store.commit([next.guard()]);
  await next.release();
  await store[Symbol.asyncDispose]();
});

Deno.test("acquireLock() leaves a lock whose holder gave a sign of life at the last moment", async () => {
  await using store = memoryStore();
  const [cutOff, waiter] = [faultyStore(store), faultyStore(store)];
  const lock = await acquireLock(place(cutOff), "a", { ttlMs: 150 });
  cutOff.down = true;
  let outcome: unknown;
  waiter.nextCommit = async (ops) => {
    await put(store, `${lock.key}/beat`, bytes(""));
    outcome = await store.commit(ops).catch((error) => error);
    return outcome;
  };
  const next = await acquireLock(place(waiter), "a");
  assert(isConflict(outcome));
  assertEquals(outcome.key, `${lock.key}/beat`);
  await next.release();
});

Deno.test("acquireLock() notices a release before it began to watch", async () => {
  await using store = memoryStore();
  const first = await acquireLock(place(store), "a", { ttlMs: 3_600_000 });
  const late = { ...faultyStore(store) };
  const { list } = late;
  late.list = async (...args) => {
    await first.release();
    return await list(...args);
  };
  await using _ = await acquireLock(place(late), "a");
});

Deno.test("acquireLock() notices that its lock was taken away", async () => {
  await using store = memoryStore();
  const lock = await acquireLock(place(store), "a", { ttlMs: 150 });
  await store.commit([{ type: "delete", key: lock.key }]);
  await until(() => lock.lost.aborted);
  assert(isConflict(lock.lost.reason));
  await lock.release();
});

Deno.test("acquireLock() lets only one at a time change what it guards", async () => {
  await using store = memoryStore();
  let holders = 0;
  const tokens: string[] = [];
  await Promise.all(Array.from({ length: 10 }, async () => {
    for (let i = 0; i < 5; i++) {
      await using lock = await acquireLock(place(store), "a");
      assertEquals(++holders, 1);
      tokens.push(lock.token);
      const before = Number(text((await store.get("n"))?.value ?? bytes("0")));
      await sleep(1);
      const op = { type: "put", key: "n", value: bytes(String(before + 1)) } as const;
      await store.commit([lock.guard(), op]);
      holders--;
    }
  }));
  assertEquals(text((await store.get("n"))?.value), "50");
  assertEquals(tokens, tokens.toSorted());
  assertEquals(new Set(tokens).size, 50);
});

Deno.test("acquireLock() finds out what became of a commit", async () => {
  const inner = memoryStore();
  const store = faultyStore(inner);
  const unknown = new StorageError("unknown", "Cannot commit: the test says so");
  for (const applied of [true, false]) {
    let token: string | undefined;
    store.nextCommit = async (ops) => {
      if (applied) token = await inner.commit(ops);
      return unknown;
    };
    const lock = await acquireLock(place(store), "a");
    assertEquals(lock.token, token ?? lock.token);
    assertEquals((await lockHolder(place(inner), "a"))?.token, lock.token);
    await inner.commit([lock.guard()]);
    await lock.release();
  }
  // Nobody holds what was given up before that was found out.
  const stop = new AbortController();
  store.nextCommit = async (ops) => {
    await inner.commit(ops);
    stop.abort();
    return unknown;
  };
  await fails(acquireLock(place(store), "a", { signal: stop.signal }), "aborted");
  assertEquals(await lockHolder(place(inner), "a"), undefined);
  await inner[Symbol.asyncDispose]();
});

Deno.test("acquireLock() waits through a store that is away for a while", async () => {
  const store = faultyStore();
  const first = await acquireLock(place(store), "a", { ttlMs: 100 });
  const waiting = acquireLock(place(store), "a");
  await until(() => store.calls.list > 0);
  store.down = true;
  await until(() => first.lost.aborted);
  const { get } = store.calls;
  await until(() => store.calls.get > get + 1);
  store.down = false;
  const second = await waiting;
  assert(second.token > first.token);
  await first.release();
  await second.release();
  store.down = true;
  await fails(acquireLock(place(store), "a"), "unavailable");
  await store[Symbol.asyncDispose]();
});

Deno.test("acquireLock() refuses bad names, times and records", async () => {
  await using store = memoryStore();
  for (const name of ["", "a/b", "a b", "x".repeat(201)]) {
    await fails(acquireLock(place(store), name), "invalid");
  }
  for (const ttlMs of [99, 3_600_001, NaN]) {
    const error = await assertRejects(
      () => acquireLock(place(store), "a", { ttlMs }),
      RangeError,
    );
    assertMatch(error.message, /ttlMs .* is not between 100 and 3600000$/);
  }
  await put(store, "/oaas/locks/a", bytes("{}"));
  assertEquals((await fails(acquireLock(place(store), "a"), "corrupt")).key, "/oaas/locks/a");
  await fails(acquireLock(place(store), "b", { signal: AbortSignal.abort() }), "aborted");
});

Deno.test("elect() leads one at a time, and again after it lost", async () => {
  const store = memoryStore();
  const stop = new AbortController();
  const terms: string[] = [];
  let leading = 0;
  const locks: Lock[] = [];
  const candidates = ["x", "y", "z"].map((holder) =>
    elect(place(store), "a", async (lock, signal) => {
      leading++;
      terms.push(lock.token);
      locks.push(lock);
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      leading--;
      throw new Error("what is thrown after the end is dropped");
    }, { holder, ttlMs: 150, signal: stop.signal })
  );
  for (let term = 1; term <= 5; term++) {
    await until(() => terms.length === term);
    await store.commit([locks.at(-1)!.guard()]);
    // Somebody takes it away.
    if (term < 5) await store.commit([{ type: "delete", key: locks.at(-1)!.key }]);
  }
  stop.abort();
  await Promise.all(candidates);
  assertEquals(leading, 0);
  assertEquals(terms, terms.toSorted());
  assertEquals(await lockHolder(place(store), "a"), undefined);
  await store[Symbol.asyncDispose]();
});

Deno.test("elect() leads again when the store was away", async () => {
  const store = faultyStore();
  const stop = new AbortController();
  const terms: string[] = [];
  const electing = elect(place(store), "a", async (lock, signal) => {
    terms.push(lock.token);
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
  }, { ttlMs: 100, signal: stop.signal });
  await until(() => terms.length === 1);
  const { get } = store.calls;
  store.down = true;
  await until(() => store.calls.get > get + 2);
  store.down = false;
  await until(() => terms.length === 2);
  stop.abort();
  await electing;
  store.down = true;
  await fails(elect(place(store), "a", () => {}), "unavailable");
  await store[Symbol.asyncDispose]();
});

Deno.test("elect() ends with what is done, and throws what it throws", async () => {
  await using store = memoryStore();
  await elect(place(store), "a", () => {});
  const failure = new Error("no");
  const thrown = await elect(place(store), "a", () => Promise.reject(failure)).catch((e) => e);
  assertEquals(thrown, failure);
  assertEquals(await lockHolder(place(store), "a"), undefined);
  await elect(place(store), "a", () => assert(false), { signal: AbortSignal.abort() });
  await fails(elect(place(store), "a/b", () => {}), "invalid");
});
