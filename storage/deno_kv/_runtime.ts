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

/**
 * `Deno.openKv`, or that of npm `@deno/kv` where there is no Deno; a text that says why not where
 * there is neither.
 */
export const openKv: ((path?: string) => Promise<DenoKvClient>) | string = deno === undefined
  // A literal, so that bundlers see it, and only here, so that Deno doesn't load it.
  ? async (path) => await (await import("@deno/kv")).openKv(path) as unknown as DenoKvClient
  : deno.openKv === undefined
  ? 'Deno KV is off; run with --unstable-kv or put "unstable": ["kv"] into deno.json'
  : (path) => deno.openKv!(path);

/** Creates the folder of a file, and those above. */
export async function makeFolderOf(path: string): Promise<void> {
  const folder = path.replace(/[/\\][^/\\]*$/, "");
  if (folder === path || folder === "") return;
  if (deno) await deno.mkdir(folder, { recursive: true });
  else await (await import("node:fs/promises")).mkdir(folder, { recursive: true });
}

/**
 * Throws the reason why a file can't be opened or created, where SQLite only says that it can't.
 */
export async function tryFile(path: string): Promise<void> {
  if (deno) {
    const file = await deno.open(path, { read: true, write: true, create: true });
    return file.close();
  }
  const file = await (await import("node:fs/promises")).open(path, "a+");
  await file.close();
}
