/** What only some loads and programs need of the machine, on Deno and on Node. */
import {
  addChunk,
  assertAbsent,
  assertSmallFile,
  CHUNK_BYTES,
  chunksIn,
  deno,
  interpret,
  joinChunks,
  mayRead,
  processEnvironment,
} from "./_runtime.ts";

/**
 * Runs something synchronous that reads debugging switches of its own from
 * `process.env`, as npm yaml does with LOG_TOKENS and LOG_STREAM: where Deno
 * allows only some variables, looking at others would throw, or ask the user.
 *
 * An empty `process.env` for that moment is the narrowest way there is: asking
 * users for `--allow-env=LOG_TOKENS,LOG_STREAM` would widen what every service
 * needs for two switches of a library, the library exports no part of its parser
 * without them, and its browser build can't be imported by name. Nothing else
 * runs meanwhile, and nothing is swapped where both may be read.
 */
export function withoutDebugVariables<T>(run: () => T): T {
  const switches = ["LOG_TOKENS", "LOG_STREAM"];
  const { process } = globalThis as { process?: { env: unknown } };
  if (deno === undefined || process === undefined) return run();
  if (switches.every(processEnvironment().readable)) return run();
  const { env } = process;
  process.env = {};
  try {
    return run();
  } finally {
    process.env = env;
  }
}

/** The arguments of this process, and how it ends. */
export function thisProcess(): {
  readonly args: readonly string[];
  readonly exit: (code: number) => void;
} {
  if (deno !== undefined) return { args: deno.args, exit: deno.exit };
  const { process } = globalThis as unknown as {
    process: { argv: readonly string[]; exitCode?: number };
  };
  // Node ends once what is printed has been written.
  return { args: process.argv.slice(2), exit: (code) => void (process.exitCode = code) };
}

/** The address of the working directory, with a slash at its end. */
export function workingDirectory(): string {
  const { process } = globalThis as unknown as { process?: { cwd(): string } };
  const path = (deno?.cwd() ?? process!.cwd()).replaceAll("\\", "/").replace(/\/?$/, "/");
  return `file://${path.startsWith("/") ? "" : "/"}${
    encodeURI(path).replace(/[?#]/g, encodeURIComponent)
  }`;
}

/** Whether a path leads to a file that may be read. */
export async function isFile(path: string): Promise<boolean> {
  try {
    if (deno !== undefined) return mayRead(path) && (await deno.stat(path)).isFile;
    const fs = await import("node:fs/promises");
    return (await fs.stat(path)).isFile();
  } catch {
    return false;
  }
}

/** Whether a PEM block is a certificate that can be parsed. */
export async function isCertificate(pem: string): Promise<boolean> {
  const { X509Certificate } = await import("node:crypto");
  try {
    new X509Certificate(pem);
    return true;
  } catch {
    return false;
  }
}

/** What is wrong with a private key, also for a certificate. The parser's own words are kept out. */
export async function keyProblem(
  pem: string,
  certificate: string | undefined,
): Promise<string | undefined> {
  const { createPrivateKey, X509Certificate } = await import("node:crypto");
  if (!/-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----/.test(pem)) {
    return "names a file without a private key in PEM";
  }
  if (/-----BEGIN ENCRYPTED|^Proc-Type: 4,ENCRYPTED/m.test(pem)) {
    return "names a private key that needs a passphrase, which can't be given";
  }
  let key;
  try {
    key = createPrivateKey(pem);
  } catch {
    return "names a file whose private key can't be parsed";
  }
  if (certificate === undefined) return undefined;
  return new X509Certificate(certificate).checkPrivateKey(key)
    ? undefined
    : "names a private key that doesn't belong to the certificate";
}

/** The same without holding up what else the process does. */
export async function readFileLater(path: string): Promise<string | undefined> {
  const bytes = await (deno === undefined ? readOnNode(path) : readOnDeno(deno, path))
    .catch((error: unknown) => () => {
      throw error;
    });
  return interpret(path, typeof bytes === "function" ? bytes : () => bytes);
}

/**
 * The names of the files in a folder, sorted, or undefined when there is no
 * such folder. Links to files count as files, folders are left out.
 */
export async function listFiles(path: string): Promise<readonly string[] | undefined> {
  try {
    const names: string[] = [];
    if (deno === undefined) {
      const fs = await import("node:fs/promises");
      for (const entry of await fs.readdir(path, { withFileTypes: true })) {
        if (!entry.isDirectory()) names.push(entry.name);
      }
    } else {
      for await (const entry of deno.readDir(path)) {
        if (!entry.isDirectory) names.push(entry.name);
      }
    }
    return names.sort();
  } catch (error) {
    assertAbsent(error, path);
    return undefined;
  }
}

async function readOnDeno(runtime: typeof Deno, path: string): Promise<Uint8Array> {
  // Opening a pipe would wait for its other end, so look first.
  assertSmallFile(await runtime.stat(path));
  const file = await runtime.open(path);
  try {
    return await readBounded((buffer) => file.read(buffer));
  } finally {
    file.close();
  }
}

async function readOnNode(path: string): Promise<Uint8Array> {
  const fs = await import("node:fs/promises");
  const stat = await fs.stat(path);
  assertSmallFile({ isFile: stat.isFile(), size: stat.size });
  const file = await fs.open(path);
  try {
    return await readBounded(async (buffer) => (await file.read(buffer)).bytesRead);
  } finally {
    await file.close();
  }
}

async function readBounded(
  read: (buffer: Uint8Array) => Promise<number | null>,
): Promise<Uint8Array> {
  const chunks = chunksIn(new Uint8Array(CHUNK_BYTES));
  while (addChunk(chunks, await read(chunks.buffer)));
  return joinChunks(chunks);
}
