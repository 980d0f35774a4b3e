import { assertEquals, assertRejects } from "@std/assert";
import { withDeadline } from "./_deadline.ts";
import type { DenoKvAtomic, DenoKvClient, DenoKvEntry } from "./client.ts";

Deno.test("withDeadline() ends every call that gets no answer", async () => {
  const open: (() => void)[] = [];
  const never = <T>() => new Promise<T>((resolve) => open.push(() => resolve(undefined as T)));
  const atomic: DenoKvAtomic = {
    check: () => atomic,
    set: () => atomic,
    delete: () => atomic,
    commit: () => never(),
  };
  const entry: DenoKvEntry = { key: ["a"], value: null, versionstamp: null };
  const kv: DenoKvClient = {
    get: () => never(),
    getMany: () => never(),
    async *list() {
      yield entry;
      await never();
    },
    atomic: () => atomic,
    close() {},
  };
  const limited = withDeadline(kv, 20);
  const found: DenoKvEntry[] = [];
  const calls = [
    () => limited.get(["a"]),
    () => limited.getMany([["a"]]),
    () => limited.atomic().check().set(["a"], 1).delete(["a"]).commit(),
    async () => {
      const options = { limit: 2, batchSize: 2 };
      for await (const one of limited.list({ start: ["a"], end: ["b"] }, options)) found.push(one);
    },
  ];
  for (const call of calls) {
    await assertRejects(call, Error, "there was no answer within 20 ms");
  }
  assertEquals(found, [entry]);
  for (const go of open) go();
});
