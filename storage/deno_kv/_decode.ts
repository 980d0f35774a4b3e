import { quote } from "../_limits.ts";
import { StorageError } from "../errors.ts";
import { decodeRecord, type Record } from "./_layout.ts";
import type { DenoKvEntry } from "./client.ts";

/** Reads the record of a key. */
export function recordOf(key: string, value: unknown): Record {
  try {
    return decodeRecord(value);
  } catch (cause) {
    throw new StorageError("corrupt", `Cannot read key ${quote(key)}: it can't be decoded`, {
      key,
      cause,
    });
  }
}

/** Reads the counter: the revision of the last commit. */
export function revisionOf({ value }: DenoKvEntry): number {
  if (value === null) return 0;
  const number = value instanceof Uint8Array ? Number(new TextDecoder().decode(value)) : NaN;
  if (Number.isSafeInteger(number)) return number;
  throw new StorageError("corrupt", "Cannot read the revision counter: it can't be decoded");
}
