import { assert, assertEquals } from "@std/assert";
import { isConflict } from "../errors.ts";
import { listAll, put, remove, update } from "../helpers.ts";
import { brief, bytes, type Case, collect, now, text } from "./_case.ts";
import { contradiction } from "./_linearizable.ts";
import { record } from "./_recorder.ts";

export const concurrencyCases: readonly Case[] = [
  {
    title: "of concurrent creates exactly one wins",
    async run(store) {
      const writers = Array.from({ length: 20 }, (_, i) => String(i));
      const outcomes = await Promise.allSettled(
        writers.map((writer) => put(store, "a", bytes(writer), { expect: null })),
      );
      const winners = writers.filter((_, i) => outcomes[i]?.status === "fulfilled");
      assertEquals(winners.length, 1);
      assertEquals(text((await store.get("a"))?.value), winners[0]);
      for (const outcome of outcomes) {
        if (outcome.status === "rejected") assert(isConflict(outcome.reason), outcome.reason);
      }
    },
  },
  {
    title: "concurrent updates are all counted",
    async run(store) {
      const step = () =>
        update(store, "n", (entry) => bytes(String(Number(text(entry?.value) ?? 0) + 1)), {
          attempts: 200,
        });
      const worker = async () => {
        for (let i = 0; i < 10; i++) await step();
      };
      await Promise.all(Array.from({ length: 5 }, worker));
      assertEquals(text((await store.get("n"))?.value), "50");
    },
  },
  {
    title: "concurrent commits never show in part",
    async run(store) {
      let writing = true;
      const write = async () => {
        for (let i = 0; i < 60; i++) {
          const value = bytes(String(i));
          await store.commit(["a", "m", "z"].map((key) => ({ type: "put", key, value })));
        }
        writing = false;
      };
      const read = async () => {
        while (writing) {
          const { entries } = await store.list("");
          assert(new Set(entries.map((entry) => entry.revision)).size <= 1, "a torn page");
        }
      };
      await Promise.all([write(), read(), read()]);
    },
  },
  {
    title: "a watch sees the commits of many writers once and in order",
    async run(store) {
      const from = await now(store);
      const written = new Map<string, string>();
      const writer = async (name: number) => {
        for (let i = 0; i < 20; i++) {
          const value = `${name}.${i}`;
          written.set(await put(store, `w/${name}`, bytes(value)), value);
        }
      };
      const [batches] = await Promise.all([
        collect(store, "w/", from, 100),
        ...Array.from({ length: 5 }, (_, name) => writer(name)),
      ]);
      const revisions = batches.map((batch) => batch.revision);
      assertEquals(revisions, [...written.keys()].sort());
      for (const { revision, events } of batches) {
        assertEquals(events.map((event) => event.type === "put" && text(event.value)), [
          written.get(revision),
        ]);
      }
    },
  },
  {
    title: "to list and then watch ends at the state of the store",
    async run(store) {
      for (let i = 0; i < 30; i++) await put(store, `k${i}`, bytes("0"));
      const write = async () => {
        for (let i = 0; i < 60; i++) {
          if (i % 3 === 0) await remove(store, `k${i % 30}`);
          else await put(store, `k${i % 40}`, bytes(String(i)));
        }
        await put(store, "k-end", bytes("end"));
      };
      const follow = async () => {
        const state = new Map<string, string | undefined>();
        let revision: string | undefined;
        let cursor: string | undefined;
        do {
          const page = await store.list("k", { limit: 4, cursor });
          for (const { key, value } of page.entries) state.set(key, text(value));
          ({ revision, cursor } = page);
        } while (cursor !== undefined);
        for await (const { events } of store.watch("k", { from: revision })) {
          for (const event of events) {
            if (event.type === "put") state.set(event.key, text(event.value));
            else state.delete(event.key);
          }
          if (events.some((event) => brief(event) === "put k-end=end")) return state;
        }
        return state;
      };
      const [state] = await Promise.all([follow(), write()]);
      const found = new Map<string, string | undefined>();
      for await (const { key, value } of listAll(store, "k")) found.set(key, text(value));
      assertEquals([...state].sort(), [...found].sort());
    },
  },
  {
    title: "what clients read and write at one time is linearizable",
    async run(store) {
      const history = await record(Array.from({ length: 6 }, () => store), { steps: 40 });
      assertEquals(contradiction(history), undefined);
    },
  },
];
