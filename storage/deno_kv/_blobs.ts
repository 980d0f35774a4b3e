import { whileLocked } from "./_failure.ts";
import { type Blob, CHUNK, chunkKey, chunksOf, intentKey, INTENTS } from "./_layout.ts";
import type { DenoKvAtomic, DenoKvClient, DenoKvEntry, DenoKvKey } from "./client.ts";

// One transaction of Deno KV takes 819,200 bytes and 1,000 mutations.
const CHUNKS_A_WRITE = 11;
const DELETES_A_WRITE = 500;
const KEYS_A_READ = 10;
// 1 MiB in whole chunks, and a last short one for each of 64 values.
const CHUNKS_A_COMMIT = 80;

// Older than this, an intent is of a writer that died, or of one so slow that it must begin anew.
const INTENT_AGE_MS = 60_000;

/**
 * Blobs written for a commit that hasn't happened yet. The commit checks the intent's version and
 * deletes it; so blobs whose intent is there are nobody's, and once the janitor has touched the
 * intent the commit can't succeed any more.
 */
export interface Intent {
  readonly id: string;
  readonly key: DenoKvKey;
  readonly versionstamp: string;
  readonly blobs: readonly Blob[];
}

function listKeys(
  kv: DenoKvClient,
  range: { start: DenoKvKey; end: DenoKvKey },
  limit: number,
): Promise<DenoKvEntry[]> {
  return whileLocked(async () => {
    const found: DenoKvEntry[] = [];
    for await (const entry of kv.list(range, { limit, batchSize: 100 })) found.push(entry);
    return found;
  });
}

async function deleteKeys(kv: DenoKvClient, keys: readonly DenoKvKey[]): Promise<void> {
  for (let start = 0; start < keys.length; start += DELETES_A_WRITE) {
    const atomic = kv.atomic();
    for (const key of keys.slice(start, start + DELETES_A_WRITE)) atomic.delete(key);
    await whileLocked(() => atomic.commit());
  }
}

export async function deleteBlobs(kv: DenoKvClient, blobs: readonly Blob[]): Promise<void> {
  await deleteKeys(
    kv,
    blobs.flatMap((blob) => Array.from({ length: chunksOf(blob) }, (_, i) => chunkKey(blob, i))),
  );
}

/** Writes values as blobs. */
export async function writeBlobs(
  kv: DenoKvClient,
  values: readonly Uint8Array[],
  now: number,
): Promise<Intent> {
  const id = crypto.randomUUID().replaceAll("-", "");
  const key = intentKey(id);
  const stamp = new TextEncoder().encode(String(now));
  await whileLocked(() => kv.atomic().set(key, stamp).commit());
  const { versionstamp } = await whileLocked(() => kv.get(key));
  const blobs = values.map((value, index): Blob => ({ id, index, size: value.length }));
  const chunks = blobs.flatMap((blob, index) =>
    Array.from({ length: chunksOf(blob) }, (_, chunk) => ({
      key: chunkKey(blob, chunk),
      bytes: values[index]!.slice(chunk * CHUNK, (chunk + 1) * CHUNK),
    }))
  );
  for (let start = 0; start < chunks.length; start += CHUNKS_A_WRITE) {
    let atomic: DenoKvAtomic = kv.atomic();
    for (const { key, bytes } of chunks.slice(start, start + CHUNKS_A_WRITE)) {
      atomic = atomic.set(key, bytes);
    }
    await whileLocked(() => atomic.commit());
  }
  // Gone already (the clock jumped): an empty version never matches, and the commit starts over.
  return { id, key, versionstamp: versionstamp ?? "", blobs };
}

/** Deletes the blobs of a commit that won't happen. */
export async function dropIntent(kv: DenoKvClient, intent: Intent): Promise<void> {
  await deleteBlobs(kv, intent.blobs);
  await deleteKeys(kv, [intent.key]);
}

/** Reads a blob; `undefined` if it is gone. */
export async function readBlob(kv: DenoKvClient, blob: Blob): Promise<Uint8Array | undefined> {
  const bytes = new Uint8Array(blob.size);
  const count = chunksOf(blob);
  for (let start = 0; start < count; start += KEYS_A_READ) {
    const keys = Array.from(
      { length: Math.min(KEYS_A_READ, count - start) },
      (_, i) => chunkKey(blob, start + i),
    );
    const found = await whileLocked(() => kv.getMany(keys));
    for (const [i, { value }] of found.entries()) {
      if (!(value instanceof Uint8Array)) return undefined;
      bytes.set(value, (start + i) * CHUNK);
    }
  }
  return bytes;
}

/** Deletes the blobs of writers that died. */
export async function sweep(kv: DenoKvClient, now: number): Promise<void> {
  for (const { key: found, value } of await listKeys(kv, INTENTS, 500)) {
    const stamp = value instanceof Uint8Array ? Number(new TextDecoder().decode(value)) : 0;
    if (now - stamp < INTENT_AGE_MS) continue;
    const id = String(found[2]);
    const key = intentKey(id);
    // From here on the writer, should it live, can't commit; a sweep that dies here is repeated.
    const { versionstamp } = await whileLocked(() => kv.get(key));
    if (versionstamp === null) continue;
    const { ok } = await whileLocked(() =>
      kv.atomic().check({ key, versionstamp }).set(key, new TextEncoder().encode("0")).commit()
    );
    if (!ok) continue;
    const range = { start: ["oprc", "blob", id], end: ["oprc", "blob", `${id}\x7f`] };
    const chunks = await listKeys(kv, range, CHUNKS_A_COMMIT);
    await deleteKeys(kv, [...chunks.map((chunk) => chunk.key as DenoKvKey), key]);
  }
}
