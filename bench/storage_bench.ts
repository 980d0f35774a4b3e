// runtimes: deno
/**
 * The stores beside the clients that they are made of, on records of 1 KiB. On Node nothing is
 * compared: Deno KV is Deno's, and etcd3 is the same code there.
 */
import { Buffer } from "node:buffer";
import type { DenoKvClient } from "@oprc/storage/deno-kv";
import { compare } from "./_compare.ts";

const COUNT = 500;
const value = new Uint8Array(1024).fill(7);
const key = (i: number) => `bench/${String(i % COUNT).padStart(4, "0")}`;

/** What waits for a server or a disk varies by more than what is compared: it takes many rounds. */
const ROUNDS = { turnMs: 100, rounds: 31 };

/** The same call one after the other, and 50 at a time. */
function calls(name: string, call: (i: number) => Promise<unknown>) {
  let i = 0;
  return {
    one: { name, run: () => call(i++) },
    many: { name, run: () => Promise.all(Array.from({ length: 50 }, () => call(i++))) },
  };
}

async function both(
  name: string,
  atLeast: number,
  ours: ReturnType<typeof calls>,
  other: ReturnType<typeof calls>,
): Promise<void> {
  await compare("storage", { name, ours: ours.one, others: [other.one], atLeast, ...ROUNDS });
  const many = { ours: ours.many, others: [other.many], atLeast, ...ROUNDS };
  await compare("storage", { name: `${name}, 50 at a time`, ...many });
}

if ("Deno" in globalThis) {
  const { denoKvStore } = await import("@oprc/storage/deno-kv");
  const { put } = await import("@oprc/storage");
  const folder = await Deno.makeTempDir();
  // One database for both: each has a thread, and where that runs differs by a fifth.
  const kv = await Deno.openKv(`${folder}/test.db`);
  const store = await denoKvStore({ kv: kv as unknown as DenoKvClient });
  for (let i = 0; i < COUNT; i++) {
    await put(store, key(i), value);
    await kv.set(["raw", key(i)], value);
  }
  const name = "@oprc/storage/deno-kv";
  await both(
    "Deno KV, get",
    0.9,
    calls(name, (i) => store.get(key(i))),
    calls("Deno.Kv get", (i) => kv.get(["raw", key(i)])),
  );
  await both(
    "Deno KV, put",
    0.6,
    calls(name, (i) => put(store, key(i), value)),
    calls("Deno.Kv set", (i) => kv.set(["raw", key(i)], value)),
  );
  await compare("storage", {
    name: "Deno KV, list of 500",
    ours: { name, run: () => store.list("") },
    others: [{
      name: "Deno.Kv list",
      run: () => Array.fromAsync(kv.list({ prefix: ["raw"] }, { limit: COUNT, batchSize: COUNT })),
    }],
    atLeast: 0.7,
    ...ROUNDS,
  });
  await store[Symbol.asyncDispose]();
  kv.close();
  const { watchLag } = await import("./_storage_lag.ts");
  await watchLag(`${folder}/lag.db`);
  await Deno.remove(folder, { recursive: true });

  const { etcdPeer, startEtcd } = await import("../storage/etcd/_testing.ts");
  if (etcdPeer.found === undefined) {
    console.log(`Left out: what needs ${etcdPeer.peer}`);
  } else {
    const { etcdStore } = await import("@oprc/storage/etcd");
    const { Etcd3 } = await import("etcd3");
    const cluster = await startEtcd();
    const store = await etcdStore({ endpoints: cluster.endpoints });
    const client = new Etcd3({ hosts: [...cluster.endpoints] });
    const buffer = Buffer.from(value);
    for (let i = 0; i < COUNT; i++) await put(store, key(i), value);
    const name = "@oprc/storage/etcd";
    await both(
      "etcd, get",
      0.9,
      calls(name, (i) => store.get(key(i))),
      calls("etcd3 get", (i) => client.get(key(i)).buffer()),
    );
    await both(
      "etcd, put",
      0.9,
      calls(name, (i) => put(store, key(i), value)),
      calls("etcd3 put", (i) => client.put(key(i)).value(buffer).exec()),
    );
    await compare("storage", {
      name: "etcd, list of 500",
      ours: { name, run: () => store.list("bench/") },
      others: [{
        name: "etcd3 getAll",
        run: () => client.getAll().prefix("bench/").limit(COUNT).buffers(),
      }],
      atLeast: 0.9,
      ...ROUNDS,
    });
    await (await import("./_cached.ts")).benchCached(store);
    client.close();
    await store[Symbol.asyncDispose]();
    await cluster[Symbol.asyncDispose]();
  }
  await (await import("./_storage_growth.ts")).benchGrowth();
}
