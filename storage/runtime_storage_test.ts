import { assertEquals } from "@std/assert";
import { aRuntime } from "./_testing.ts";
import { memoryStorageFactory } from "./factory.ts";
import { put } from "./helpers.ts";
import type { RuntimeFilter } from "./runtime_storage.ts";
import { allItems } from "./stored.ts";
import { bytes, fails, text } from "./testing/_case.ts";

function setUp() {
  const factory = memoryStorageFactory();
  return { store: factory.store, runtimes: factory.createRuntimeStorage() };
}

Deno.test("storeRuntime() writes ProtoJSON with the names of the .proto file", async () => {
  const { store, runtimes } = setUp();
  await runtimes.storeRuntime(aRuntime("i1", { metadata: { zone: "a" } }));
  assertEquals(
    text((await store.get("/oaas/runtimes/i1"))?.value),
    '{"instance_id":"i1","deployment_id":"u1","status":"RUNNING","metadata":{"zone":"a"}}',
  );
});

Deno.test("getRuntime() returns what was stored, with its revision", async () => {
  const { runtimes } = setUp();
  const first = await runtimes.storeRuntime(aRuntime("i1"), { expect: null });
  await fails(runtimes.storeRuntime(aRuntime("i1"), { expect: null }), "conflict");
  const revision = await runtimes.storeRuntime(aRuntime("i1"), { expect: first });
  assertEquals(await runtimes.getRuntime("i1"), { value: aRuntime("i1"), revision });
  assertEquals(await runtimes.getRuntime("i2"), undefined);
  assertEquals(await runtimes.runtimeExists("i1"), true);
  assertEquals(await runtimes.deleteRuntime("i1", { expect: revision }), true);
  assertEquals(await runtimes.deleteRuntime("i1"), false);
  assertEquals(await runtimes.runtimeExists("i1"), false);
});

Deno.test("listRuntimes() filters", async () => {
  const { runtimes } = setUp();
  await runtimes.storeRuntime(aRuntime("i1"));
  await runtimes.storeRuntime(aRuntime("i2", { status: "failed" }));
  await runtimes.storeRuntime(aRuntime("i3", { deploymentId: "u2" }));
  const cases: [RuntimeFilter, string[]][] = [
    [{}, ["i1", "i2", "i3"]],
    [{ deploymentId: "u1" }, ["i1", "i2"]],
    [{ status: "RUNNING" }, ["i1", "i3"]],
    [{ status: "running", deploymentId: "u2" }, ["i3"]],
    [{ status: "FAILED" }, ["i2"]],
    [{ status: "STOPPED" }, []],
  ];
  for (const [filter, wanted] of cases) {
    for (const limit of [1, 100]) {
      const items = allItems((page) => runtimes.listRuntimes(filter, page), { limit });
      const found = await Array.fromAsync(items, (item) => item.value.instanceId);
      assertEquals(found, wanted);
    }
  }
});

Deno.test("instance ids that can't be keys are refused", async () => {
  const { runtimes } = setUp();
  for (const id of ["", "a/b"]) {
    await fails(runtimes.storeRuntime(aRuntime(id)), "invalid");
    await fails(runtimes.getRuntime(id), "invalid");
    await fails(runtimes.deleteRuntime(id), "invalid");
    await fails(runtimes.runtimeExists(id), "invalid");
  }
});

Deno.test("a runtime state that can't be decoded is an error that names its key", async () => {
  const { store, runtimes } = setUp();
  await put(store, "/oaas/runtimes/i1", bytes("{}}"));
  assertEquals((await fails(runtimes.getRuntime("i1"), "corrupt")).key, "/oaas/runtimes/i1");
  assertEquals((await fails(runtimes.listRuntimes(), "corrupt")).key, "/oaas/runtimes/i1");
});

Deno.test("watchRuntimes() delivers typed changes", async () => {
  const factory = memoryStorageFactory();
  const runtimes = factory.createRuntimeStorage();
  const revision = await runtimes.storeRuntime(aRuntime("i1"));
  for await (const { changes } of runtimes.watchRuntimes({ from: "0".repeat(16) })) {
    assertEquals(changes, [{ type: "put", name: "i1", value: aRuntime("i1"), revision }]);
    break;
  }
});
