import { assert, AssertionError } from "@std/assert";
import { isStorageError, type StorageError, type StorageErrorCode } from "../errors.ts";
import type { Batch, Entry, Event, KeyValueStore, Revision } from "../port.ts";

/** One test of the suite. */
export interface Case {
  readonly title: string;
  /** @param open Makes a further store */
  readonly run: (store: KeyValueStore, open: () => Promise<KeyValueStore>) => Promise<void>;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export const bytes = (text: string): Uint8Array => encoder.encode(text);
export const text = (value: Uint8Array | undefined): string | undefined =>
  value && decoder.decode(value);

/** Bytes that don't repeat soon, so that a wrong order of parts shows. */
export function noise(length: number, seed = 1): Uint8Array {
  const value = new Uint8Array(length);
  let state = seed;
  for (let i = 0; i < length; i++) {
    state = (state * 1103515245 + 12345) & 0x7fffffff;
    value[i] = state >>> 16;
  }
  return value;
}

/** Compares large values without the cost of a diff. */
export function assertBytes(actual: Uint8Array | undefined, expected: Uint8Array): void {
  assert(actual instanceof Uint8Array, "there is no value");
  assert(actual.length === expected.length, `${actual.length} bytes, not ${expected.length}`);
  const at = expected.findIndex((byte, index) => actual[index] !== byte);
  assert(at < 0, `the values differ at byte ${at}`);
}

/** Awaits a failure of a certain code. */
export async function fails(
  promise: Promise<unknown>,
  code: StorageErrorCode,
): Promise<StorageError> {
  const outcome = await promise.then(() => "nothing", (error: unknown) => error);
  if (isStorageError(outcome, code)) return outcome;
  throw new AssertionError(`Expected a StorageError of code "${code}", got ${outcome}`, {
    cause: outcome,
  });
}

export const keysOf = (entries: readonly Entry[]): string[] => entries.map((entry) => entry.key);

/** An event in short: `put a=1`, `delete a`. */
export const brief = (event: Event): string =>
  event.type === "put" ? `put ${event.key}=${text(event.value)}` : `delete ${event.key}`;

// Long enough for any backend, so that a test that waits in vain says so.
const PATIENCE_MS = 30_000;

/** Awaits what should come, and fails if it doesn't. */
export async function soon<T>(promise: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const never = new Promise<never>((_, reject) => {
    const error = new AssertionError(`Nothing came in ${PATIENCE_MS} ms`);
    timer = setTimeout(() => reject(error), PATIENCE_MS);
  });
  try {
    return await Promise.race([promise, never]);
  } finally {
    clearTimeout(timer);
  }
}

/** Collects batches with events until there are so many events; bookmarks are left out. */
export async function collect(
  store: KeyValueStore,
  prefix: string,
  from: Revision | undefined,
  count: number,
  onStart: () => void = () => {},
): Promise<Batch[]> {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), PATIENCE_MS);
  const batches: Batch[] = [];
  let events = 0;
  try {
    for await (const batch of store.watch(prefix, { from, signal: patience.signal })) {
      onStart();
      if (batch.events.length > 0) batches.push(batch);
      events += batch.events.length;
      if (events >= count) break;
    }
  } finally {
    clearTimeout(timer);
  }
  return batches;
}

/** The revision of a store as it is. */
export async function now(store: KeyValueStore): Promise<Revision> {
  return (await store.list("", { limit: 1 })).revision;
}
