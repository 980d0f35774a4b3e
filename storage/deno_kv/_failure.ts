import { isStorageError, StorageError, type StorageErrorCode } from "../errors.ts";

const LOCKED_ATTEMPTS = 100;
const LONGEST_PAUSE_MS = 100;

/** Waits a random time that grows with the attempts. */
export function pause(attempt: number): Promise<void> {
  const ms = Math.random() * Math.min(2 ** attempt, LONGEST_PAUSE_MS);
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Tells whether another process holds the file; nothing was applied then. */
export function isLocked(error: unknown): boolean {
  return /database( table)? is locked/.test(message(error));
}

/** Repeats a call for as long as another process holds the file. */
export async function whileLocked<T>(call: () => Promise<T>): Promise<T> {
  for (let attempt = 1;; attempt++) {
    try {
      return await call();
    } catch (error) {
      if (!isLocked(error) || attempt >= LOCKED_ATTEMPTS) throw error;
    }
    await pause(attempt);
  }
}

function codeOf(error: unknown, otherwise: StorageErrorCode): StorageErrorCode {
  const name = error instanceof Error ? error.name : "";
  const text = message(error);
  if (name === "NotCapable" || name === "PermissionDenied") return "denied";
  if (/read-?only database/.test(text)) return "denied";
  // How Deno says it, and how npm's Deno KV does.
  if (/DENO_KV_ACCESS_TOKEN|\b40[13] (Unauthorized|Forbidden)/.test(text)) return "denied";
  if (/\bstatus: 40[13]\b/.test(text)) return "denied";
  if (/not a database|disk image is malformed/.test(text)) return "corrupt";
  // SQLite rolls a transaction back that finds the disk full.
  if (/disk is full/.test(text) || isLocked(error)) return "unavailable";
  if (name === "BadResource" || name === "Interrupted") return "closed";
  return otherwise;
}

/**
 * The error of this package for what Deno KV threw.
 *
 * @param what What was tried: `open Deno KV at "x.db"`
 * @param otherwise The code of failures that say nothing of themselves
 */
export function failure(
  what: string,
  error: unknown,
  otherwise: StorageErrorCode = "unavailable",
): StorageError {
  if (isStorageError(error)) return error;
  // npm's Deno KV says on further lines what caused it; `cause` keeps them.
  const text = message(error).split("\n")[0]!.replace(/\.$/, "");
  return new StorageError(codeOf(error, otherwise), `Cannot ${what}: ${text}`, { cause: error });
}
