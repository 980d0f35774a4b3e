// What the program needs of its platform. Deno and Node share it.
import { Buffer } from "node:buffer";
import { createReadStream, realpathSync } from "node:fs";
import { chmod, link, mkdtemp, open, readFile, rename, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import process from "node:process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** The arguments of the program. */
export function programArguments(): string[] {
  return process.argv.slice(2);
}

export function environment(name: string): string | undefined {
  return process.env[name];
}

/** Sets what the process ends with. */
export function setExitCode(code: number): void {
  process.exitCode = code;
}

/** Whether a module is what the process was started with. */
export function isProgram(url: string, main: boolean | undefined): boolean {
  // Node 20 doesn't know `import.meta.main`.
  if (main !== undefined) return main;
  const started = process.argv[1];
  return started !== undefined && url.startsWith("file:") &&
    realpathSync(started) === fileURLToPath(url);
}

export async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if ((error as { code?: string }).code === "ENOENT") return false;
    throw error;
  }
}

export async function readText(path: string): Promise<string> {
  return await readFile(path, "utf8");
}

/** The lines of a file. */
export async function* readLines(path: string): AsyncGenerator<string, void, void> {
  const stream = createReadStream(path, "utf8");
  try {
    yield* createInterface({ input: stream, crlfDelay: Infinity });
  } finally {
    stream.destroy();
  }
}

/** Writes lines into a new file, which only its owner may read. */
export async function writeLines(path: string, lines: AsyncIterable<string>): Promise<void> {
  const file = await open(path, "wx", 0o600);
  try {
    for await (const line of lines) await file.write(Buffer.from(`${line}\n`));
    // What is named afterwards must be there after a power cut, too.
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Gives a finished file its name; `false` if there is one already that may not be replaced. */
export async function publish(from: string, to: string, replace: boolean): Promise<boolean> {
  if (replace) {
    await rename(from, to);
    return true;
  }
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as { code?: string }).code === "EEXIST") return false;
  }
  // A file system without hard links.
  if (await exists(to)) return false;
  await rename(from, to);
  return true;
}

export async function remove(path: string): Promise<void> {
  await rm(path, { force: true, recursive: true });
}

/** A new folder that only its owner may enter. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(`${tmpdir()}/oprc-backup-`);
  await chmod(folder, 0o700);
  return folder;
}
