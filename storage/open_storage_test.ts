import { assert, assertEquals, assertMatch } from "@std/assert";
import { peerTest } from "../tests/_peers.ts";
import { etcdPeer, freePorts, startEtcd } from "./etcd/_testing.ts";
import { aPackage } from "./_testing.ts";
import { memoryStorageFactory, storageFactory } from "./factory.ts";
import { memoryStore } from "./memory.ts";
import { openStorage, type StorageOptions } from "./open_storage.ts";
import { fails } from "./testing/_case.ts";

Deno.test("openStorage() opens each type, under the key prefix", async () => {
  const configs: StorageOptions[] = [{ type: "memory" }, { type: "deno-kv", path: ":memory:" }];
  for (const config of configs) {
    for (const keyPrefix of [undefined, "/test", ""]) {
      const storage = await openStorage({ ...config, keyPrefix });
      assertEquals(storage.keyPrefix, keyPrefix ?? "/oaas");
      const packages = storage.createPackageStorage();
      await packages.storePackage(aPackage("a"));
      assertEquals((await packages.listPackages()).items[0]?.value, aPackage("a"));
      assert(await storage.store.get(`${keyPrefix ?? "/oaas"}/packages/a`));
      await storage[Symbol.asyncDispose]();
      await fails(packages.getPackage("a"), "closed");
    }
  }
});

Deno.test("openStorage() keeps what is in the file", async () => {
  const folder = await Deno.makeTempDir();
  const config = { type: "deno-kv", path: `${folder}/data/test.db` } as const;
  const first = await openStorage(config);
  await first.createPackageStorage().storePackage(aPackage("a"));
  await first[Symbol.asyncDispose]();
  const second = await openStorage(config);
  assertEquals(await second.createPackageStorage().packageExists("a"), true);
  await second[Symbol.asyncDispose]();
  await Deno.remove(folder, { recursive: true });
});

peerTest("openStorage() opens etcd, under the key prefix", etcdPeer, async () => {
  await using cluster = await startEtcd();
  const etcd = { endpoints: cluster.endpoints, timeoutMs: 3000 };
  const storage = await openStorage({ type: "etcd", etcd, keyPrefix: "/test" });
  const packages = storage.createPackageStorage();
  await packages.storePackage(aPackage("a"));
  const { kvs } = await cluster.call("kv/range", { key: btoa("/test/packages/a") });
  const [stored] = kvs as { value: string }[];
  assertEquals(atob(stored!.value), '{"name":"a"}');
  await storage[Symbol.asyncDispose]();
  await fails(packages.getPackage("a"), "closed");
});

Deno.test("openStorage() of etcd that can't be reached names the endpoints, in time", async () => {
  const [port] = freePorts(1);
  const endpoints = [`http://127.0.0.1:${port}`];
  const error = await fails(
    openStorage({ type: "etcd", etcd: { endpoints, timeoutMs: 300 } }),
    "unavailable",
  );
  assertMatch(
    error.message,
    new RegExp(`^Cannot open etcd at ${endpoints[0]}: .* within 300 ms: `),
  );
  assertMatch(error.message, /ECONNREFUSED/);
});

Deno.test("openStorage() of etcd takes endpoints, and a user with a password", async () => {
  const error = await fails(openStorage({ type: "etcd" }), "invalid");
  assertEquals(
    error.message,
    'Cannot open storage of type "etcd": it takes etcd, with endpoints',
  );
  const endpoints = ["http://127.0.0.1:1"];
  await fails(openStorage({ type: "etcd", etcd: { endpoints, username: "a" } }), "invalid");
  await fails(openStorage({ type: "etcd", etcd: { endpoints, password: "a" } }), "invalid");
});

Deno.test("openStorage() refuses an unknown type, and names it and the known ones", async () => {
  const error = await fails(openStorage({ type: "redis" as "memory" }), "invalid");
  assertEquals(
    error.message,
    'Cannot open storage of type "redis": the known types are "memory", "deno-kv" and "etcd"',
  );
});

Deno.test("openStorage() refuses a bad key prefix", async () => {
  for (const keyPrefix of ["/oaas/", "a b"]) {
    await fails(openStorage({ type: "memory", keyPrefix }), "invalid");
    await fails(openStorage({ type: "deno-kv", path: ":memory:", keyPrefix }), "invalid");
  }
});

Deno.test("storageFactory() leaves the store to its owner", async () => {
  const store = memoryStore();
  const factory = storageFactory(store);
  await factory[Symbol.asyncDispose]();
  await store.health();
  await store[Symbol.asyncDispose]();
});

Deno.test("memoryStorageFactory() closes its store", async () => {
  const factory = memoryStorageFactory();
  await factory[Symbol.asyncDispose]();
  await factory[Symbol.asyncDispose]();
  await fails(factory.store.health(), "closed");
});

Deno.test("the main entry loads the code of Deno KV and etcd only when it is asked for", async () => {
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", new URL("./mod.ts", import.meta.url).pathname],
  }).output();
  assertEquals(code, 0);
  const { modules } = JSON.parse(new TextDecoder().decode(stdout)) as {
    modules: { specifier: string; dependencies?: Dependency[] }[];
  };
  for (const adapter of ["deno_kv", "etcd"]) {
    const dependencies = modules.filter(({ specifier }) => !specifier.includes(`/${adapter}/`))
      .flatMap((module) => module.dependencies ?? [])
      .filter(({ code }) => code?.specifier?.includes(`/storage/${adapter}/`));
    assertEquals(dependencies.map(({ isDynamic }) => isDynamic), [true], adapter);
  }
});

interface Dependency {
  code?: { specifier?: string };
  isDynamic?: boolean;
}
