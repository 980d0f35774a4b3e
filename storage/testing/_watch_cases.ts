import { assert, assertEquals } from "@std/assert";
import { put, remove } from "../helpers.ts";
import type { Event, KeyValueStore, Revision } from "../port.ts";
import { assertBytes, brief, bytes, type Case, collect, fails, noise, now, soon } from "./_case.ts";

/** The first step of a watch. */
async function first(store: KeyValueStore, prefix: string, from: Revision): Promise<unknown> {
  const iterator = store.watch(prefix, { from })[Symbol.asyncIterator]();
  try {
    return await soon(iterator.next());
  } finally {
    await iterator.return?.();
  }
}

const cases: readonly Case[] = [
  {
    title: "watch() without a revision begins with a bookmark of the present",
    async run(store) {
      await put(store, "a", bytes("1"));
      const present = await put(store, "a", bytes("2"));
      const iterator = store.watch("a")[Symbol.asyncIterator]();
      assertEquals((await iterator.next()).value, { revision: present, events: [] });
      const revision = await put(store, "a", bytes("3"));
      assertEquals((await soon(iterator.next())).value, {
        revision,
        events: [{ type: "put", key: "a", value: bytes("3"), revision }],
      });
      await iterator.return?.();
    },
  },
  {
    title: "watch() delivers the history after a revision, with every value in between",
    async run(store) {
      const from = await now(store);
      const a = await put(store, "a", bytes("1"));
      const b = await put(store, "a", bytes("2"));
      const c = await remove(store, "a");
      const d = await put(store, "a", bytes("3"));
      assertEquals(await collect(store, "a", from, 4), [
        { revision: a, events: [{ type: "put", key: "a", value: bytes("1"), revision: a }] },
        { revision: b, events: [{ type: "put", key: "a", value: bytes("2"), revision: b }] },
        { revision: c, events: [{ type: "delete", key: "a", revision: c }] },
        { revision: d, events: [{ type: "put", key: "a", value: bytes("3"), revision: d }] },
      ]);
    },
  },
  {
    title: "watch() goes on exactly after the revision of any batch",
    async run(store) {
      const from = await now(store);
      const names = ["1", "2", "3", "4", "5"];
      for (const name of names) await put(store, "a", bytes(name));
      const all = await collect(store, "a", from, 5);
      for (const [i, { revision }] of all.slice(0, -1).entries()) {
        assertEquals(await collect(store, "a", revision, 4 - i), all.slice(i + 1));
      }
    },
  },
  {
    title: "watch() delivers one batch a commit, in the order of its operations",
    async run(store) {
      const from = await put(store, "c", bytes("0"));
      const revision = await store.commit([
        { type: "put", key: "b", value: bytes("1") },
        { type: "delete", key: "c" },
        { type: "check", key: "x", expect: null },
        { type: "delete", key: "absent" },
        { type: "put", key: "a", value: bytes("1") },
      ]);
      const batches = await collect(store, "", from, 3);
      assertEquals(batches.map((batch) => batch.revision), [revision]);
      assertEquals(batches[0]?.events.map(brief), ["put b=1", "delete c", "put a=1"]);
    },
  },
  {
    title: "watch() keeps to its prefix",
    async run(store) {
      const from = await now(store);
      for (const key of ["/p", "/p-x", "/p/a", "/q", "/p/b"]) await put(store, key, bytes("1"));
      await store.commit([
        { type: "put", key: "/o", value: bytes("2") },
        { type: "put", key: "/p/c", value: bytes("2") },
      ]);
      const events = (await collect(store, "/p/", from, 3)).flatMap((batch) => batch.events);
      assertEquals(events.map(brief), ["put /p/a=1", "put /p/b=1", "put /p/c=2"]);
    },
  },
  {
    title: "watch() passes what it doesn't deliver with a bookmark",
    async run(store) {
      const from = await now(store);
      const iterator = store.watch("mine/", { from })[Symbol.asyncIterator]();
      const last = await put(store, "other", bytes("1"));
      assertEquals((await soon(iterator.next())).value, { revision: last, events: [] });
      await iterator.return?.();
    },
  },
  {
    title: "watch() delivers large values, also those that were replaced",
    async run(store) {
      const from = await now(store);
      const values = [noise(1024 * 1024, 1), noise(100_000, 2), noise(20_000, 3)];
      for (const value of values) await put(store, "a", value);
      await remove(store, "a");
      const batches = await collect(store, "a", from, 4);
      const events: Event[] = batches.flatMap((batch) => batch.events);
      for (const [i, value] of values.entries()) {
        const event = events[i];
        assert(event?.type === "put");
        assertBytes(event.value, value);
      }
      assertEquals(events[3]?.type, "delete");
    },
  },
  {
    title: "watch() delivers large commits whole",
    async run(store) {
      const from = await now(store);
      const value = noise(260 * 1024);
      for (let round = 0; round < 6; round++) {
        await store.commit(["a", "b", "c"].map((key) => ({ type: "put", key, value })));
      }
      const batches = await collect(store, "", from, 18);
      assertEquals(
        batches.map((batch) => batch.events.map((event) => event.key)),
        Array(6).fill(["a", "b", "c"]),
      );
    },
  },
  {
    title: "watch() catches up with a long history",
    async run(store) {
      const from = await now(store);
      const wanted = Array.from({ length: 600 }, (_, i) => `put a=${i}`);
      for (let i = 0; i < wanted.length; i++) await put(store, "a", bytes(String(i)));
      const batches = await collect(store, "a", from, wanted.length);
      assertEquals(batches.flatMap((batch) => batch.events).map(brief), wanted);
    },
  },
  {
    title: "watch() serves many at once",
    async run(store) {
      const from = await now(store);
      const watches = Array.from({ length: 5 }, () => collect(store, "a", from, 3));
      for (const name of ["1", "2", "3"]) await put(store, "a", bytes(name));
      for (const batches of await Promise.all(watches)) {
        const events = batches.flatMap((batch) => batch.events);
        assertEquals(events.map(brief), ["put a=1", "put a=2", "put a=3"]);
      }
    },
  },
  {
    title: "watch() gives each watcher values of its own",
    async run(store) {
      const from = await now(store);
      await put(store, "a", bytes("abc"));
      for (let round = 0; round < 2; round++) {
        const [batch] = await collect(store, "a", from, 1);
        const event = batch?.events[0];
        assert(event?.type === "put");
        assertEquals(event.value, bytes("abc"));
        event.value.fill(0);
      }
      assertEquals((await store.get("a"))?.value, bytes("abc"));
    },
  },
  {
    title: "watch() refuses what is no revision",
    async run(store) {
      for (const from of ["", "x", "-1", "1e3"]) await fails(first(store, "a", from), "invalid");
    },
  },
  {
    title: "watch() refuses bad prefixes",
    async run(store) {
      const from = await now(store);
      for (const prefix of ["a b", "é", "k".repeat(513)]) {
        await fails(first(store, prefix, from), "invalid");
      }
    },
  },
  {
    title: "watch() ends when its consumer stops, also one that waits",
    async run(store) {
      const iterator = store.watch("a")[Symbol.asyncIterator]();
      await iterator.next();
      const waiting = iterator.next();
      await soon(Promise.resolve(iterator.return?.()));
      assertEquals((await soon(waiting)).done, true);
      assertEquals((await iterator.next()).done, true);
    },
  },
];

const notReached: Case = {
  title: "watch() refuses a revision that isn't reached",
  async run(store, open) {
    const ahead = await open();
    for (let i = 0; i < 5; i++) await put(ahead, "a", bytes(String(i)));
    await fails(first(store, "a", await now(ahead)), "invalid");
  },
};

const gone = (compact: (store: KeyValueStore) => Promise<void>): Case => ({
  title: "watch() fails with compacted where the history is gone, and list() helps",
  async run(store) {
    const from = await put(store, "a", bytes("1"));
    await put(store, "a", bytes("2"));
    await compact(store);
    await fails(first(store, "a", from), "compacted");
    const page = await store.list("a");
    assertEquals(page.entries.map((entry) => entry.value), [bytes("2")]);
    await put(store, "a", bytes("3"));
    const batches = await collect(store, "a", page.revision, 1);
    assertEquals(batches.flatMap((batch) => batch.events).map(brief), ["put a=3"]);
  },
});

export function watchCases(
  compact: ((store: KeyValueStore) => Promise<void>) | undefined,
  sharedHistory: boolean,
): readonly Case[] {
  return [
    ...cases,
    ...(sharedHistory ? [] : [notReached]),
    ...(compact ? [gone(compact)] : []),
  ];
}
