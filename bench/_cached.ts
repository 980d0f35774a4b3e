/**
 * Filters over many packages, by the cache's index and by the plain scan that the storage makes
 * without it, on etcd; and what the cache costs.
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { create } from "@bufbuild/protobuf";
import { OPackageSchema } from "@oprc/proto/package";
import { cached, type CachedStorage, type Op, storageFactory } from "@oprc/storage";
import type { KeyValueStore, PackageFilter, PackageStorage } from "@oprc/storage";
import { toJson } from "@oprc/models";
import { compare, median, runtimeName } from "./_compare.ts";

const encoder = new TextEncoder();

/** A package of about 1 KiB of JSON; every hundredth has the tag `rare`. */
function packageOf(i: number): [name: string, value: Uint8Array] {
  const name = `package-${String(i).padStart(6, "0")}`;
  const functions = Array.from({ length: 4 }, (_, f) => ({
    key: `function-${f}`,
    name: `Function ${f}`,
    package: name,
    runtime: "python3.12",
    handler: `handlers.function_${f}`,
    metadata: { description: "Does what its name says", parameters: ["input"], returnType: "json" },
  }));
  const pkg = create(OPackageSchema, {
    name,
    version: "1.0.0",
    functions,
    dependencies: [`package-${String(i % 1000).padStart(6, "0")}`],
    metadata: {
      author: `author-${i % 50}`,
      description: "A package as they come",
      tags: ["common", `group-${i % 20}`, ...i % 100 === 0 ? ["rare"] : []],
    },
  });
  return [name, encoder.encode(toJson(OPackageSchema, pkg))];
}

/** Adds packages from one number to another; returns the bytes of one. */
async function load(store: KeyValueStore, from: number, to: number): Promise<number> {
  let bytes = 0;
  for (let i = from; i < to; i += 64 * 8) {
    const commits = Array.from({ length: 8 }, (_, c) => {
      const ops: Op[] = [];
      for (let at = i + c * 64; at < Math.min(to, i + c * 64 + 64); at++) {
        const [name, value] = packageOf(at);
        bytes = value.length;
        ops.push({ type: "put", key: `/oaas/packages/${name}`, value });
      }
      return ops.length > 0 ? store.commit(ops) : undefined;
    });
    await Promise.all(commits);
  }
  return bytes;
}

/** What the process holds, after what it no longer needs is gone. */
async function held(): Promise<number> {
  setFlagsFromString("--expose-gc");
  const gc: () => void = runInNewContext("gc");
  for (let i = 0; i < 4; i++) {
    gc();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const { heapUsed, external } = Deno.memoryUsage();
  return heapUsed + external;
}

async function count(packages: PackageStorage, filter: PackageFilter): Promise<number> {
  return (await packages.listPackages(filter, { limit: 100 })).items.length;
}

async function milliseconds(times: number, run: () => Promise<unknown>): Promise<number> {
  const samples: number[] = [];
  for (let i = 0; i < times; i++) {
    const began = performance.now();
    await run();
    samples.push(performance.now() - began);
  }
  return median(samples);
}

const FILTERS: readonly [name: string, filter: PackageFilter][] = [
  ["a tag that 1 in 100 has", { tags: ["rare"] }],
  // The scan of the others ends when a page of 100 is full.
  ["a dependency that 1 in 1,000 has", { dependency: "package-000007" }],
];

/** Compares and prints; the store must be empty. */
export async function benchCached(store: KeyValueStore): Promise<void> {
  const plain = storageFactory(store).createPackageStorage();
  const rows: string[][] = [];
  let loaded = 0;
  for (const size of [1_000, 10_000, 100_000]) {
    const bytes = await load(store, loaded, size);
    loaded = size;
    const before = await held();
    const began = performance.now();
    const storage: CachedStorage = cached(storageFactory(store));
    const packages = storage.createPackageStorage();
    await storage.filled();
    const filling = performance.now() - began;
    const each = (await held() - before) / size;
    const byIndex = await milliseconds(50, () => count(packages, { tags: ["rare"] }));
    const byScan = await milliseconds(2, () => count(plain, { tags: ["rare"] }));
    const get = await milliseconds(200, () => packages.getPackage("package-000500"));
    rows.push([
      size.toLocaleString("en"),
      `${bytes} bytes`,
      `${filling.toFixed(0)} ms`,
      `${(each / 1024).toFixed(2)} KiB`,
      `${byIndex.toFixed(2)} ms`,
      `${byScan.toFixed(0)} ms`,
      `${(get * 1000).toFixed(0)} µs`,
    ]);
    if (size === 100_000) {
      for (const [name, filter] of FILTERS) {
        if (await count(packages, filter) !== await count(plain, filter)) {
          throw new Error(`the cache and the store differ on ${name}`);
        }
        await compare("storage", {
          name: `filter over 100,000 packages, ${name}`,
          ours: { name: "cached", run: () => count(packages, filter) },
          others: [{ name: "plain scan on etcd", run: () => count(plain, filter) }],
          atLeast: 50,
          rounds: 2,
        });
      }
    }
    await storage[Symbol.asyncDispose]();
  }
  const columns = [
    `cached packages (${runtimeName()})`,
    "a record",
    "filling",
    "memory a package",
    "1 in 100 by index",
    "the same by scan",
    "get",
  ];
  console.log(`TABLE ${JSON.stringify({ columns, rows })}`);
}
