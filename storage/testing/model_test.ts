/** Random sequences of calls, which every store answers as the one in memory does. */
import { assert, assertEquals } from "@std/assert";
import { openKv } from "@deno/kv";
import fc from "fast-check";
import { peerTest } from "../../tests/_peers.ts";
import { temporaryStore } from "../deno_kv/_testing.ts";
import { type DenoKvClient, denoKvStore } from "../deno_kv/mod.ts";
import { etcdPeer, startEtcd } from "../etcd/_testing.ts";
import { etcdStore } from "../etcd/mod.ts";
import { isStorageError } from "../errors.ts";
import { memoryStore } from "../memory.ts";
import type { Batch, Entry, KeyValueStore, Op, Revision } from "../port.ts";
import { bytes, noise, now, soon } from "./_case.ts";

const key = fc.constantFrom("a", "a!", "a/", "a/b", "a/b/c", "a0", "b", "~");
const prefix = fc.constantFrom("", "a", "a/", "a/b", "b", "none");

const operation = fc.record({
  type: fc.constantFrom("put", "put", "delete", "check"),
  key,
  // Some are kept apart by Deno KV.
  size: fc.constantFrom(0, 1, 30, 30, 20_000),
  expect: fc.constantFrom("anything", "nothing", "current", "current", "former", "other"),
});

const command = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      type: fc.constant("commit" as const),
      operations: fc.uniqueArray(operation, {
        selector: (one) => one.key,
        minLength: 1,
        maxLength: 4,
      }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("get" as const), key }) },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant("list" as const),
      prefix,
      limit: fc.constantFrom(1, 2, 3, 100),
    }),
  },
  // The next page of the list before, whatever was committed since.
  { weight: 2, arbitrary: fc.record({ type: fc.constant("turn" as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constant("watch" as const), prefix, back: fc.nat({ max: 8 }) }),
  },
);
const sequence = fc.array(command, { minLength: 5, maxLength: 40, size: "max" });
type Command = typeof command extends fc.Arbitrary<infer T> ? T : never;

/** The model and the store, and which revisions of one are which of the other. */
class Pair {
  readonly #revisions = new Map<Revision, Revision>();
  /** The model's, in order. */
  readonly passed: Revision[] = [];
  readonly #former = new Map<string, Revision>();
  #value = 0;
  #pages: { prefix: string; limit: number; cursors: [string, string] } | undefined;

  constructor(readonly model: KeyValueStore, readonly store: KeyValueStore) {}

  meet(model: Revision, store: Revision): void {
    const known = this.#revisions.get(model);
    assertEquals(store, known ?? store, "one revision is two");
    if (known) return;
    const last = this.passed.at(-1);
    assert(last === undefined || this.#revisions.get(last)! < store, "revisions go back");
    this.#revisions.set(model, store);
    this.passed.push(model);
  }

  to(model: Revision): Revision {
    return this.#revisions.get(model) ?? "none";
  }

  #entries(entries: readonly Entry[]): Entry[] {
    return entries.map((entry) => ({ ...entry, revision: this.to(entry.revision) }));
  }

  async #ops(drawn: (Command & { type: "commit" })["operations"]): Promise<Op[]> {
    const ops: Op[] = [];
    for (const { type, key, size, expect } of drawn) {
      const current = (await this.model.get(key))?.revision ?? null;
      const expected = {
        anything: undefined,
        nothing: null,
        current,
        former: this.#former.get(key) ?? null,
        other: this.passed.at(-1)!,
      }[expect];
      if (type === "put") {
        ops.push({ type, key, value: noise(size, this.#value++), expect: expected });
      } else if (type === "delete") ops.push({ type, key, expect: expected ?? undefined });
      else ops.push({ type: "check", key, expect: expected ?? null });
    }
    return ops;
  }

  async #commit(drawn: (Command & { type: "commit" })["operations"]): Promise<void> {
    const ops = await this.#ops(drawn);
    const theirs = ops.map((op): Op =>
      typeof op.expect === "string" ? { ...op, expect: this.to(op.expect) } : op
    );
    const outcome = (store: KeyValueStore, ops: Op[]) =>
      store.commit(ops).catch((error) => {
        if (!isStorageError(error, "conflict")) throw error;
        return { refused: error.key };
      });
    for (const { key } of ops) {
      const entry = await this.model.get(key);
      if (entry) this.#former.set(key, entry.revision);
    }
    const [expected, found] = [await outcome(this.model, ops), await outcome(this.store, theirs)];
    if (typeof expected === "string" && typeof found === "string") this.meet(expected, found);
    else assertEquals(found, expected);
  }

  async #page(prefix: string, limit: number, cursors?: [string, string]): Promise<void> {
    const [expected, found] = [
      await this.model.list(prefix, { limit, cursor: cursors?.[0] }),
      await this.store.list(prefix, { limit, cursor: cursors?.[1] }),
    ];
    assertEquals(found.entries, this.#entries(expected.entries));
    assertEquals(found.revision, this.to(expected.revision));
    assertEquals(typeof found.cursor, typeof expected.cursor);
    this.#pages = expected.cursor && found.cursor
      ? { prefix, limit, cursors: [expected.cursor, found.cursor] }
      : undefined;
  }

  /** Watches both to the end, and says later how they differ. */
  #watch(prefix: string, back: number): () => Promise<void> {
    const from = this.passed.at(-1 - back) ?? this.passed[0]!;
    const all = async (store: KeyValueStore, from: Revision) => {
      const batches: Batch[] = [];
      for await (const batch of store.watch(prefix, { from })) {
        if (batch.events.length > 0) batches.push(batch);
        if (batch.events.some(({ key }) => key.endsWith("end"))) break;
      }
      return batches;
    };
    const [model, store] = [all(this.model, from), all(this.store, this.to(from))];
    // If something else fails first, nobody waits for them.
    for (const one of [model, store]) one.catch(() => {});
    return async () => {
      const expected = (await model).map(({ revision, events }) => ({
        revision: this.to(revision),
        events: events.map((event) => ({ ...event, revision: this.to(event.revision) })),
      }));
      assertEquals(await soon(store), expected);
    };
  }

  async run(commands: readonly Command[]): Promise<void> {
    this.meet(await now(this.model), await now(this.store));
    const watches: (() => Promise<void>)[] = [];
    for (const command of commands) {
      switch (command.type) {
        case "commit":
          await this.#commit(command.operations);
          break;
        case "get":
          assertEquals(
            await this.store.get(command.key),
            this.#entries([await this.model.get(command.key)].filter((entry) => !!entry))[0],
          );
          break;
        case "list":
          await this.#page(command.prefix, command.limit);
          break;
        case "turn": {
          const pages = this.#pages;
          if (pages) await this.#page(pages.prefix, pages.limit, pages.cursors);
          break;
        }
        case "watch":
          watches.push(this.#watch(command.prefix, command.back));
      }
    }
    // Under every prefix, as a watch may wait long for a bookmark.
    const end = (prefix: string): Op => ({
      type: "put",
      key: `${prefix}end`,
      value: bytes("end"),
    });
    const ops = ["", "a", "a/", "a/b", "b", "none"].map(end);
    const [model, store] = [await this.model.commit(ops), await this.store.commit(ops)];
    this.meet(model, store);
    for (const watched of watches) await watched();
    await this.#page("", 100);
  }
}

function modelTest(
  name: string,
  open: () => Promise<KeyValueStore>,
  numRuns: number,
  test: (name: string, run: () => Promise<void>) => void = Deno.test,
): void {
  test(`${name} answers any sequence of calls as memoryStore() does`, async () => {
    await fc.assert(
      fc.asyncProperty(sequence, async (commands) => {
        await using model = memoryStore();
        await using store = await open();
        await new Pair(model, store).run(commands);
      }),
      { numRuns },
    );
  });
}

modelTest("denoKvStore() in memory", () => denoKvStore({ path: ":memory:" }), 100);
modelTest("denoKvStore() on a file", () => temporaryStore(), 40);
modelTest("denoKvStore() on npm's Deno KV", async () => {
  const kv = await openKv(":memory:") as unknown as DenoKvClient;
  const store = await denoKvStore({ kv });
  const dispose = store[Symbol.asyncDispose].bind(store);
  store[Symbol.asyncDispose] = () => dispose().then(() => kv.close());
  return store;
}, 40);

for (const members of [1, 3]) {
  peerTest(
    `etcdStore() on ${members} node(s) answers any sequence of calls as memoryStore() does`,
    etcdPeer,
    async () => {
      await using cluster = await startEtcd({ members });
      let parts = 0;
      await fc.assert(
        fc.asyncProperty(sequence, async (commands) => {
          await using model = memoryStore();
          const keyPrefix = `/part-${parts++}/`;
          await using store = await etcdStore({ endpoints: cluster.endpoints, keyPrefix });
          await new Pair(model, store).run(commands);
        }),
        { numRuns: members === 1 ? 40 : 20 },
      );
    },
  );
}
