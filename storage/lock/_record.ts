import { quote } from "../_limits.ts";
import { StorageError } from "../errors.ts";
import { checkKeyPrefix } from "../keys.ts";
import type { Entry } from "../port.ts";

/** The keys of a lock. */
export interface LockKeys {
  /** Written when the lock changes hands, and never else: its revision is the token. */
  readonly lock: string;
  /** Written for each sign of life. */
  readonly beat: string;
}

const NAME = /^[\x21-\x2e\x30-\x7e]{1,200}$/;

export function lockKeys(keyPrefix: string, name: string): LockKeys {
  if (typeof name !== "string" || !NAME.test(name)) {
    throw new StorageError(
      "invalid",
      `Cannot lock ${quote(name)}: a name is 1 to 200 bytes of printable ASCII without spaces ` +
        "and slashes",
    );
  }
  const lock = `${checkKeyPrefix(keyPrefix)}/locks/${name}`;
  return { lock, beat: `${lock}/beat` };
}

/** What is stored of who holds a lock. */
export interface LockRecord {
  readonly holder: string;
  /** Tells one attempt to get it from every other, for commits of which the outcome is unknown. */
  readonly id: string;
  /** After what time without a sign of life others may take it. */
  readonly ttlMs: number;
  /** Whether a lease of the store's deletes it then: nobody else may take it before. */
  readonly leased?: boolean;
}

export function encodeRecord(record: LockRecord): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(record));
}

export function decodeRecord({ key, value }: Entry): LockRecord {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(value);
    const { holder, id, ttlMs, leased = false } = JSON.parse(text) as LockRecord;
    if (typeof holder === "string" && typeof id === "string" && ttlMs > 0) {
      return { holder, id, ttlMs, leased };
    }
  } catch {
    // Said below.
  }
  throw new StorageError("corrupt", `Cannot read key ${quote(key)}: it is no lock`, { key });
}
