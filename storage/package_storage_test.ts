import { create } from "@bufbuild/protobuf";
import { PackageMetadataSchema } from "@oprc/proto/package";
import { assert, assertEquals } from "@std/assert";
import { aPackage } from "./_testing.ts";
import { memoryStorageFactory } from "./factory.ts";
import { put } from "./helpers.ts";
import type { PackageFilter, PackageStorage } from "./package_storage.ts";
import type { ChangeBatch } from "./stored.ts";
import type { OPackage } from "@oprc/proto/package";
import { bytes, fails, text } from "./testing/_case.ts";

function setUp() {
  const factory = memoryStorageFactory();
  return { store: factory.store, packages: factory.createPackageStorage() };
}

async function names(
  packages: PackageStorage,
  filter: PackageFilter,
  limit = 100,
): Promise<string[]> {
  const found: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await packages.listPackages(filter, { limit, cursor });
    assert(page.items.length <= limit);
    assert(page.cursor === undefined || page.items.length === limit);
    found.push(...page.items.map((item) => item.value.name));
    cursor = page.cursor;
  } while (cursor !== undefined);
  return found;
}

Deno.test("storePackage() writes ProtoJSON with the names of the .proto file", async () => {
  const { store, packages } = setUp();
  const metadata = create(PackageMetadataSchema, {
    author: "ann",
    createdAt: { seconds: 12n, nanos: 5 },
  });
  const revision = await packages.storePackage(aPackage("image", { version: "1.0.0", metadata }));
  const entry = await store.get("/oaas/packages/image");
  assertEquals(
    text(entry?.value),
    '{"name":"image","version":"1.0.0",' +
      '"metadata":{"author":"ann","created_at":{"seconds":"12","nanos":5}}}',
  );
  assertEquals(entry?.revision, revision);
});

Deno.test("getPackage() returns what was stored, with its revision", async () => {
  const { packages } = setUp();
  const pkg = aPackage("image", { dependencies: ["base"], disabled: true });
  const revision = await packages.storePackage(pkg);
  assertEquals(await packages.getPackage("image"), { value: pkg, revision });
  assertEquals(await packages.getPackage("imag"), undefined);
  assertEquals(await packages.packageExists("image"), true);
  assertEquals(await packages.packageExists("imag"), false);
});

Deno.test("storePackage() expects", async () => {
  const { packages } = setUp();
  const first = await packages.storePackage(aPackage("a"), { expect: null });
  await fails(packages.storePackage(aPackage("a"), { expect: null }), "conflict");
  await packages.storePackage(aPackage("a"), { expect: first });
  await fails(packages.storePackage(aPackage("a"), { expect: first }), "conflict");
});

Deno.test("storePackage() makes further operations in the same commit", async () => {
  const { store, packages } = setUp();
  const op = { type: "put", key: "guard", value: bytes("1"), expect: null } as const;
  const revision = await packages.storePackage(aPackage("a"), { with: [op] });
  assertEquals((await store.get("guard"))?.revision, revision);
  await fails(packages.storePackage(aPackage("b"), { with: [op] }), "conflict");
  assertEquals(await packages.packageExists("b"), false);
});

Deno.test("packages with names that can't be keys are refused", async () => {
  const { packages } = setUp();
  for (const name of ["", "a/b", "a b"]) {
    await fails(packages.storePackage(aPackage(name)), "invalid");
    await fails(packages.getPackage(name), "invalid");
    await fails(packages.deletePackage(name), "invalid");
    await fails(packages.packageExists(name), "invalid");
  }
  await fails(packages.storePackage(aPackage("n".repeat(600))), "invalid");
});

Deno.test("deletePackage() tells whether there was one", async () => {
  const { packages } = setUp();
  const first = await packages.storePackage(aPackage("a"));
  const second = await packages.storePackage(aPackage("a"));
  await fails(packages.deletePackage("a", { expect: first }), "conflict");
  assertEquals(await packages.deletePackage("a", { expect: second }), true);
  assertEquals(await packages.deletePackage("a"), false);
  await fails(packages.deletePackage("a", { expect: second }), "conflict");
});

Deno.test("deletePackage() makes further operations in the same commit", async () => {
  const { store, packages } = setUp();
  await packages.storePackage(aPackage("a"));
  const check = { type: "check", key: "guard", expect: null } as const;
  await put(store, "guard", bytes("1"));
  const error = await fails(packages.deletePackage("a", { with: [check] }), "conflict");
  assertEquals(error.key, "guard");
  assertEquals(await packages.packageExists("a"), true);
});

Deno.test("listPackages() filters", async () => {
  const { packages } = setUp();
  const by = (author: string, tags: string[]) => create(PackageMetadataSchema, { author, tags });
  await packages.storePackage(aPackage("image", { metadata: by("ann", ["media", "ai"]) }));
  await packages.storePackage(aPackage("image-ml", { metadata: by("bob", ["ai"]) }));
  await packages.storePackage(aPackage("sensor", { disabled: true }));
  await packages.storePackage(
    aPackage("video", { metadata: by("ann", ["media"]), dependencies: ["image"] }),
  );
  const cases: [PackageFilter, string[]][] = [
    [{}, ["image", "image-ml", "sensor", "video"]],
    [{ name: undefined }, ["image", "image-ml", "sensor", "video"]],
    [{ name: "image" }, ["image"]],
    [{ name: "image*" }, ["image", "image-ml"]],
    [{ name: "*e*" }, ["image", "image-ml", "sensor", "video"]],
    [{ name: "" }, []],
    [{ author: "ann" }, ["image", "video"]],
    [{ tags: ["ai"] }, ["image", "image-ml"]],
    [{ tags: ["ai", "media"] }, ["image"]],
    [{ tags: [] }, ["image", "image-ml", "sensor", "video"]],
    [{ disabled: true }, ["sensor"]],
    [{ disabled: false }, ["image", "image-ml", "video"]],
    [{ dependency: "image" }, ["video"]],
    [{ author: "ann", dependency: "image" }, ["video"]],
    [{ author: "nobody" }, []],
  ];
  for (const [filter, wanted] of cases) {
    for (const limit of [1, 2, 100]) assertEquals(await names(packages, filter, limit), wanted);
  }
});

Deno.test("listPackages() keeps to packages", async () => {
  const { store, packages } = setUp();
  for (
    const key of ["/oaas/packages-x", "/oaas/packages", "/oaas/packages0", "/other/packages/a"]
  ) {
    await put(store, key, bytes("{}"));
  }
  await packages.storePackage(aPackage("a"));
  assertEquals(await names(packages, {}), ["a"]);
});

Deno.test("listPackages() goes through more than the store's pages, filtered or not", async () => {
  const { packages } = setUp();
  const all = Array.from({ length: 1201 }, (_, i) => `p${String(i).padStart(4, "0")}`);
  for (const [i, name] of all.entries()) {
    await packages.storePackage(aPackage(name, { disabled: i % 3 === 0 }));
  }
  for (const limit of [7, 500, 501, 5000]) {
    assertEquals(await names(packages, {}, limit), all);
    const third = all.filter((_, i) => i % 3 === 0);
    assertEquals(await names(packages, { disabled: true }, limit), third);
  }
});

Deno.test("listPackages() gives all pages the revision before the first", async () => {
  const { packages } = setUp();
  for (const name of ["a", "b", "c"]) await packages.storePackage(aPackage(name));
  const first = await packages.listPackages({}, { limit: 1 });
  await packages.storePackage(aPackage("d"));
  const second = await packages.listPackages({}, { limit: 1, cursor: first.cursor });
  assertEquals(second.revision, first.revision);
  assertEquals(second.items[0]?.value.name, "b");
});

Deno.test("listPackages() refuses cursors of others and bad limits", async () => {
  const { packages } = setUp();
  for (const name of ["a1", "a2"]) await packages.storePackage(aPackage(name));
  const { cursor } = await packages.listPackages({}, { limit: 1 });
  for (const bad of ["", "x", `${cursor}x`]) {
    await fails(packages.listPackages({}, { cursor: bad }), "invalid");
  }
  await fails(packages.listPackages({ name: "a*" }, { cursor }), "invalid");
  for (const limit of [0, -1, 1.5]) await fails(packages.listPackages({}, { limit }), "invalid");
});

Deno.test("a package that can't be decoded is an error that names its key", async () => {
  const { store, packages } = setUp();
  await packages.storePackage(aPackage("a"));
  const key = "/oaas/packages/b";
  for (const junk of [bytes("no json"), bytes('{"name":7}'), bytes("[]"), new Uint8Array([0xff])]) {
    await put(store, key, junk);
    for (const read of [packages.getPackage("b"), packages.listPackages()]) {
      const error = await fails(read, "corrupt");
      assertEquals(error.key, key);
      assert(error.message.startsWith(`Cannot read key "${key}": `), error.message);
    }
  }
  assertEquals(await packages.packageExists("b"), true);
  assertEquals(await packages.deletePackage("b"), true);
});

Deno.test("a package of a newer writer is read without what isn't known", async () => {
  const { store, packages } = setUp();
  await put(store, "/oaas/packages/a", bytes('{"name":"a","from_the_future":{"x":[1]}}'));
  assertEquals((await packages.getPackage("a"))?.value, aPackage("a"));
});

Deno.test("watchPackages() delivers typed changes, a batch a commit", async () => {
  const { store, packages } = setUp();
  const first = await packages.storePackage(aPackage("a"));
  const with2 = { type: "delete", key: "/oaas/packages/a" } as const;
  const second = await packages.storePackage(aPackage("b"), { with: [with2] });
  await put(store, "/oaas/packages-x", bytes("not ours"));
  await put(store, "/oaas/packages/b/sub", bytes("not ours"));
  const third = await packages.storePackage(aPackage("c"));
  const seen: ChangeBatch<OPackage>[] = [];
  for await (const batch of packages.watchPackages({ from: "0".repeat(16) })) {
    if (batch.changes.length > 0) seen.push(batch);
    if (batch.revision === third) break;
  }
  assertEquals(seen, [
    {
      revision: first,
      changes: [{ type: "put", name: "a", value: aPackage("a"), revision: first }],
    },
    {
      revision: second,
      changes: [
        { type: "put", name: "b", value: aPackage("b"), revision: second },
        { type: "delete", name: "a", revision: second },
      ],
    },
    {
      revision: third,
      changes: [{ type: "put", name: "c", value: aPackage("c"), revision: third }],
    },
  ]);
});

Deno.test("watchPackages() ends when its consumer stops, also one that waits", async () => {
  const { packages } = setUp();
  const watch = packages.watchPackages()[Symbol.asyncIterator]();
  assertEquals((await watch.next()).value, { revision: "0".repeat(16), changes: [] });
  const waiting = watch.next();
  await watch.return?.();
  assertEquals((await waiting).done, true);
});

Deno.test("watchPackages() names the key of a value that can't be decoded", async () => {
  const { store, packages } = setUp();
  await put(store, "/oaas/packages/a", bytes("no json"));
  const watch = packages.watchPackages({ from: "0".repeat(16) })[Symbol.asyncIterator]();
  assertEquals((await fails(watch.next(), "corrupt")).key, "/oaas/packages/a");
});
