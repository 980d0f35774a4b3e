import { StorageError } from "./errors.ts";
import type { Revision } from "./port.ts";

// Padded to the digits of Number.MAX_SAFE_INTEGER, so that text order is number order.
const DIGITS = 16;

export function formatRevision(number: number): Revision {
  return String(number).padStart(DIGITS, "0");
}

/** Reads a revision that a caller hands in. */
export function parseRevision(revision: Revision): number {
  const number = /^\d{16}$/.test(revision) ? Number(revision) : NaN;
  if (Number.isSafeInteger(number)) return number;
  throw new StorageError(
    "invalid",
    `Cannot use revision ${JSON.stringify(revision)}: it is none of this store's`,
  );
}
