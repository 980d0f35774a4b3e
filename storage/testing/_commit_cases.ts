import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { put, remove } from "../helpers.ts";
import { brief, bytes, type Case, collect, fails, keysOf, now, text } from "./_case.ts";

export const commitCases: readonly Case[] = [
  {
    title: "commit() creates only what is absent",
    async run(store) {
      await put(store, "a", bytes("1"), { expect: null });
      await fails(put(store, "a", bytes("2"), { expect: null }), "conflict");
      assertEquals(text((await store.get("a"))?.value), "1");
    },
  },
  {
    title: "commit() replaces at the current revision, not at a past one",
    async run(store) {
      const first = await put(store, "a", bytes("1"));
      const second = await put(store, "a", bytes("2"), { expect: first });
      await fails(put(store, "a", bytes("3"), { expect: first }), "conflict");
      assertEquals(await store.get("a"), { key: "a", value: bytes("2"), revision: second });
    },
  },
  {
    title: "commit() replaces nothing that is absent",
    async run(store) {
      const other = await put(store, "b", bytes("1"));
      await fails(put(store, "a", bytes("1"), { expect: other }), "conflict");
      assertEquals(await store.get("a"), undefined);
    },
  },
  {
    title: "commit() gives a key that is made anew a new revision",
    async run(store) {
      const first = await put(store, "a", bytes("1"));
      await remove(store, "a");
      const second = await put(store, "a", bytes("1"));
      assertNotEquals(first, second);
      await fails(put(store, "a", bytes("2"), { expect: first }), "conflict");
    },
  },
  {
    title: "commit() deletes at the current revision, not at a past one",
    async run(store) {
      const first = await put(store, "a", bytes("1"));
      const second = await put(store, "a", bytes("2"));
      await fails(remove(store, "a", { expect: first }), "conflict");
      assertEquals(text((await store.get("a"))?.value), "2");
      await remove(store, "a", { expect: second });
      assertEquals(await store.get("a"), undefined);
      await fails(remove(store, "a", { expect: second }), "conflict");
    },
  },
  {
    title: "commit() that deletes an absent key makes no event and no revision",
    async run(store) {
      const before = await put(store, "b", bytes("1"));
      assertEquals(await remove(store, "a"), before);
      await put(store, "a", bytes("1"));
      const batches = await collect(store, "", before, 1);
      assertEquals(batches.flatMap((batch) => batch.events).map(brief), ["put a=1"]);
    },
  },
  {
    title: "commit() of checks alone returns the current revision",
    async run(store) {
      const a = await put(store, "a", bytes("1"));
      const b = await put(store, "b", bytes("1"));
      const found = await store.commit([
        { type: "check", key: "a", expect: a },
        { type: "check", key: "c", expect: null },
      ]);
      assertEquals(found, b);
      assertEquals(await now(store), b);
    },
  },
  {
    title: "commit() applies nothing if a check fails",
    async run(store) {
      const a = await put(store, "a", bytes("1"));
      const at = await now(store);
      for (
        const check of [
          { type: "check", key: "a", expect: null },
          { type: "check", key: "c", expect: a },
        ] as const
      ) {
        await fails(
          store.commit([{ type: "put", key: "b", value: bytes("1") }, check]),
          "conflict",
        );
      }
      assertEquals(await store.get("b"), undefined);
      assertEquals(await now(store), at);
    },
  },
  {
    title: "commit() applies all operations or none",
    async run(store) {
      const a = await put(store, "a", bytes("1"));
      const b = await put(store, "b", bytes("1"));
      await fails(
        store.commit([
          { type: "put", key: "a", value: bytes("2"), expect: a },
          { type: "put", key: "c", value: bytes("2"), expect: null },
          { type: "delete", key: "b", expect: a },
        ]),
        "conflict",
      );
      assertEquals(keysOf((await store.list("")).entries), ["a", "b"]);
      assertEquals((await store.get("a"))?.revision, a);
      await store.commit([
        { type: "put", key: "a", value: bytes("2"), expect: a },
        { type: "put", key: "c", value: bytes("2"), expect: null },
        { type: "delete", key: "b", expect: b },
      ]);
      assertEquals(keysOf((await store.list("")).entries), ["a", "c"]);
    },
  },
  {
    title: "commit() names the key of a conflict, in field and message",
    async run(store) {
      await put(store, "taken", bytes("1"));
      const error = await fails(
        store.commit([
          { type: "put", key: "free", value: bytes("1"), expect: null },
          { type: "put", key: "taken", value: bytes("1"), expect: null },
        ]),
        "conflict",
      );
      assertEquals(error.key, "taken");
      assert(error.message.includes('"taken"'), error.message);
    },
  },
  {
    title: "commit() gives all that it writes one revision, above all before",
    async run(store) {
      let last = await now(store);
      for (let round = 0; round < 12; round++) {
        const revision = await store.commit([
          { type: "put", key: "a", value: bytes(String(round)) },
          { type: "put", key: "b", value: bytes(String(round)) },
        ]);
        assert(revision > last, `${revision} is not above ${last}`);
        const { entries } = await store.list("");
        assertEquals(entries.map((entry) => entry.revision), [revision, revision]);
        last = revision;
      }
    },
  },
  {
    title: "commit() leaves the caller's operations alone",
    async run(store) {
      const op = Object.freeze({ type: "put", key: "a", value: bytes("1") } as const);
      await store.commit(Object.freeze([op]));
      assertEquals(op, { type: "put", key: "a", value: bytes("1") });
    },
  },
];
