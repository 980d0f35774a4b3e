/** A cache over a real cluster, whose member is killed and whose history is compacted. */
import { assertEquals } from "@std/assert";
import { peerTest } from "../../tests/_peers.ts";
import { aPackage } from "../_testing.ts";
import { etcdPeer, startEtcd } from "../etcd/_testing.ts";
import { etcdStore } from "../etcd/mod.ts";
import { owningFactory, storageFactory } from "../factory.ts";
import { until } from "./_testing.ts";
import { cached } from "./cached.ts";

peerTest("cached() over etcd outlives its member and a compaction", etcdPeer, async () => {
  await using cluster = await startEtcd();
  const options = { endpoints: cluster.endpoints };
  await using others = await etcdStore(options);
  const theirs = storageFactory(others).createPackageStorage();
  await using storage = cached(owningFactory(await etcdStore(options), {}), { checkEveryMs: 100 });
  const packages = storage.createPackageStorage();
  for (let i = 0; i < 20; i++) await packages.storePackage(aPackage(`p${i}`));
  await storage.filled();
  assertEquals((await packages.listPackages({ name: "p1*" })).items.length, 11);
  assertEquals(storage.status().state, "live");

  await cluster.kill(0);
  await until(() => storage.status().state === "reconnecting");
  // Still known, and said to be possibly old.
  assertEquals(await packages.packageExists("p1"), true);
  cluster.restart(0);
  await cluster.ready(0);
  // What happens before the watch is there again is gone from the history.
  let revision = await theirs.storePackage(aPackage("new"));
  for (let i = 0; i < 10; i++) revision = await theirs.storePackage(aPackage(`p${i}`));
  await theirs.deletePackage("p19");
  await cluster.call("kv/compaction", { revision: String(Number(revision)) });
  await until(() => storage.status().state === "live" && storage.status().revision! > revision);
  const { items } = await packages.listPackages();
  assertEquals(items, (await theirs.listPackages()).items);
  assertEquals(items.length, 20);
  await packages.deletePackage("new");
  assertEquals(await packages.packageExists("new"), false);
});
