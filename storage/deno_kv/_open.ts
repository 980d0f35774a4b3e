import { quote } from "../_limits.ts";
import { StorageError } from "../errors.ts";
import { sweep } from "./_blobs.ts";
import { checkDeadline, withDeadline, within } from "./_deadline.ts";
import { failure, whileLocked } from "./_failure.ts";
import { FORMAT, META } from "./_layout.ts";
import { makeFolderOf, openKv, tryFile } from "./_runtime.ts";
import { DenoKvStore } from "./_store.ts";
import type { DenoKvClient } from "./client.ts";
import type { DenoKvStoreOptions } from "./store.ts";

const DEFAULT_POLL_MS = 25;
const DEFAULT_TIMEOUT_MS = 10_000;
const DEFAULT_HISTORY_LENGTH = 10_000;

function positive(name: string, value: number, whole: boolean): number {
  if (value > 0 && Number.isFinite(value) && (!whole || Number.isInteger(value))) return value;
  const kind = whole ? "positive integer" : "positive number";
  throw new StorageError("invalid", `Cannot open Deno KV: ${name} ${value} is no ${kind}`);
}

const isRemote = (path: string | undefined) => path !== undefined && /^https?:/.test(path);
const isFile = (path: string | undefined): path is string =>
  path !== undefined && path !== ":memory:" && !isRemote(path);

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
  {
    path,
    kv: given,
    pollMs = DEFAULT_POLL_MS,
    historyLength = DEFAULT_HISTORY_LENGTH,
    timeoutMs,
  }: DenoKvStoreOptions,
  clock: () => number = Date.now,
): Promise<DenoKvStore> {
  positive("pollMs", pollMs, false);
  positive("historyLength", historyLength, true);
  const remote = given !== undefined || isRemote(path);
  if (timeoutMs !== undefined) checkDeadline(timeoutMs, remote);
  const deadline = timeoutMs ?? (isRemote(path) ? DEFAULT_TIMEOUT_MS : undefined);
  if (given && path !== undefined) {
    throw new StorageError("invalid", "Cannot open Deno KV: give either a path or an open kv");
  }
  if (path === "") throw new StorageError("invalid", "Cannot open Deno KV: the path is empty");
  const what = path === undefined ? "open Deno KV" : `open Deno KV at ${quote(path)}`;
  let opened: DenoKvClient | undefined;
  let late = false;
  try {
    if (!given) {
      const opening = open(what, path).then((kv) => {
        // Nobody waits for it any more.
        if (late) kv.close();
        return opened = kv;
      });
      await (deadline === undefined ? opening : within(opening, deadline));
    }
    const kv = deadline === undefined
      ? (given ?? opened!)
      : withDeadline(given ?? opened!, deadline);
    const id = await identify(kv, what);
    await sweep(kv, clock());
    const close = () => opened?.close();
    return new DenoKvStore({ kv, id, historyLength, pollMs, clock, remote, close });
  } catch (error) {
    late = true;
    opened?.close();
    throw failure(what, error);
  }
}
