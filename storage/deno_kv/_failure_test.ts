import { assertEquals } from "@std/assert";
import { put } from "../helpers.ts";
import { StorageError } from "../errors.ts";
import type { CallOptions, KeyValueStore } from "../port.ts";
import { bytes, fails, now, text } from "../testing/_case.ts";
import { failure } from "./_failure.ts";
import { openDenoKv } from "./_open.ts";
import { faulty } from "./_testing.ts";

const isCommit = (call: string, written: readonly (readonly unknown[])[]) =>
  call === "commit" && written.some((key) => key[1] === "revision");

Deno.test("failure() tells codes by what SQLite and Deno say", () => {
  const named = (name: string) => Object.assign(new Error("x"), { name });
  const cases: [Error, string][] = [
    [new Error("file is not a database"), "corrupt"],
    [new Error("database disk image is malformed"), "corrupt"],
    [new TypeError("attempt to write a readonly database"), "denied"],
    [new TypeError("Can not write to a read-only database"), "denied"],
    [new Error("Unexpected response status: 401 the token is wrong"), "denied"],
    [named("NotCapable"), "denied"],
    [named("PermissionDenied"), "denied"],
    [new TypeError("database is locked"), "unavailable"],
    [new TypeError("database or disk is full"), "unavailable"],
    [named("BadResource"), "closed"],
    [new Error("disk I/O error"), "unknown"],
    [new StorageError("conflict", "x"), "conflict"],
  ];
  for (const [error, code] of cases) assertEquals(failure("try", error, "unknown").code, code);
  assertEquals(failure("try", new Error("It broke.")).message, "Cannot try: It broke");
  assertEquals(failure("try", new Error("No.\n\nCaused by:\n  0: x")).message, "Cannot try: No");
});

Deno.test("denoKvStore() waits while another process holds the file", async () => {
  const real = await Deno.openKv(":memory:");
  const calls = { read: 0, commit: 0 };
  const kv = faulty(real, (call) => {
    if (calls[call]++ % 3 !== 2) throw new TypeError("database is locked");
  });
  const store = await openDenoKv({ kv });
  const from = await now(store);
  const first = await put(store, "a", bytes("1"));
  const second = await put(store, "b", new Uint8Array(200_000), { expect: null });
  assertEquals(text((await store.get("a"))?.value), "1");
  assertEquals((await store.list("")).entries.length, 2);
  const iterator = store.watch("", { from })[Symbol.asyncIterator]();
  assertEquals((await iterator.next()).value?.revision, first);
  assertEquals((await iterator.next()).value?.revision, second);
  await iterator.return?.();
  await store[Symbol.asyncDispose]();
  real.close();
});

Deno.test("commit() of which nobody knows the outcome is unknown, of a full disk not applied", async () => {
  const real = await Deno.openKv(":memory:");
  let message = "";
  const kv = faulty(real, (call, written) => {
    if (message && isCommit(call, written)) throw new TypeError(message);
  });
  const store = await openDenoKv({ kv });
  message = "disk I/O error";
  await fails(put(store, "a", bytes("1")), "unknown");
  message = "database or disk is full";
  await fails(put(store, "a", bytes("1")), "unavailable");
  message = "";
  await put(store, "a", bytes("2"), { expect: null });
  await store[Symbol.asyncDispose]();
  real.close();
});

Deno.test("commit() aborted under way is unknown, before its turn it isn't applied", async () => {
  const real = await Deno.openKv(":memory:");
  let open = () => {};
  const gate = new Promise<void>((resolve) => open = resolve);
  let arrived = () => {};
  const sent = new Promise<void>((resolve) => arrived = resolve);
  const kv = faulty(real, async (call, written) => {
    if (!isCommit(call, written)) return;
    arrived();
    await gate;
  });
  const store = await openDenoKv({ kv });
  const controller = new AbortController();
  const { signal } = controller;
  const first = fails(put(store, "a", bytes("1"), { signal }), "unknown");
  await sent;
  const second = fails(put(store, "b", bytes("1"), { signal }), "aborted");
  controller.abort();
  await Promise.all([first, second]);
  open();
  await put(store, "c", bytes("1"));
  assertEquals((await store.list("")).entries.map((entry) => entry.key), ["a", "c"]);
  await store[Symbol.asyncDispose]();
  real.close();
});

Deno.test("get() and list() that hang can be aborted, and dispose waits for each", async (t) => {
  const hanging: Record<string, (store: KeyValueStore, options: CallOptions) => Promise<unknown>> =
    {
      get: (store, options) => store.get("a", options),
      list: (store, options) => store.list("", options),
      health: (store, options) => store.health(options),
    };
  for (const [name, call] of Object.entries(hanging)) {
    await t.step(name, async () => {
      const real = await Deno.openKv(":memory:");
      let open = () => {};
      let gate: Promise<void> | undefined = undefined;
      const store = await openDenoKv({ kv: faulty(real, () => gate) });
      gate = new Promise((resolve) => open = resolve);
      const controller = new AbortController();
      const failed = fails(call(store, { signal: controller.signal }), "aborted");
      controller.abort();
      await failed;
      let disposed = false;
      const disposing = store[Symbol.asyncDispose]().then(() => disposed = true);
      await new Promise((resolve) => setTimeout(resolve, 0));
      assertEquals(disposed, false);
      open();
      await disposing;
      real.close();
    });
  }
});
