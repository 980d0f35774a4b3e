import { assert, assertEquals, assertThrows } from "@std/assert";
import { StorageError } from "../errors.ts";
import { memoryStore } from "../memory.ts";
import type { KeyValueStore } from "../port.ts";
import { testStore } from "./mod.ts";

/** Runs the suite and returns the titles of the cases that fail. */
async function failing(factory: () => KeyValueStore): Promise<string[]> {
  const cases: { title: string; run: () => Promise<void> }[] = [];
  testStore(factory, {
    name: "x",
    test: (title, run) => cases.push({ title, run }),
    compact: () => Promise.resolve(),
  });
  const failed: string[] = [];
  for (const { title, run } of cases) await run().catch(() => failed.push(title.slice(3)));
  return failed;
}

function wrong(change: (store: KeyValueStore) => Partial<KeyValueStore>): () => KeyValueStore {
  return () => {
    const store = memoryStore();
    return {
      get: (key, options) => store.get(key, options),
      list: (prefix, options) => store.list(prefix, options),
      commit: (ops, options) => store.commit(ops, options),
      watch: (prefix, options) => store.watch(prefix, options),
      health: (options) => store.health(options),
      [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
      ...change(store),
    };
  };
}

Deno.test("testStore() passes the reference, but for what it was promised and isn't so", async () => {
  assertEquals(await failing(() => memoryStore()), [
    "watch() fails with compacted where the history is gone, and list() helps",
  ]);
});

Deno.test("testStore() registers the case of compaction only with a way to compact", () => {
  const titles: string[] = [];
  testStore(() => memoryStore(), { test: (title) => titles.push(title) });
  assert(titles.length > 50);
  assertEquals(new Set(titles).size, titles.length);
  assert(titles.every((title) => title.startsWith("store: ") && !title.includes("compacted")));
});

const faults: [string, () => KeyValueStore, string][] = [
  [
    "that ignores expectations",
    wrong((store) => ({
      commit: (ops, options) =>
        store.commit(
          ops.map((op) => op.type === "check" ? op : { ...op, expect: undefined }),
          options,
        ),
    })),
    "commit() creates only what is absent",
  ],
  [
    "that applies operations one by one",
    wrong((store) => ({
      async commit(ops, options) {
        let revision = "";
        for (const op of ops) revision = await store.commit([op], options);
        return revision;
      },
    })),
    "commit() applies all operations or none",
  ],
  [
    "that names no key",
    wrong((store) => ({
      commit: (ops, options) =>
        store.commit(ops, options).catch((error) => {
          throw new StorageError(error.code, error.message);
        }),
    })),
    "commit() names the key of a conflict, in field and message",
  ],
  [
    "that lists out of order",
    wrong((store) => ({
      async list(prefix, options) {
        const page = await store.list(prefix, options);
        return { ...page, entries: page.entries.toReversed() };
      },
    })),
    "list() is in byte order",
  ],
  [
    "that takes a new revision for each page",
    wrong((store) => ({
      async list(prefix, options) {
        const page = await store.list(prefix, options);
        const { revision } = await store.list("");
        return { ...page, revision };
      },
    })),
    "list() gives all pages the revision before the first",
  ],
  [
    "that delivers a commit's events out of order",
    wrong((store) => ({
      watch: (prefix, options) => ({
        [Symbol.asyncIterator]() {
          const inner = store.watch(prefix, options)[Symbol.asyncIterator]();
          return {
            async next() {
              const { done, value } = await inner.next();
              if (done) return { done: true, value: undefined };
              return { done: false, value: { ...value, events: value.events.toReversed() } };
            },
            return: () => inner.return!(),
          };
        },
      }),
    })),
    "watch() delivers one batch a commit, in the order of its operations",
  ],
  [
    "that reads what was there before",
    () => {
      const past = new Map<string, Awaited<ReturnType<KeyValueStore["get"]>>>();
      let turn = 0;
      return wrong((store) => ({
        async get(key, options) {
          const entry = await store.get(key, options);
          if (turn++ % 2) return past.get(key) ?? entry;
          past.set(key, entry);
          return entry;
        },
      }))();
    },
    "what clients read and write at one time is linearizable",
  ],
  [
    "that ignores signals",
    wrong((store) => ({ get: (key) => store.get(key) })),
    "every call refuses a signal that has fired, and applies nothing",
  ],
];

for (const [what, factory, title] of faults) {
  Deno.test(`testStore() finds a store ${what}`, async () => {
    const failed = await failing(factory);
    assert(failed.includes(title), failed.join("; "));
  });
}

Deno.test("testStore() without a test function says so", () => {
  const real = Object.getOwnPropertyDescriptor(globalThis, "Deno");
  const { process } = globalThis as { process?: unknown };
  Object.defineProperty(globalThis, "Deno", { value: undefined, configurable: true });
  Object.defineProperty(globalThis, "process", { value: undefined, configurable: true });
  try {
    assertThrows(() => testStore(() => memoryStore()), TypeError, "pass one as test");
  } finally {
    if (real) Object.defineProperty(globalThis, "Deno", real);
    else Reflect.deleteProperty(globalThis, "Deno"); // as on Node
    Object.defineProperty(globalThis, "process", { value: process, configurable: true });
  }
});
