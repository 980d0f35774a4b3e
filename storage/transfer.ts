import { checkOps, MAX_OPS, quote } from "./_limits.ts";
import { StorageError } from "./errors.ts";
import { listAll } from "./helpers.ts";
import type { CallOptions, KeyValueStore, Op } from "./port.ts";

const FORMAT = 1;
// Deno KV keeps what a larger commit puts apart, where a list takes ten times as long to read it
// (500 records of 1.5 KiB: 55 ms instead of 5.5); on etcd smaller commits cost nothing.
const COMMIT_BYTES = 24 * 1024;
// Text is made of so many bytes at a time, as a call takes only so many arguments.
const BYTES_A_CALL = 8192;

/** Options of {@linkcode exportEntries}. */
export interface ExportOptions extends CallOptions {
  /**
   * What the keys start with that are left out.
   *
   * @default {[]}
   */
  readonly except?: readonly string[] | undefined;
}

/** Options of {@linkcode importEntries}. */
export interface ImportOptions extends CallOptions {
  /**
   * What the keys start with in the store.
   *
   * @default {undefined}, what they started with where they were exported
   */
  readonly prefix?: string | undefined;
  /**
   * What to do with a key that is there: `"refuse"` ends with a `"conflict"` that names it,
   * `"replace"` overwrites it.
   *
   * @default {"refuse"}
   */
  readonly existing?: "refuse" | "replace" | undefined;
}

function toBase64(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += BYTES_A_CALL) {
    text += String.fromCharCode(...bytes.subarray(at, at + BYTES_A_CALL));
  }
  return btoa(text);
}

function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

/**
 * Reads all that is under a prefix as lines of JSON: a head, a line for each entry in byte order
 * with the value as base64, and a line that counts them. The lines don't depend on the kind of
 * store, and {@linkcode importEntries} reads them into any.
 *
 * Each page of the store is of one moment. For a copy of one moment nobody may write meanwhile.
 *
 * @example
 * ```ts
 * import { exportEntries, importEntries, memoryStore, put } from "@oprc/storage";
 * import { assertEquals } from "@std/assert";
 *
 * const [from, to] = [memoryStore(), memoryStore()];
 * await put(from, "/oaas/packages/image", new TextEncoder().encode('{"name":"image"}'));
 * const lines = await Array.fromAsync(exportEntries(from, "/oaas/"));
 * assertEquals(await importEntries(to, lines), 1);
 * assertEquals(
 *   (await to.get("/oaas/packages/image"))?.value,
 *   (await from.get("/oaas/packages/image"))?.value,
 * );
 * ```
 */
export async function* exportEntries(
  store: KeyValueStore,
  prefix: string,
  { signal, except = [] }: ExportOptions = {},
): AsyncGenerator<string, void, void> {
  yield JSON.stringify({ "oprc-storage": FORMAT, prefix });
  let entries = 0;
  for await (const { key, value } of listAll(store, prefix, { signal })) {
    if (except.some((left) => key.startsWith(left))) continue;
    entries++;
    yield JSON.stringify({ key: key.slice(prefix.length), value: toBase64(value) });
  }
  yield JSON.stringify({ entries });
}

function corrupt(line: number, why: string, cause?: unknown): StorageError {
  return new StorageError("corrupt", `Cannot import line ${line}: ${why}`, { cause });
}

function parse(line: number, text: string): Readonly<Record<string, unknown>> {
  try {
    const found: unknown = JSON.parse(text);
    if (typeof found === "object" && found !== null) return found as Record<string, unknown>;
  } catch (cause) {
    throw corrupt(line, "it is no JSON", cause);
  }
  throw corrupt(line, "it is no JSON object");
}

/** An entry of an export, with the number of its line. */
export interface ExportedEntry {
  readonly line: number;
  readonly key: string;
  readonly value: Uint8Array;
}

/** Reads the lines of an export. It is cut short unless all of them were read without an error. */
export async function* readEntries(
  lines: Iterable<string> | AsyncIterable<string>,
  wanted?: string,
): AsyncGenerator<ExportedEntry, void, void> {
  let prefix: string | undefined;
  let line = 0;
  let entries = 0;
  let counted: unknown;
  for await (const text of lines) {
    line++;
    if (text.trim() === "") continue;
    const found = parse(line, text);
    if (counted !== undefined) throw corrupt(line, "the export has ended before it");
    if (prefix === undefined) {
      const format = found["oprc-storage"];
      if (typeof format === "number" && format > FORMAT) {
        throw corrupt(
          line,
          `the export is of format ${format}, and this version reads format ${FORMAT}`,
        );
      }
      if (format !== FORMAT) {
        throw corrupt(line, `it is not the head of an export of format ${FORMAT}`);
      }
      if (typeof found.prefix !== "string") throw corrupt(line, "it has no prefix");
      prefix = wanted ?? found.prefix;
      continue;
    }
    if ("entries" in found) {
      counted = found.entries;
      continue;
    }
    const { key: rest, value: encoded } = found;
    if (typeof rest !== "string" || typeof encoded !== "string") {
      throw corrupt(line, "it has no key and value");
    }
    const key = prefix + rest;
    let value: Uint8Array;
    try {
      value = fromBase64(encoded);
    } catch (cause) {
      throw corrupt(line, `the value of key ${quote(key)} is no base64`, cause);
    }
    entries++;
    yield { line, key, value };
  }
  if (counted !== entries) {
    const why = counted === undefined
      ? "it has no last line"
      : `it has ${entries} entries, not ${counted}`;
    throw new StorageError("corrupt", `Cannot import all: the export is cut short, ${why}`);
  }
}

/**
 * Reads all lines of an export without writing anything, and fails as {@linkcode importEntries}
 * would for one that is damaged, cut short, or has what no store takes.
 *
 * @param lines The lines, with or without their line ends
 * @param prefix What the keys start with, if not as in the export
 * @returns the keys
 */
export async function checkEntries(
  lines: Iterable<string> | AsyncIterable<string>,
  prefix?: string,
): Promise<ReadonlySet<string>> {
  const keys = new Set<string>();
  for await (const { line, key, value } of readEntries(lines, prefix)) {
    try {
      checkOps([{ type: "put", key, value }]);
    } catch (cause) {
      throw corrupt(line, (cause as StorageError).message, cause);
    }
    if (keys.has(key)) throw corrupt(line, `it has the key ${quote(key)} a second time`);
    keys.add(key);
  }
  return keys;
}

/**
 * Writes what {@linkcode exportEntries} read into a store, in commits of up to 64 entries and 24 KiB
 * of values, or one larger value. If it fails, the commits before it stay: mend the cause, and run
 * it again with `existing: "replace"`.
 *
 * @param lines The lines, with or without their line ends; empty ones are passed over
 * @returns how many entries were written
 * @throws {StorageError} `"corrupt"` with the line for what is no export, or is cut short;
 * `"conflict"` for a key that is there, unless it may be replaced; what the store throws
 */
export async function importEntries(
  store: KeyValueStore,
  lines: Iterable<string> | AsyncIterable<string>,
  { prefix: wanted, existing = "refuse", signal }: ImportOptions = {},
): Promise<number> {
  let entries = 0;
  let ops: Op[] = [];
  let bytes = 0;
  const flush = async () => {
    if (ops.length > 0) await store.commit(ops, { signal });
    ops = [];
    bytes = 0;
  };
  for await (const { key, value } of readEntries(lines, wanted)) {
    if (ops.length === MAX_OPS || bytes + value.length > COMMIT_BYTES) await flush();
    ops.push({ type: "put", key, value, expect: existing === "replace" ? undefined : null });
    bytes += value.length;
    entries++;
  }
  await flush();
  return entries;
}
