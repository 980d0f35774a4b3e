import { assertEquals } from "@std/assert";
import { put } from "../helpers.ts";
import { bytes, type Case, fails, soon } from "./_case.ts";

export const endCases: readonly Case[] = [
  {
    title: "health() resolves",
    async run(store) {
      assertEquals(await store.health(), undefined);
    },
  },
  {
    title: "every call refuses a signal that has fired, and applies nothing",
    async run(store) {
      const reason = new Error("enough");
      const signal = AbortSignal.abort(reason);
      assertEquals((await fails(store.get("a", { signal }), "aborted")).cause, reason);
      await fails(store.list("a", { signal }), "aborted");
      await fails(put(store, "a", bytes("1"), { signal }), "aborted");
      await fails(store.health({ signal }), "aborted");
      const iterator = store.watch("a", { signal })[Symbol.asyncIterator]();
      await fails(iterator.next(), "aborted");
      assertEquals(await store.get("a"), undefined);
    },
  },
  {
    title: "abort ends a watch that waits",
    async run(store) {
      const controller = new AbortController();
      const iterator = store.watch("a", { signal: controller.signal })[Symbol.asyncIterator]();
      await iterator.next();
      const waiting = iterator.next();
      const reason = new Error("enough");
      controller.abort(reason);
      assertEquals((await fails(soon(waiting), "aborted")).cause, reason);
      assertEquals((await iterator.next()).done, true);
      await put(store, "a", bytes("1"));
    },
  },
  {
    title: "dispose ends a watch that waits",
    async run(store) {
      const iterator = store.watch("a")[Symbol.asyncIterator]();
      await iterator.next();
      const waiting = fails(iterator.next(), "closed");
      await store[Symbol.asyncDispose]();
      await soon(waiting);
    },
  },
  {
    title: "dispose ends a watch that is between two batches",
    async run(store) {
      const iterator = store.watch("a")[Symbol.asyncIterator]();
      await iterator.next();
      await store[Symbol.asyncDispose]();
      await fails(soon(iterator.next()), "closed");
    },
  },
  {
    title: "dispose leaves nothing running for a watch that is read no more",
    async run(store) {
      const iterator = store.watch("a")[Symbol.asyncIterator]();
      await iterator.next();
      await store[Symbol.asyncDispose]();
    },
  },
  {
    title: "every call fails after dispose, which may be repeated",
    async run(store) {
      await put(store, "a", bytes("1"));
      await store[Symbol.asyncDispose]();
      await store[Symbol.asyncDispose]();
      const error = await fails(store.get("a"), "closed");
      assertEquals(error.message, 'Cannot get key "a": the store is closed');
      await fails(store.list("a"), "closed");
      await fails(put(store, "a", bytes("1")), "closed");
      await fails(store.health(), "closed");
      await fails(soon(store.watch("a")[Symbol.asyncIterator]().next()), "closed");
    },
  },
  {
    title: "dispose lets a commit under way end",
    async run(store) {
      const outcome = put(store, "a", bytes("1")).then(() => "applied", (error) => error.code);
      await store[Symbol.asyncDispose]();
      assertEquals(["applied", "closed"].includes(await outcome), true);
    },
  },
];
