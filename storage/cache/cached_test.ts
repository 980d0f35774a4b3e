import { create } from "@bufbuild/protobuf";
import { PackageMetadataSchema } from "@oprc/proto/package";
import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { aDeployment, aPackage, aStatus } from "../_testing.ts";
import { denoKvStorageFactory } from "../deno_kv/mod.ts";
import type { DeploymentFilter } from "../deployment_storage.ts";
import { StorageError } from "../errors.ts";
import { memoryStorageFactory, owningFactory, storageFactory } from "../factory.ts";
import { put, remove } from "../helpers.ts";
import { memoryStore } from "../memory.ts";
import type { PackageFilter } from "../package_storage.ts";
import { allItems, type PageOptions, type StoredPage } from "../stored.ts";
import { bytes, fails } from "../testing/_case.ts";
import { faultyStore, historyGone, until } from "./_testing.ts";
import { cached, type CachedOptions } from "./cached.ts";

/** A cache over a store with faults, and storages of "another process" on the same store. */
async function setUp(options: CachedOptions = {}) {
  const inner = memoryStore();
  const store = faultyStore(inner);
  const storage = cached(owningFactory(store, {}), { checkEveryMs: 5, ...options });
  const packages = storage.createPackageStorage();
  const deployments = storage.createDeploymentStorage();
  await storage.filled();
  const others = storageFactory(inner);
  return {
    store,
    inner,
    storage,
    packages,
    deployments,
    others: others.createPackageStorage(),
    otherDeployments: others.createDeploymentStorage(),
    [Symbol.asyncDispose]: () => storage[Symbol.asyncDispose](),
  };
}

/** All pages of a list, a few records each, as one. */
async function all<T>(list: (page: PageOptions) => Promise<StoredPage<T>>, limit: number) {
  return await Array.fromAsync(allItems(list, { limit }));
}

function tagged(name: string, ...tags: string[]) {
  return aPackage(name, { metadata: create(PackageMetadataSchema, { tags }) });
}

/** Numbers that look like chance, the same each time. */
function chance(seed: number): (below: number) => number {
  return (below) => {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
    return (seed >>> 8) % below;
  };
}

Deno.test("cached() lists packages as the store does, by every filter", async () => {
  for (const maxBytes of [Infinity, 2000]) {
    await using t = await setUp({ maxBytes });
    const pick = chance(7);
    const some = (of: string[]) => of.filter(() => pick(2) === 0);
    for (let round = 0; round < 400; round++) {
      const name = `${["a", "b", "b-c"][pick(3)]}${pick(25)}`;
      const storage = pick(2) === 0 ? t.packages : t.others;
      if (pick(5) === 0) await storage.deletePackage(name);
      else {
        await storage.storePackage(aPackage(name, {
          dependencies: some(["x", "y", "x"]),
          disabled: pick(3) === 0,
          metadata: pick(6) === 0 ? undefined : create(PackageMetadataSchema, {
            author: ["", "ann", "bob"][pick(3)]!,
            tags: some(["t", "u", "v", "t"]),
          }),
        }));
      }
    }
    await until(() => t.storage.status().revision! >= "0000000000000300");
    await t.packages.storePackage(aPackage("z"));
    const calls = { ...t.store.calls };
    const filters: PackageFilter[] = [
      {},
      { name: "b*" },
      { name: "*1*" },
      { name: "a3" },
      { tags: ["t"] },
      { tags: ["t", "u"], name: "b*5" },
      { tags: [] },
      { author: "" },
      { author: "ann", disabled: false },
      { disabled: true, dependency: "y" },
      { dependency: "none" },
    ];
    for (const filter of filters) {
      for (const limit of [1, 3, 7, 500]) {
        const found = await all((page) => t.packages.listPackages(filter, page), limit);
        assertEquals(found, await all((page) => t.others.listPackages(filter, page), limit));
      }
    }
    assertEquals(t.store.calls.list, calls.list);
    assertEquals(t.store.calls.get > calls.get, maxBytes === 2000);
  }
});

Deno.test("cached() lists deployments as the store does, by every filter", async () => {
  await using t = await setUp();
  const pick = chance(3);
  for (let round = 0; round < 600; round++) {
    const storage = pick(2) === 0 ? t.deployments : t.otherDeployments;
    const key = `d${pick(20)}`;
    const [cluster, id] = [`c${pick(2)}`, `u${pick(20)}`];
    const status = ["DEPLOYED", "failed", "Pending"][pick(3)]!;
    const acts = [
      () =>
        storage.storeDeployment(aDeployment(key, {
          packageName: `p${pick(2)}`,
          classKey: `k${pick(2)}`,
          targetEnv: `e${pick(2)}`,
          targetClusters: ["c0", "c1"].slice(pick(2)),
        })),
      () => storage.saveClusterMapping(key, cluster, id),
      () => storage.saveDeploymentStatus(aStatus(id, status)),
      () => storage.removeClusterMappings(key, pick(2) === 0 ? undefined : [cluster]),
      () => storage.deleteDeploymentStatus(id),
      () => storage.deleteDeployment(key),
    ];
    await acts[[0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 4, 5][pick(12)]!]!();
  }
  await t.deployments.storeDeployment(aDeployment("z"));
  await t.deployments.saveDeploymentStatus(aStatus("z", "FAILED"));
  const calls = { ...t.store.calls };
  const filters: DeploymentFilter[] = [
    {},
    { packageName: "p1" },
    { classKey: "k0", targetEnv: "e1" },
    { cluster: "c0" },
    { status: "Failed" },
    { status: "DEPLOYED", cluster: "c1" },
    { status: "pending", packageName: "p0" },
  ];
  const wanted: unknown[] = [];
  for (const filter of filters) {
    for (const limit of [1, 3, 500]) {
      const found = await all((page) => t.deployments.listDeployments(filter, page), limit);
      wanted.push([filter, limit, found]);
    }
  }
  assertEquals(t.store.calls, calls);
  for (const [filter, limit, found] of wanted as [DeploymentFilter, number, unknown][]) {
    const list = (page: PageOptions) => t.otherDeployments.listDeployments(filter, page);
    assertEquals(found, await all(list, limit));
    assert((found as unknown[]).length > 0, JSON.stringify(filter));
  }
});

Deno.test("cached() reads one record from memory, a copy each time", async () => {
  await using t = await setUp();
  const revision = await t.packages.storePackage(aPackage("a"));
  await t.deployments.storeDeployment(aDeployment("d"));
  const calls = { ...t.store.calls };
  const found = await t.packages.getPackage("a");
  assertEquals(found, { value: aPackage("a"), revision });
  found!.value.disabled = true;
  assertEquals((await t.packages.getPackage("a"))?.value.disabled, false);
  assertEquals(await t.packages.getPackage("b"), undefined);
  assertEquals(await t.packages.packageExists("a"), true);
  assertEquals(await t.packages.packageExists("b"), false);
  assertEquals((await t.deployments.getDeployment("d"))?.value, aDeployment("d"));
  assertEquals(await t.deployments.deploymentExists("d"), true);
  assertEquals(await t.deployments.deploymentExists("e"), false);
  assertEquals(t.store.calls, calls);
  await fails(t.packages.getPackage("a/b"), "invalid");
  await fails(t.packages.listPackages({}, { limit: 0 }), "invalid");
  await fails(t.packages.listPackages({}, { cursor: "?" }), "invalid");
  await fails(t.packages.getPackage("a", { signal: AbortSignal.abort() }), "aborted");
});

Deno.test("cached() reads wait for what was written through it", async () => {
  await using t = await setUp({ maxWaitMs: 60_000 });
  t.store.hold();
  await t.packages.storePackage(tagged("a", "t"));
  let done = false;
  const reading = t.packages.listPackages({ tags: ["t"] }).finally(() => done = true);
  await new Promise((resolve) => setTimeout(resolve, 20));
  assertEquals(done, false);
  t.store.open();
  assertEquals((await reading).items.length, 1);
  assertEquals(await t.packages.deletePackage("a"), true);
  assertEquals(await t.packages.packageExists("a"), false);
  // Also of a commit that a caller made by hand.
  await put(t.storage.store, "/oaas/packages/b", bytes('{"name":"b"}'));
  assertEquals(await t.packages.packageExists("b"), true);
  await remove(t.storage.store, "/oaas/packages/b");
  assertEquals(await t.packages.packageExists("b"), false);
});

Deno.test("cached() reads see the writes of many at once", async () => {
  await using t = await setUp();
  const calls = { ...t.store.calls };
  await Promise.all(Array.from({ length: 50 }, async (_, writer) => {
    for (let i = 0; i < 10; i++) {
      const name = `p${writer}`;
      const revision = await t.packages.storePackage(tagged(name, `v${i}`));
      assertEquals((await t.packages.getPackage(name))?.revision, revision);
      const { items } = await t.packages.listPackages({ name, tags: [`v${i}`] });
      assertEquals(items.length, 1);
    }
  }));
  assertEquals(t.store.calls, calls);
});

Deno.test("cached() reads go to the store if writes don't arrive in time", async () => {
  await using t = await setUp({ maxWaitMs: 1 });
  t.store.hold();
  await t.packages.storePackage(aPackage("a"));
  assertEquals(await t.packages.packageExists("a"), true);
  assertEquals((await t.packages.listPackages()).items.length, 1);
  t.store.open();
});

Deno.test("cached() reads wait for what a conflict told of", async () => {
  await using t = await setUp({ maxWaitMs: 60_000 });
  await t.packages.storePackage(aPackage("a"));
  const { value, revision } = (await t.packages.getPackage("a"))!;
  t.store.hold();
  const newer = await t.others.storePackage(tagged("a", "theirs"));
  await t.others.storePackage(aPackage("b"));
  // What is in memory is behind, and nobody has noticed.
  assertEquals((await t.packages.getPackage("a"))?.revision, revision);
  await fails(t.packages.storePackage(value, { expect: revision }), "conflict");
  await fails(t.packages.storePackage(aPackage("b"), { expect: null }), "conflict");
  const reading = t.packages.getPackage("a");
  t.store.open();
  assertEquals((await reading)?.revision, newer);
  assertEquals(await t.packages.packageExists("b"), true);
});

Deno.test("cached() reads go to the store after a write of which nobody knows what became", async () => {
  await using t = await setUp();
  t.store.hold();
  t.store.nextCommit = async (ops) => {
    await t.inner.commit(ops);
    return new StorageError("unknown", "Cannot commit: the test says so");
  };
  await fails(t.packages.storePackage(aPackage("a")), "unknown");
  assertEquals(await t.packages.packageExists("a"), true);
  t.store.open();
});

Deno.test("cached() lists anew when the history is gone, and shows what is there", async () => {
  await using t = await setUp();
  for (const name of ["a", "b", "c"]) await t.packages.storePackage(tagged(name, "t"));
  await t.packages.packageExists("c");
  const { list } = t.store.calls;
  t.store.hold();
  await t.others.deletePackage("a");
  await t.others.storePackage(tagged("b", "u"));
  await t.others.storePackage(tagged("d", "t"));
  t.store.failWatches(historyGone());
  t.store.open();
  await until(() => t.store.calls.list > list && t.storage.status().state === "live");
  const listed = t.store.calls.list;
  const names = async (filter: PackageFilter) =>
    (await t.packages.listPackages(filter)).items.map((item) => item.value.name);
  assertEquals(await names({ tags: ["t"] }), ["c", "d"]);
  assertEquals(await names({}), ["b", "c", "d"]);
  assertEquals(t.store.calls.list, listed);
});

Deno.test("cached() goes on after a watch has failed for good", async () => {
  await using t = await setUp();
  await t.packages.storePackage(aPackage("a"));
  t.store.failWatches(new StorageError("denied", "Cannot watch: the test says so"));
  await until(() => t.storage.status().state !== "live");
  assertEquals(await t.packages.packageExists("a"), true);
  await t.others.deletePackage("a");
  await until(() => t.storage.status().state === "live");
  const { get } = t.store.calls;
  assertEquals(await t.packages.packageExists("a"), false);
  assertEquals(t.store.calls.get, get);
});

Deno.test("cached() tells of a store that is away, and answers for maxStaleMs", async () => {
  await using t = await setUp({ maxStaleMs: 400 });
  const revision = await t.packages.storePackage(aPackage("a"));
  assertEquals(await t.packages.packageExists("a"), true);
  assertEquals(t.storage.status().state, "live");
  t.store.down = true;
  t.store.hold();
  await until(() => t.storage.status().state === "reconnecting");
  // Whether it is still fresh enough is asked before and after, as a slow machine may take longer.
  const read = await t.packages.getPackage("a").catch((error) => error);
  if (t.storage.status().unansweredMs < 400) assertEquals(read.revision, revision);
  await until(() => t.storage.status().unansweredMs > 400);
  await fails(t.packages.getPackage("a"), "unavailable");
  await fails(t.packages.listPackages(), "unavailable");
  assertEquals(t.storage.status().error instanceof StorageError, true);
  assertEquals(t.storage.status().revision, revision);
  await t.others.storePackage(aPackage("b"));
  t.store.down = false;
  t.store.open();
  await until(() => t.storage.status().state === "live");
  assertEquals(t.storage.status().error, undefined);
  await until(() => t.packages.packageExists("b"));
});

Deno.test("cached() reads from the store until it is filled", async () => {
  const store = faultyStore();
  const others = storageFactory(store).createPackageStorage();
  for (let i = 0; i < 3; i++) await others.storePackage(aPackage(`p${i}`));
  await using storage = cached(storageFactory(store));
  const packages = storage.createPackageStorage();
  assertEquals(storage.status().state, "filling");
  assertEquals(storage.status().revision, undefined);
  assertEquals((await packages.listPackages()).items.length, 3);
  assertEquals(store.calls.get, 0);
  await storage.filled();
  assertEquals(storage.status().state, "live");
  assertEquals(storage.status().records, 3);
  await fails(storage.filled({ signal: AbortSignal.abort() }), "aborted");
  // A list that began at the store goes on in memory, and the other way round.
  const first = await others.listPackages({}, { limit: 1 });
  const second = await packages.listPackages({}, { limit: 1, cursor: first.cursor });
  const third = await others.listPackages({}, { limit: 1, cursor: second.cursor });
  const names = [first, second, third].flatMap((page) => page.items.map((i) => i.value.name));
  assertEquals(names, ["p0", "p1", "p2"]);
  assertEquals(third.cursor, undefined);
});

Deno.test("cached() names the key of what can't be decoded to those that meet it", async () => {
  await using t = await setUp();
  await put(t.inner, "/oaas/packages/b", bytes("{"));
  for (const name of ["a", "c"]) await t.packages.storePackage(tagged(name, "t"));
  const key = "/oaas/packages/b";
  for (
    const reading of [
      () => t.packages.getPackage("b"),
      () => t.packages.listPackages(),
      () => t.packages.listPackages({ tags: ["t"] }),
      () => t.packages.listPackages({ tags: ["none"] }),
    ]
  ) assertEquals((await fails(reading(), "corrupt")).key, key);
  assertEquals(t.storage.status().undecodable, 1);
  assertEquals(t.storage.status().state, "live");
  assertEquals((await t.packages.listPackages({ tags: ["t"], name: "c*" })).items.length, 1);
  assertEquals(
    await t.packages.listPackages({ tags: ["t"] }, { limit: 1 }).catch(() => null),
    null,
  );
  await t.packages.storePackage(tagged("b", "t"));
  assertEquals((await t.packages.listPackages({ tags: ["t"] })).items.length, 3);
  await put(t.inner, "/oaas/packages/b", bytes("{"));
  await t.packages.storePackage(aPackage("d"));
  assertEquals((await fails(t.packages.listPackages({ tags: ["t"] }), "corrupt")).key, key);
  await t.packages.deletePackage("b");
  assertEquals((await t.packages.listPackages({ tags: ["t"] })).items.length, 2);
  assertEquals(t.storage.status().undecodable, 0);
});

Deno.test("cached() names the key of a mapping or status that can't be decoded", async () => {
  await using t = await setUp();
  await t.deployments.storeDeployment(aDeployment("d"));
  for (const key of ["/oaas/deployments/d/clusters/eu", "/oaas/deployment-statuses/u1"]) {
    await put(t.storage.store, key, new Uint8Array([0xff]));
    const failure = await fails(t.deployments.listDeployments({ status: "FAILED" }), "corrupt");
    assertEquals(failure.key, key);
    assertEquals((await t.deployments.listDeployments()).items.length, 1);
    await remove(t.storage.store, key);
    assertEquals((await t.deployments.listDeployments({ status: "FAILED" })).items, []);
  }
});

Deno.test("cached() holds at most maxBytes of values, and reads the others", async () => {
  await using t = await setUp({ maxBytes: 5000 });
  const description = "x".repeat(500);
  for (let i = 0; i < 100; i++) {
    const metadata = create(PackageMetadataSchema, { description, tags: [`t${i % 4}`] });
    await t.packages.storePackage(aPackage(`p${i}`, { metadata }));
    await t.packages.packageExists(`p${i}`);
    assert(t.storage.status().valueBytes <= 5000);
  }
  assertEquals(t.storage.status().records, 100);
  let { get } = t.store.calls;
  for (let i = 0; i < 100; i++) {
    assertEquals((await t.packages.getPackage(`p${i}`))?.value.name, `p${i}`);
    assert(t.storage.status().valueBytes <= 5000);
  }
  assert(t.store.calls.get - get >= 90);
  get = t.store.calls.get;
  // The last ones read are here.
  await t.packages.getPackage("p99");
  await t.packages.getPackage("p98");
  assertEquals(t.store.calls.get, get);
  // Dropped, and changed or gone since, of which the cache doesn't know yet.
  t.store.hold();
  await t.others.deletePackage("p0");
  await t.others.storePackage(tagged("p4", "other"));
  const { items } = await t.packages.listPackages({ tags: ["t0"] }, { limit: 500 });
  assertEquals(items.length, 23);
  t.store.open();
});

Deno.test("cached() sees what others write into the same file", async () => {
  const folder = await Deno.makeTempDir({ prefix: "oprc-cache-" });
  try {
    const path = `${folder}/test.db`;
    await using others = await denoKvStorageFactory({ path });
    const theirs = others.createPackageStorage();
    for (let i = 0; i < 30; i++) await theirs.storePackage(tagged(`p${i}`, "t"));
    await using storage = cached(await denoKvStorageFactory({ path }));
    const packages = storage.createPackageStorage();
    await storage.filled();
    for (let i = 0; i < 30; i++) {
      const revision = await theirs.storePackage(tagged(`p${i}`, `u${i}`));
      await until(() => storage.status().revision! >= revision);
      const { items } = await packages.listPackages({ tags: [`u${i}`] });
      assertEquals(items.map((item) => item.revision), [revision]);
    }
    assertEquals((await packages.listPackages({ tags: ["t"] })).items, []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("cached() ends with its storage, and its reads with it", async () => {
  const t = await setUp();
  await t.packages.storePackage(aPackage("a"));
  await t.storage[Symbol.asyncDispose]();
  await t.storage[Symbol.asyncDispose]();
  assertEquals(t.storage.status().state, "closed");
  await fails(t.packages.getPackage("a"), "closed");
  await fails(t.packages.listPackages(), "closed");
  await fails(t.deployments.deploymentExists("a"), "closed");
  await fails(t.storage.filled(), "closed");
  await fails(t.inner.get("a"), "closed");
});

Deno.test("cached() leaves a store open that its storage didn't open", async () => {
  await using store = memoryStore();
  const storage = cached(storageFactory(store));
  storage.createPackageStorage();
  await storage[Symbol.asyncDispose]();
  await store.health();
  const closing = cached(storageFactory(store));
  const packages = closing.createPackageStorage();
  await closing.filled();
  await store[Symbol.asyncDispose]();
  await until(() => closing.status().state === "closed");
  await fails(packages.getPackage("a"), "closed");
  await closing[Symbol.asyncDispose]();
});

Deno.test("cached() refuses options that are no positive numbers", () => {
  for (const name of ["maxBytes", "maxStaleMs", "maxWaitMs", "checkEveryMs"]) {
    for (const value of [0, -1, NaN]) {
      const error = assertThrows(
        () => cached(memoryStorageFactory(), { [name]: value }),
        RangeError,
      );
      assertMatch(error.message, new RegExp(`${name} ${value} is no positive number$`));
    }
  }
});
