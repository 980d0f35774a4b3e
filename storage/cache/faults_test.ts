/** Faults of every kind by chance, while this process writes, reads, and others write. */
import { create } from "@bufbuild/protobuf";
import { type OPackage, PackageMetadataSchema } from "@oprc/proto/package";
import { assert, assertEquals } from "@std/assert";
import { aPackage } from "../_testing.ts";
import { isStorageError, StorageError } from "../errors.ts";
import { owningFactory, storageFactory } from "../factory.ts";
import { memoryStore } from "../memory.ts";
import { faultyStore, historyGone, until } from "./_testing.ts";
import { cached } from "./cached.ts";

/** Numbers that look like chance, the same for a seed. */
function chance(seed: number): (below: number) => number {
  return (below) => {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
    return (seed >>> 8) % below;
  };
}

async function story(seed: number): Promise<void> {
  const pick = chance(seed);
  const inner = memoryStore();
  const store = faultyStore(inner);
  const options = { checkEveryMs: 3, maxWaitMs: 2, maxStaleMs: 1000, maxBytes: 5000 };
  await using storage = cached(owningFactory(store, {}), options);
  const packages = storage.createPackageStorage();
  const theirs = storageFactory(inner).createPackageStorage();
  // What this process has written; nobody else writes there.
  const ours = new Map<string, OPackage>();
  const make = (name: string) => {
    const metadata = create(PackageMetadataSchema, { tags: [`t${pick(3)}`] });
    return aPackage(name, { metadata });
  };
  /** Fails only as a store that is away does. */
  const unlessAway = async (act: () => Promise<void>) => {
    try {
      await act();
    } catch (error) {
      if (!isStorageError(error, "unavailable")) throw error;
      assert(store.down);
    }
  };
  let fromMemory = 0;
  for (let step = 0; step < 200; step++) {
    if (pick(3) === 0) await new Promise((resolve) => setTimeout(resolve, pick(8)));
    const name = `our${pick(8)}`;
    // After an unknown outcome reads go to the store for a while, so only some stories have them.
    switch (pick(seed % 3 === 0 ? 12 : 11)) {
      case 0:
      case 1:
      case 2:
        await unlessAway(async () => {
          const pkg = make(name);
          await packages.storePackage(pkg);
          ours.set(name, pkg);
        });
        break;
      case 3:
        await unlessAway(async () => {
          assertEquals(await packages.deletePackage(name), ours.has(name));
          ours.delete(name);
        });
        break;
      case 4:
        await theirs.storePackage(make(`their${pick(8)}`));
        break;
      case 5:
        await theirs.deletePackage(`their${pick(8)}`);
        break;
      case 6:
        store.failWatches(historyGone());
        break;
      case 7:
        store.failWatches(new StorageError("unavailable", "Cannot watch: the test says so"));
        break;
      case 8:
        store.hold();
        break;
      case 9:
        store.open();
        store.down = false;
        break;
      case 10:
        store.down = pick(2) === 0;
        break;
      case 11:
        await unlessAway(async () => {
          const pkg = make(name);
          const applied = pick(2) === 0;
          store.nextCommit = async (ops) => {
            if (applied) await inner.commit(ops);
            return new StorageError("unknown", "Cannot tell: the test says so");
          };
          const outcome = await packages.storePackage(pkg).catch((error) => error);
          store.nextCommit = undefined;
          if (!isStorageError(outcome, "unknown")) throw outcome;
          if (applied) ours.set(name, pkg);
        });
    }
    const { get, list } = store.calls;
    await unlessAway(async () => {
      assertEquals((await packages.getPackage(name))?.value, ours.get(name), `${seed} ${step}`);
    });
    await unlessAway(async () => {
      const tag = `t${pick(3)}`;
      const filter = { name: "our*", tags: [tag] };
      const { items } = await packages.listPackages(filter);
      const wanted = [...ours.values()].filter((pkg) => pkg.metadata?.tags.includes(tag));
      assertEquals(
        items.map((item) => item.value.name),
        wanted.map((pkg) => pkg.name).sort(),
        `${seed} ${step}`,
      );
    });
    if (store.calls.get === get && store.calls.list === list) fromMemory++;
    assert(storage.status().valueBytes <= 5000);
  }
  if (seed % 3 !== 0) assert(fromMemory > 10, `only ${fromMemory}`);
  store.down = false;
  store.open();
  const { revision } = await theirs.listPackages();
  await until(() => {
    const status = storage.status();
    return status.state === "live" && status.revision! >= revision;
  });
  const { items } = await packages.listPackages({}, { limit: 500 });
  assertEquals(items, (await theirs.listPackages({}, { limit: 500 })).items);
}

for (let seed = 1; seed <= 6; seed++) {
  Deno.test(`cached() reads what was written, and converges, whatever happens (${seed})`, () =>
    story(seed));
}
