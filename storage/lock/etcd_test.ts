/** Locks on a real cluster, which are bound to its leases. */
import { assert, assertEquals } from "@std/assert";
import { peerTest } from "../../tests/_peers.ts";
import { LEASING, leasingOf } from "../_leasing.ts";
import { faultyStore, until } from "../cache/_testing.ts";
import { cached } from "../cache/cached.ts";
import { clusterForFile, etcdPeer } from "../etcd/_testing.ts";
import { etcdStorageFactory, etcdStore } from "../etcd/mod.ts";
import { isConflict, isStorageError, StorageError } from "../errors.ts";
import { storageFactory } from "../factory.ts";
import type { KeyValueStore } from "../port.ts";
import { fails } from "../testing/_case.ts";
import { acquireLock, lockHolder } from "./acquire_lock.ts";

const cluster = await clusterForFile();

async function open(): Promise<KeyValueStore> {
  return await etcdStore({ endpoints: cluster!.endpoints });
}

const place = (store: KeyValueStore) => ({ store, keyPrefix: "/oaas" });

/** The leases of the cluster that hold keys, and the lease of a key. */
async function leaseOf(key: string): Promise<string | undefined> {
  const { kvs } = await cluster!.call("kv/range", { key: btoa(key) }) as {
    kvs?: { lease?: string }[];
  };
  return kvs?.[0]?.lease;
}

peerTest("acquireLock() on etcd binds the lock to a lease, and ends it", etcdPeer, async () => {
  await using store = await open();
  await using other = await open();
  const lock = await acquireLock(place(store), "a", { ttlMs: 60_000, holder: "one" });
  const ID = await leaseOf(lock.key);
  assert(Number(ID) > 0);
  const granted = await cluster!.call("lease/timetolive", { ID });
  assertEquals(granted.grantedTTL, "60");
  // Nobody writes signs of life.
  assertEquals((await store.list("/oaas/locks/")).entries.map(({ key }) => key), [lock.key]);
  const waiting = acquireLock(place(other), "a", { holder: "two" });
  await lock.release();
  const next = await waiting;
  assert(next.token > lock.token);
  assertEquals((await cluster!.call("lease/timetolive", { ID })).TTL, "-1");
  assertEquals((await fails(store.commit([lock.guard()]), "conflict")).key, lock.key);
  assertEquals((await lockHolder(place(store), "a"))?.holder, "two");
  await next.release();
  assertEquals(await lockHolder(place(store), "a"), undefined);
});

peerTest("acquireLock() on etcd outlives its time only by signs of life", etcdPeer, async () => {
  await using store = await open();
  await using other = await open();
  const lock = await acquireLock(place(store), "b", { ttlMs: 1000 });
  const stop = new AbortController();
  const options = { ttlMs: 1000, signal: stop.signal };
  const waiting = acquireLock(place(other), "b", options).catch((error) => error);
  // Longer than etcd's least time of 2 s.
  await new Promise((resolve) => setTimeout(resolve, 3500));
  await store.commit([lock.guard()]);
  stop.abort();
  assert(isStorageError(await waiting, "aborted"));
  // An administrator ends the lease.
  await cluster!.call("lease/revoke", { ID: await leaseOf(lock.key) });
  await until(() => lock.lost.aborted);
  assert(isConflict(lock.lost.reason));
  await lock.release();
});

peerTest(
  "acquireLock() on etcd is taken over when its holder's lease is over",
  etcdPeer,
  async () => {
    const dying = await open();
    await using store = await open();
    const lock = await acquireLock(place(dying), "c", { ttlMs: 1000 });
    // It no longer gives signs of life.
    await dying[Symbol.asyncDispose]();
    await until(() => lock.lost.aborted);
    const next = await acquireLock(place(store), "c");
    assert(next.token > lock.token);
    await next.release();
  },
);

peerTest("acquireLock() with and without leases keep each other out", etcdPeer, async () => {
  await using store = await open();
  const without = faultyStore(store);
  assertEquals(leasingOf(without), undefined);
  const pairs = { d1: [store, without], d2: [without, store] } as const;
  await Promise.all(
    Object.entries(pairs).map(async ([name, [first, second]]) => {
      const lock = await acquireLock(place(first), name, { ttlMs: 1000 });
      const waiting = acquireLock(place(second), name, { ttlMs: 1000 });
      // One that looked at the clock only would take it.
      await new Promise((resolve) => setTimeout(resolve, 2500));
      await store.commit([lock.guard()]);
      await lock.release();
      const next = await waiting;
      assert(next.token > lock.token);
      await next.release();
    }),
  );
  // One that died leaves nothing behind.
  const lock = await acquireLock(place(without), "d", { ttlMs: 300 });
  without.down = true;
  const next = await acquireLock(place(store), "d", { ttlMs: 300 });
  assert(lock.lost.aborted);
  assertEquals(await store.get(`${next.key}/beat`), undefined);
  await next.release();
});

peerTest("acquireLock() on etcd finds out what became of a commit", etcdPeer, async () => {
  await using store = await open();
  const leasing = leasingOf(store)!;
  let applied: string | undefined;
  // The commit is made, and its answer lost.
  const leased = {
    async grant(ttlMs: number) {
      const lease = await leasing.grant(ttlMs);
      return {
        ...lease,
        async commit(...args: Parameters<typeof lease.commit>) {
          applied = await lease.commit(...args);
          throw new StorageError("unknown", "Cannot tell: the test says so");
        },
      };
    },
  };
  const doubtful = Object.assign(faultyStore(store), { [LEASING]: leased });
  const lock = await acquireLock(place(doubtful), "e");
  assertEquals(lock.token, applied);
  await lock.release();
  assertEquals(await lockHolder(place(store), "e"), undefined);
});

peerTest("acquireLock() where records of Rust are read has leases too", etcdPeer, async () => {
  const { endpoints } = cluster!;
  await using storage = await etcdStorageFactory({ endpoints, readRustRecords: true });
  const lock = await acquireLock(storage, "g", { ttlMs: 60_000 });
  assert(Number(await leaseOf(lock.key)) > 0);
  // Nobody writes signs of life.
  const { entries } = await storage.store.list(lock.key);
  assertEquals(entries.map(({ key }) => key), [lock.key]);
  await lock.release();
});

peerTest("acquireLock() over a cached storage on etcd has leases too", etcdPeer, async () => {
  await using store = await open();
  await using storage = cached(storageFactory(store));
  const lock = await acquireLock(storage, "f");
  assert(Number(await leaseOf(lock.key)) > 0);
  await lock.release();
});
