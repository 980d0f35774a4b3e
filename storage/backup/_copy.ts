import { isStorageError, StorageError } from "../errors.ts";
import { listAll } from "../helpers.ts";
import { checkKeyPrefix } from "../keys.ts";
import type { KeyValueStore } from "../port.ts";
import { checkEntries, exportEntries, importEntries } from "../transfer.ts";
import type { Place, Plan } from "./_arguments.ts";
import { openPlace } from "./_place.ts";
import { exists, publish, readLines, remove, temporaryFolder, writeLines } from "./_runtime.ts";

type StorePlace = Exclude<Place, { type: "file" }>;

async function withStore<T>(
  side: "from" | "to",
  place: StorePlace,
  act: (store: KeyValueStore) => Promise<T>,
): Promise<T> {
  const storage = await openPlace(side, place);
  try {
    return await act(storage.store);
  } finally {
    await storage[Symbol.asyncDispose]();
  }
}

/** Writes what a store has under a prefix into a new file. */
async function toFile(from: StorePlace, keyPrefix: string, path: string): Promise<void> {
  const prefix = `${checkKeyPrefix(keyPrefix)}/`;
  await withStore("from", from, async (store) => {
    // A lock belongs to who holds it now, not to what is restored.
    const lines = exportEntries(store, prefix, { except: [`${prefix}locks/`] });
    await writeLines(path, lines);
  });
}

function there(path: string): StorageError {
  return new StorageError(
    "conflict",
    `Cannot write ${JSON.stringify(path)}: there is such a file, and --replace isn't given`,
  );
}

async function exportTo({ from, keyPrefix, replace }: Plan, path: string): Promise<string> {
  if (!replace && await exists(path)) throw there(path);
  // It gets its name when it is complete.
  const partial = `${path}.${crypto.randomUUID()}.partial`;
  try {
    await toFile(from as StorePlace, keyPrefix, partial);
    const { size } = await checkEntries(readLines(partial));
    if (!await publish(partial, path, replace)) throw there(path);
    return `${size} entries written to ${path}`;
  } finally {
    await remove(partial);
  }
}

async function importFrom(plan: Plan, path: string, to: StorePlace): Promise<string> {
  const { toKeyPrefix, replace } = plan;
  const prefix = toKeyPrefix === undefined ? undefined : `${checkKeyPrefix(toKeyPrefix)}/`;
  // To its end, before anything is written.
  const keys = await checkEntries(readLines(path), prefix);
  return await withStore("to", to, async (store) => {
    if (!replace) await refuseExisting(store, keys);
    const existing = replace ? "replace" : "refuse";
    const entries = await importEntries(store, readLines(path), { prefix, existing })
      .catch((cause) => {
        const code = isStorageError(cause) ? cause.code : "internal";
        throw new StorageError(
          code,
          `${(cause as Error).message}; a part may have been written: mend the cause, and run it ` +
            "again with --replace",
          { cause },
        );
      });
    return `${entries} entries written to ${to.type}`;
  });
}

/** What all keys start with. */
function commonPrefix(keys: ReadonlySet<string>): string {
  let common: string | undefined;
  for (const key of keys) {
    common ??= key;
    let length = 0;
    while (length < common.length && common[length] === key[length]) length++;
    common = common.slice(0, length);
  }
  return common ?? "";
}

async function refuseExisting(store: KeyValueStore, keys: ReadonlySet<string>): Promise<void> {
  if (keys.size === 0) return;
  for await (const { key } of listAll(store, commonPrefix(keys))) {
    if (!keys.has(key)) continue;
    throw new StorageError(
      "conflict",
      `Cannot write key ${JSON.stringify(key)}: it is there, and --replace isn't given`,
      { key },
    );
  }
}

/** Does what is planned; returns what to say of it. */
export async function copy(plan: Plan): Promise<string> {
  const { from, to } = plan;
  if (to.type === "file") return await exportTo(plan, to.path);
  if (from.type === "file") return await importFrom(plan, from.path, to);
  // By way of a file, so that a store that fails while it is read leaves the other as it is.
  const folder = await temporaryFolder();
  try {
    const path = `${folder}/entries.jsonl`;
    await toFile(from, plan.keyPrefix, path);
    return await importFrom(plan, path, to);
  } finally {
    await remove(folder);
  }
}
