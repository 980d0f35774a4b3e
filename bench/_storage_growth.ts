/**
 * How calls grow with the records in the store, beside the client that the store is made of.
 * etcd counts all records of a range for each page of it, so that a page grows there for both.
 */
import { Buffer } from "node:buffer";
import { Etcd3 } from "etcd3";
import { type KeyValueStore, type Op, put } from "@oprc/storage";
import { denoKvStore } from "@oprc/storage/deno-kv";
import { etcdStore } from "@oprc/storage/etcd";
import { etcdPeer, startEtcd } from "../storage/etcd/_testing.ts";
import { median, runtimeName } from "./_compare.ts";

const SIZES = [1_000, 10_000, 100_000];
const PAGE = 500;
const PREFIX = "growth/";
const value = new Uint8Array(1024).fill(7);
const key = (i: number) => `${PREFIX}${String(i).padStart(6, "0")}`;

/** The same call by the store and by the client; each is given the number of a record. */
interface Call {
  readonly name: string;
  /** How often each is called for a figure. */
  readonly times: number;
  readonly ours: (record: number) => Promise<unknown>;
  readonly raw: (record: number) => Promise<unknown>;
}

/** A store and its client. */
interface Pair {
  readonly name: string;
  /** What the client is called. */
  readonly client: string;
  /** Adds the records from one number to another. */
  readonly fill: (from: number, to: number) => Promise<void>;
  readonly calls: readonly Call[];
}

/** Measures both stores, each alone on the machine, and prints a table. */
export async function benchGrowth(): Promise<void> {
  const rows = await growDenoKv();
  if (etcdPeer.found !== undefined) rows.push(...await growEtcd());
  const columns = [
    `records of 1 KiB in the store (${runtimeName()})`,
    ...SIZES.map((size) => size.toLocaleString("en")),
    "last / first",
  ];
  console.log(`TABLE ${JSON.stringify({ columns, rows })}`);
}

/** A row for each call by the store, and one for the same call by the client. */
async function grow({ name, client, fill, calls }: Pair): Promise<string[][]> {
  const measured = calls.map((): { ours: number; raw: number }[] => []);
  let filled = 0;
  for (const size of SIZES) {
    await fill(filled, size);
    // The smallest size is measured by code that is compiled, like the others.
    for (const call of filled === 0 ? calls : []) await measure(call, size);
    filled = size;
    for (const [i, call] of calls.entries()) measured[i]!.push(await measure(call, size));
  }
  return calls.flatMap((call, i) => [
    row(`${name}, ${call.name}`, measured[i]!.map(({ ours }) => ours)),
    row(`${client}, ${call.name}`, measured[i]!.map(({ raw }) => raw)),
  ]);
}

function row(name: string, times: readonly number[]): string[] {
  const growth = times.at(-1)! / times[0]!;
  return [name, ...times.map((ms) => `${(ms * 1000).toFixed(0)} µs`), `${growth.toFixed(2)} ×`];
}

/** Medians in milliseconds, of calls that take turns, on records from all over the store. */
async function measure({ ours, raw, times }: Call, size: number) {
  const samples: { readonly ours: number[]; readonly raw: number[] } = { ours: [], raw: [] };
  const time = async (call: Call["ours"], record: number, into: number[]) => {
    const began = performance.now();
    await call(record);
    into.push(performance.now() - began);
  };
  for (let i = 0; i < times; i++) {
    const record = Math.floor(size * ((i * 0.618034) % 1));
    await time(ours, record, samples.ours);
    await time(raw, record, samples.raw);
  }
  return { ours: median(samples.ours), raw: median(samples.raw) };
}

/** The etcd adapter and etcd3, on the same records. */
async function growEtcd(): Promise<string[][]> {
  const cluster = await startEtcd();
  const store = await etcdStore({ endpoints: cluster.endpoints });
  const client = new Etcd3({ hosts: [...cluster.endpoints] });
  const buffer = Buffer.from(value);
  const rows = await grow({
    name: "@oprc/storage/etcd",
    client: "etcd3",
    fill: (from, to) => fill(store, from, to, 64),
    calls: [
      {
        name: "get",
        times: 300,
        ours: (record) => store.get(key(record)),
        raw: (record) => client.get(key(record)).buffer(),
      },
      {
        name: "put",
        times: 300,
        ours: (record) => put(store, key(record), value),
        raw: (record) => client.put(key(record)).value(buffer).exec(),
      },
      {
        name: `page of ${PAGE}`,
        times: 40,
        ours: () => store.list(PREFIX, { limit: PAGE }),
        raw: () => client.getAll().prefix(PREFIX).limit(PAGE).buffers(),
      },
    ],
  });
  client.close();
  await store[Symbol.asyncDispose]();
  await cluster[Symbol.asyncDispose]();
  return rows;
}

/** The adapter of Deno KV and Deno.Kv, on files of their own. */
async function growDenoKv(): Promise<string[][]> {
  const folder = await Deno.makeTempDir();
  const store = await denoKvStore({ path: `${folder}/store.db` });
  const kv = await Deno.openKv(`${folder}/raw.db`);
  const rows = await grow({
    name: "@oprc/storage/deno-kv",
    client: "Deno.Kv",
    fill: async (from, to) => {
      // What a large commit holds stands apart from the records there, and is read more slowly.
      await fill(store, from, to, 8);
      for (let i = from; i < to; i += PAGE) {
        const atomic = kv.atomic();
        for (let at = i; at < Math.min(to, i + PAGE); at++) atomic.set([PREFIX, key(at)], value);
        await atomic.commit();
      }
    },
    calls: [
      {
        name: "get",
        times: 300,
        ours: (record) => store.get(key(record)),
        raw: (record) => kv.get([PREFIX, key(record)]),
      },
      {
        name: "put",
        times: 300,
        ours: (record) => put(store, key(record), value),
        raw: (record) => kv.set([PREFIX, key(record)], value),
      },
      {
        name: `page of ${PAGE}`,
        times: 40,
        ours: () => store.list(PREFIX, { limit: PAGE }),
        raw: () => Array.fromAsync(kv.list({ prefix: [PREFIX] }, { limit: PAGE, batchSize: PAGE })),
      },
    ],
  });
  await store[Symbol.asyncDispose]();
  kv.close();
  await Deno.remove(folder, { recursive: true });
  return rows;
}

/** In commits of some operations, eight at a time. */
async function fill(
  store: KeyValueStore,
  from: number,
  to: number,
  operations: number,
): Promise<void> {
  const ops = Array.from(
    { length: to - from },
    (_, i): Op => ({ type: "put", key: key(from + i), value }),
  );
  const commits = Array.from(
    { length: Math.ceil(ops.length / operations) },
    (_, i) => ops.slice(i * operations, (i + 1) * operations),
  );
  for (let i = 0; i < commits.length; i += 8) {
    await Promise.all(commits.slice(i, i + 8).map((each) => store.commit(each)));
  }
}
