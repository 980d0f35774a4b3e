import type { DenoKvClient } from "./client.ts";

// Described here rather than taken from Deno's types, which Node's compiler doesn't have.
interface DenoParts {
  openKv?: (path?: string) => Promise<DenoKvClient>;
  mkdir(path: string, options: { recursive: boolean }): Promise<void>;
  open(path: string, options: { read: boolean; write: boolean; create: boolean }): Promise<
    { close(): void }
  >;
}

const deno = (globalThis as { Deno?: DenoParts }).Deno;

/** `Deno.openKv`; a text that says why not, where there is none. */
export const openKv: ((path?: string) => Promise<DenoKvClient>) | string = deno === undefined
  ? "this version opens it on Deno only, not on Node through npm:@deno/kv"
  : deno.openKv === undefined
  ? 'Deno KV is off; run with --unstable-kv or put "unstable": ["kv"] into deno.json'
  : (path) => deno.openKv!(path);

/** Creates the folder of a file, and those above. */
export async function makeFolderOf(path: string): Promise<void> {
  const folder = path.replace(/[/\\][^/\\]*$/, "");
  if (folder !== path && folder !== "") await deno?.mkdir(folder, { recursive: true });
}

/** Throws the reason why a file can't be opened, where SQLite only says that it can't. */
export async function tryFile(path: string): Promise<void> {
  const file = await deno?.open(path, { read: true, write: true, create: false });
  file?.close();
}
