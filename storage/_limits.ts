import { StorageError } from "./errors.ts";
import type { Op } from "./port.ts";

export const MAX_KEY_BYTES = 512;
export const MAX_OPS = 64;
export const MAX_VALUE_BYTES = 1024 * 1024;
export const MAX_PAGE = 500;

const PRINTABLE = /^[\x21-\x7e]*$/;

/** Quotes a key for a message, with what can't be printed escaped and without its length. */
export function quote(key: unknown): string {
  if (typeof key !== "string") return String(key);
  return JSON.stringify(key.length > 80 ? `${key.slice(0, 80)}...` : key);
}

function problem(text: unknown, least: number): string | undefined {
  if (typeof text !== "string") return "it is no string";
  if (text.length < least) return "it is empty";
  if (text.length > MAX_KEY_BYTES) return `it is longer than ${MAX_KEY_BYTES} bytes`;
  if (!PRINTABLE.test(text)) return "it holds something else than printable ASCII without spaces";
}

export function checkKey(action: string, key: string): void {
  const why = problem(key, 1);
  if (why) throw new StorageError("invalid", `Cannot ${action} key ${quote(key)}: ${why}`, { key });
}

export function checkPrefix(action: string, prefix: string): void {
  const why = problem(prefix, 0);
  if (why) throw new StorageError("invalid", `Cannot ${action} prefix ${quote(prefix)}: ${why}`);
}

export function checkLimit(limit: number | undefined): number {
  if (limit === undefined) return MAX_PAGE;
  if (!Number.isInteger(limit) || limit < 1) {
    throw new StorageError("invalid", `Cannot list: the limit ${limit} is no positive integer`);
  }
  return Math.min(limit, MAX_PAGE);
}

const EXPECT: Record<Op["type"], (expect: unknown) => boolean> = {
  put: (expect) => expect === undefined || expect === null || typeof expect === "string",
  delete: (expect) => expect === undefined || typeof expect === "string",
  check: (expect) => expect === null || typeof expect === "string",
};

/** Refuses a commit that breaks the rules of the port, before anything is read or written. */
export function checkOps(ops: readonly Op[]): void {
  if (ops.length === 0) throw new StorageError("invalid", "Cannot commit: there are no operations");
  if (ops.length > MAX_OPS) {
    throw new StorageError(
      "too_large",
      `Cannot commit: ${ops.length} operations are more than ${MAX_OPS}`,
    );
  }
  const seen = new Set<string>();
  let bytes = 0;
  for (const op of ops) {
    const { key } = op;
    const allowed = Object.hasOwn(EXPECT, op.type) ? EXPECT[op.type] : undefined;
    if (!allowed) {
      throw new StorageError("invalid", `Cannot commit: ${quote(op.type)} is no operation`);
    }
    checkKey(op.type, key);
    const refuse = (why: string) =>
      new StorageError("invalid", `Cannot ${op.type} key ${quote(key)}: ${why}`, { key });
    if (seen.has(key)) throw refuse("the commit has the key twice");
    seen.add(key);
    if (!allowed(op.expect)) throw refuse(`${String(op.expect)} is nothing to expect`);
    if (op.type === "put") {
      if (!(op.value instanceof Uint8Array)) throw refuse("the value is no Uint8Array");
      bytes += op.value.length;
    }
  }
  if (bytes > MAX_VALUE_BYTES) {
    const only = ops.length === 1 ? ops[0]!.key : undefined;
    throw new StorageError(
      "too_large",
      `Cannot commit${only ? ` key ${quote(only)}` : ""}: ` +
        `${bytes} bytes of values are more than ${MAX_VALUE_BYTES}`,
      { key: only },
    );
  }
}

export function conflict(op: Op, found: string | undefined): StorageError {
  const is = found === undefined ? "there is no such key" : `the key is at revision ${found}`;
  const wanted = op.expect === null ? "no such key" : `revision ${op.expect}`;
  return new StorageError(
    "conflict",
    `Cannot ${op.type} key ${quote(op.key)}: ${is}, not ${wanted}`,
    { key: op.key },
  );
}

/** Tells whether an operation's expectation holds for a key found at a revision, or not found. */
export function holds(op: Op, found: string | undefined): boolean {
  if (op.expect === undefined) return true;
  return op.expect === null ? found === undefined : found === op.expect;
}

export function aborted(what: string, signal: AbortSignal): StorageError {
  return new StorageError("aborted", `Cannot ${what}: the call was aborted`, {
    cause: signal.reason,
  });
}

export function closed(what: string): StorageError {
  return new StorageError("closed", `Cannot ${what}: the store is closed`);
}
