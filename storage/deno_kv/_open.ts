import { quote } from "../_limits.ts";
import { StorageError } from "../errors.ts";
import { sweep } from "./_blobs.ts";
import { failure, whileLocked } from "./_failure.ts";
import { FORMAT, META } from "./_layout.ts";
import { makeFolderOf, openKv, tryFile } from "./_runtime.ts";
import { DenoKvStore } from "./_store.ts";
import type { DenoKvClient } from "./client.ts";
import type { DenoKvStoreOptions } from "./store.ts";

const DEFAULT_POLL_MS = 25;
const DEFAULT_HISTORY_LENGTH = 10_000;

function positive(name: string, value: number, whole: boolean): number {
  if (value > 0 && Number.isFinite(value) && (!whole || Number.isInteger(value))) return value;
  const kind = whole ? "positive integer" : "positive number";
  throw new StorageError("invalid", `Cannot open Deno KV: ${name} ${value} is no ${kind}`);
}

const isFile = (path: string | undefined): path is string =>
  path !== undefined && path !== ":memory:" && !/^https?:/.test(path);

async function open(what: string, path: string | undefined): Promise<DenoKvClient> {
  if (typeof openKv === "string") {
    throw new StorageError("unavailable", `Cannot ${what}: ${openKv}`);
  }
  const opener = openKv;
  const attempt = () => whileLocked(() => opener(path));
  try {
    return await attempt();
  } catch (error) {
    if (!isFile(path) || !/unable to open database file/.test(String(error))) throw error;
  }
  // Only now, as it takes permission to write to the folder above.
  await makeFolderOf(path);
  try {
    return await attempt();
  } catch (error) {
    await tryFile(path);
    throw error;
  }
}

/** The identity of the database, given to it when it is opened for the first time. */
async function identify(kv: DenoKvClient, what: string): Promise<string> {
  const fresh = new TextEncoder().encode(
    JSON.stringify({ format: FORMAT, id: crypto.randomUUID() }),
  );
  await whileLocked(() =>
    kv.atomic().check({ key: META, versionstamp: null }).set(META, fresh).commit()
  );
  const { value } = await whileLocked(() => kv.get(META));
  const text = value instanceof Uint8Array ? new TextDecoder().decode(value) : "{}";
  const { format, id } = JSON.parse(text) as { format?: number; id?: string };
  if (format === FORMAT && typeof id === "string") return id;
  throw new StorageError(
    "corrupt",
    `Cannot ${what}: its data is of format ${format}, this version reads ${FORMAT}`,
  );
}

/** Opens a store; `clock` tells the age of what a killed writer left. */
export async function openDenoKv(
  { path, kv: given, pollMs = DEFAULT_POLL_MS, historyLength = DEFAULT_HISTORY_LENGTH }:
    DenoKvStoreOptions,
  clock: () => number = Date.now,
): Promise<DenoKvStore> {
  positive("pollMs", pollMs, false);
  positive("historyLength", historyLength, true);
  if (given && path !== undefined) {
    throw new StorageError("invalid", "Cannot open Deno KV: give either a path or an open kv");
  }
  if (path === "") throw new StorageError("invalid", "Cannot open Deno KV: the path is empty");
  const what = path === undefined ? "open Deno KV" : `open Deno KV at ${quote(path)}`;
  let opened: DenoKvClient | undefined;
  try {
    const kv = given ?? (opened = await open(what, path));
    const id = await identify(kv, what);
    await sweep(kv, clock());
    const close = () => opened?.close();
    return new DenoKvStore({ kv, id, historyLength, pollMs, clock, close });
  } catch (error) {
    opened?.close();
    throw failure(what, error);
  }
}
