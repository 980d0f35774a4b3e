import { assertEquals } from "@std/assert";
import { listAll, put, remove, update } from "./helpers.ts";
import { memoryStore } from "./memory.ts";
import { bytes, fails, text } from "./testing/_case.ts";

Deno.test("put() and remove() pass their expectation and signal on", async () => {
  const store = memoryStore();
  const first = await put(store, "a", bytes("1"), { expect: null });
  await fails(put(store, "a", bytes("2"), { expect: null }), "conflict");
  const second = await put(store, "a", bytes("2"), { expect: first });
  await fails(remove(store, "a", { expect: first }), "conflict");
  const signal = AbortSignal.abort();
  await fails(put(store, "a", bytes("3"), { signal }), "aborted");
  await fails(remove(store, "a", { signal }), "aborted");
  await remove(store, "a", { expect: second });
  assertEquals(await store.get("a"), undefined);
});

Deno.test("update() creates, replaces and leaves alone", async () => {
  const store = memoryStore();
  const created = await update(store, "a", (entry) => entry ? undefined : bytes("1"));
  assertEquals(created, await store.get("a"));
  const left = await update(store, "a", (entry) => entry ? undefined : bytes("2"));
  assertEquals(left, created);
  const replaced = await update(store, "a", async (entry) => {
    await Promise.resolve();
    return bytes(`${text(entry?.value)}+`);
  });
  assertEquals(text(replaced?.value), "1+");
  assertEquals(replaced, await store.get("a"));
});

Deno.test("update() tries again after a conflict, with what is there then", async () => {
  const store = memoryStore();
  const seen: (string | undefined)[] = [];
  await update(store, "a", async (entry) => {
    seen.push(text(entry?.value));
    if (seen.length < 4) await put(store, "a", bytes(String(seen.length)));
    return bytes("end");
  }, { random: () => 0 });
  assertEquals(seen, [undefined, "1", "2", "3"]);
  assertEquals(text((await store.get("a"))?.value), "end");
});

Deno.test("update() gives up after so many attempts, with the conflict", async () => {
  const store = memoryStore();
  let calls = 0;
  const change = async () => {
    await put(store, "a", bytes(String(++calls)));
    return bytes("never");
  };
  const options = { attempts: 3, random: () => 0 };
  assertEquals((await fails(update(store, "a", change, options), "conflict")).key, "a");
  assertEquals(calls, 3);
});

Deno.test("update() ends its pause when it is aborted", async () => {
  const store = memoryStore();
  const controller = new AbortController();
  // A pause of the longest kind, many times over, would not end within the test's patience.
  const change = async () => {
    await put(store, "a", bytes("1"));
    setTimeout(() => controller.abort(), 0);
    return bytes("never");
  };
  const options = { signal: controller.signal, attempts: 1e9, random: () => 1e7 };
  await fails(update(store, "a", change, options), "aborted");
});

Deno.test("listAll() goes through all pages", async () => {
  const store = memoryStore();
  for (const key of ["k1", "k2", "k3", "k4", "l"]) await put(store, key, bytes("1"));
  for (const pageSize of [1, 2, 4, undefined]) {
    const keys = (await Array.fromAsync(listAll(store, "k", { pageSize }))).map((e) => e.key);
    assertEquals(keys, ["k1", "k2", "k3", "k4"]);
  }
});
