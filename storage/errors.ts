/**
 * What kind of failure a {@linkcode StorageError} is:
 *
 * - `conflict`: an expectation didn't hold; nothing was applied
 * - `invalid`: a key, cursor, revision, option or configuration that breaks a rule
 * - `too_large`: more operations or bytes than one commit takes
 * - `compacted`: the history that a watch asks for is no longer kept
 * - `unavailable`: the backend can't be reached; surely nothing was applied
 * - `unknown`: the outcome of a write isn't known; it may have been applied
 * - `denied`: no permission
 * - `aborted`: the caller's signal fired
 * - `closed`: the store was disposed of
 * - `corrupt`: what is stored can't be read
 * - `internal`: a defect
 */
export type StorageErrorCode =
  | "conflict"
  | "invalid"
  | "too_large"
  | "compacted"
  | "unavailable"
  | "unknown"
  | "denied"
  | "aborted"
  | "closed"
  | "corrupt"
  | "internal";

/** What a {@linkcode StorageError} is about, beside its message. */
export interface StorageErrorOptions {
  /** The key concerned. */
  readonly key?: string | undefined;
  /** What caused it. */
  readonly cause?: unknown;
}

/**
 * Every failure of this package that isn't a defect of the caller's program.
 *
 * @example
 * ```ts
 * import { isStorageError, memoryStore, put } from "@oprc/storage";
 * import { assert } from "@std/assert";
 *
 * const store = memoryStore();
 * const text = new TextEncoder().encode("v");
 * await put(store, "a", text);
 * try {
 *   await put(store, "a", text, { expect: null });
 * } catch (error) {
 *   assert(isStorageError(error, "conflict"));
 *   assert(error.key === "a");
 * }
 * ```
 */
export class StorageError extends Error {
  /** Always `"StorageError"`. */
  override readonly name: string = "StorageError";
  /** What kind of failure it is. */
  readonly code: StorageErrorCode;
  // Declared, so that an error without a key has no field of the name.
  /** The key concerned, if one is. */
  declare readonly key?: string;

  /** Creates an error. */
  constructor(code: StorageErrorCode, message: string, options: StorageErrorOptions = {}) {
    super(message, "cause" in options ? { cause: options.cause } : undefined);
    this.code = code;
    if (options.key !== undefined) this.key = options.key;
  }
}

/**
 * Tells whether a value is a {@linkcode StorageError}, of a certain code if one is given. It
 * compares names, not classes, so that two copies of this package agree.
 */
export function isStorageError(error: unknown, code?: StorageErrorCode): error is StorageError {
  if (!(error instanceof Error) || error.name !== "StorageError") return false;
  const found = (error as Partial<StorageError>).code;
  return typeof found === "string" && (code === undefined || found === code);
}

/** Tells whether a write failed because its expectation didn't hold. */
export function isConflict(error: unknown): error is StorageError {
  return isStorageError(error, "conflict");
}
