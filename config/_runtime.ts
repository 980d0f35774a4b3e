/**
 * The files and variables of the machine, on Deno and on Node: what every load needs. The
 * rest stands in `_runtime_later.ts`; nothing else here names either of them.
 */

/** Variables, as far as the process may read them. */
export interface Environment {
  /** The value, or undefined when it isn't set or may not be read. */
  get(name: string): string | undefined;
  /** Whether a variable may be read. */
  readable(name: string): boolean;
  /** Every name that may be set, or undefined when the process may not list them. */
  names(): readonly string[] | undefined;
}

/** The largest file that is taken for a configuration. */
export const MAX_FILE_BYTES: number = 1024 * 1024;

export const deno: typeof Deno | undefined = (globalThis as { Deno?: typeof Deno }).Deno;

/** The variables of this process. */
export function processEnvironment(): Environment {
  if (deno === undefined) {
    const { env } = (globalThis as unknown as {
      process: { env: Record<string, string | undefined> };
    }).process;
    return fixedEnvironment(env);
  }
  // Asking for the state first keeps Deno from stopping the program with a question.
  const readable = (name: string) =>
    deno.permissions.querySync({ name: "env", variable: name }).state === "granted";
  return {
    get: (name) => readable(name) ? deno.env.get(name) : undefined,
    readable,
    names: () =>
      deno.permissions.querySync({ name: "env" }).state === "granted"
        ? Object.keys(deno.env.toObject())
        : undefined,
  };
}

/** The variables of a record. */
export function fixedEnvironment(
  env: Readonly<Record<string, string | undefined>>,
): Environment {
  const get = (name: string) => Object.hasOwn(env, name) ? env[name] : undefined;
  return {
    get,
    readable: () => true,
    names: () => Object.keys(env),
  };
}

/** Whether a file may be read without Deno asking the user. */
export function mayRead(path: string): boolean {
  return deno === undefined ||
    deno.permissions.querySync({ name: "read", path }).state === "granted";
}

/**
 * The text of a file, or undefined when there is none. Anything else than a
 * small file in UTF-8 is refused with an Error that says what it is.
 *
 * Read at once, not through the thread pool: that takes a tenth of the time
 * for a file as small as these, and a service that starts has nothing else to do.
 */
export async function readFile(path: string): Promise<string | undefined> {
  files ??= deno ?? builtinFiles() ?? await import("node:fs");
  const found = files;
  return interpret(path, () => readNow(found, path));
}

/** Bytes as text, and failures in words. */
export function interpret(path: string, read: () => Uint8Array): string | undefined {
  let bytes: Uint8Array;
  try {
    bytes = read();
  } catch (error) {
    assertAbsent(error, path);
    return undefined;
  }
  return decode(bytes);
}

/** Throws what went wrong, unless it is that there is nothing at the path. */
export function assertAbsent(error: unknown, path: string): void {
  if (error instanceof Refusal) throw error;
  const { name, code } = error as { name?: string; code?: string };
  if (name === "NotFound" || code === "ENOENT") return;
  throw new Refusal(reason(name, code, path), { cause: error });
}

let utf8: TextDecoder | undefined;

function decode(bytes: Uint8Array): string {
  try {
    utf8 ??= new TextDecoder("utf-8", { fatal: true });
    return utf8.decode(bytes);
  } catch {
    throw new Refusal("is not UTF-8 text");
  }
}

type NodeFiles = typeof import("node:fs");

let files: typeof Deno | NodeFiles | undefined;

/** Node's files without the wait of an import, where Node is new enough. */
function builtinFiles(): NodeFiles | undefined {
  const { process } = globalThis as unknown as {
    process?: { getBuiltinModule?: (name: string) => NodeFiles };
  };
  return process?.getBuiltinModule?.("node:fs");
}

/** Node 24 tells a file in a place that is no folder as it tells one that isn't there. */
function whyMissing(files: NodeFiles, path: string): "ENOENT" | "ENOTDIR" {
  const folder = path.replace(/[/\\][^/\\]*$/, "");
  if (folder === path || folder === "") return "ENOENT";
  const found = files.statSync(folder, { throwIfNoEntry: false });
  if (found === undefined) return whyMissing(files, folder);
  return found.isDirectory() ? "ENOENT" : "ENOTDIR";
}

function readNow(files: typeof Deno | NodeFiles, path: string): Uint8Array {
  return "fstatSync" in files && "existsSync" in files
    ? readNowOnNode(files, path)
    : readNowOnDeno(files as typeof Deno, path);
}

function readNowOnNode(files: NodeFiles, path: string): Uint8Array {
  const found = files.statSync(path, { throwIfNoEntry: false });
  if (found === undefined) throw Object.assign(new Error(), { code: whyMissing(files, path) });
  assertSmallFile({ isFile: found.isFile(), size: found.size });
  const file = files.openSync(path, "r");
  try {
    return gather(found.size, (buffer) => files.readSync(file, buffer));
  } finally {
    files.closeSync(file);
  }
}

function readNowOnDeno(files: typeof Deno, path: string): Uint8Array {
  // Opening a pipe would wait for its other end, so look first.
  const { isFile, size } = files.statSync(path);
  assertSmallFile({ isFile, size });
  const file = files.openSync(path);
  try {
    return gather(size, (buffer) => file.readSync(buffer));
  } finally {
    file.close();
  }
}

/** Reads to the end, but never more than a configuration can be: a file may grow, or lie about its size. */
function gather(size: number, read: (buffer: Uint8Array) => number | null): Uint8Array {
  // One more byte, so that its end is seen.
  const first = new Uint8Array(size > 0 ? size + 1 : CHUNK_BYTES);
  const count = read(first);
  // A file that gave what it said it holds, and no more, needs no second look.
  return count === size ? first.subarray(0, size) : gatherMore(first, count, read);
}

function gatherMore(
  first: Uint8Array,
  count: number | null,
  read: (buffer: Uint8Array) => number | null,
): Uint8Array {
  const chunks = chunksIn(first);
  let more = addChunk(chunks, count);
  while (more) more = addChunk(chunks, read(chunks.buffer));
  return joinChunks(chunks);
}

class Refusal extends Error {}

export function assertSmallFile(stat: { readonly isFile: boolean; readonly size: number }): void {
  if (!stat.isFile) throw new Refusal("is not a file");
  if (stat.size > MAX_FILE_BYTES) throw tooLarge();
}

export const CHUNK_BYTES = 16 * 1024;

/** What was read of a file so far, and where the next part goes. */
interface Chunks {
  readonly parts: Uint8Array[];
  size: number;
  buffer: Uint8Array;
}

export function chunksIn(buffer: Uint8Array): Chunks {
  return { parts: [], size: 0, buffer };
}

/** Takes what stands in the buffer; whether there may be more. */
export function addChunk(chunks: Chunks, count: number | null): boolean {
  if (count === null || count === 0) return false;
  chunks.size += count;
  if (chunks.size > MAX_FILE_BYTES) throw tooLarge();
  chunks.parts.push(chunks.buffer.subarray(0, count));
  const left = chunks.buffer.subarray(count);
  chunks.buffer = left.length > 0 ? left : new Uint8Array(CHUNK_BYTES);
  return true;
}

export function joinChunks({ parts, size }: Chunks): Uint8Array {
  if (parts.length === 1) return parts[0]!;
  const bytes = new Uint8Array(size);
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}

function tooLarge(): Refusal {
  return new Refusal(`is larger than ${MAX_FILE_BYTES} bytes`);
}

function reason(name: string | undefined, code: string | undefined, path: string): string {
  if (name === "NotCapable") return `can't be read without --allow-read=${path}`;
  if (name === "PermissionDenied" || code === "EACCES" || code === "EPERM") {
    return "can't be read: permission denied";
  }
  if (name === "FilesystemLoop" || code === "ELOOP") {
    return "can't be read: too many symbolic links";
  }
  if (name === "NotADirectory" || code === "ENOTDIR") {
    return "can't be read: a part of its path is not a folder";
  }
  return `can't be read: ${code ?? name ?? "unknown error"}`;
}
