/** The files of a load: reading them, and what to say of those that aren't there. */
import type { ExplainedSource } from "./explanation.ts";
import type { LayerName } from "./layers.ts";
import type { Problems } from "./_problems.ts";
import { mayRead, readFile } from "./_runtime.ts";

export interface FileOptions {
  readonly dir: string;
  readonly environment: string;
  /** Whether `<environment>.yaml` must exist. */
  readonly environmentRequired: boolean;
  /** Whether one of the two files must exist. */
  readonly dirRequired: boolean;
  readonly prefix: string;
  readonly readFile: ((path: string) => Promise<string | undefined>) | undefined;
  readonly envFile: string | false | undefined;
}

export interface File {
  readonly layer: LayerName;
  readonly path: string;
  readonly text: string | undefined;
  readonly state: ExplainedSource["state"];
  /** Why it can't be read. */
  readonly failure?: string;
}

/** The files by rising precedence. */
export interface Files {
  readonly base: File;
  readonly environment: File;
  readonly dotenv: File | undefined;
}

export async function readFiles(options: FileOptions, problems: Problems): Promise<Files> {
  const folder = options.dir.replace(/(?<=.)[/\\]+$/, "");
  const [base, environment, dotenv] = await Promise.all([
    read("base", `${folder}/default.yaml`, options),
    read("environment", `${folder}/${options.environment}.yaml`, options),
    readEnvFile(options),
  ]);
  const files = { base, environment, dotenv };
  await report(folder, files, options, problems);
  return files;
}

async function read(layer: LayerName, path: string, options: FileOptions): Promise<File> {
  try {
    const text = await (options.readFile ?? readFile)(path);
    return {
      layer,
      path,
      text: text?.replace(/^\uFEFF/, ""),
      state: text === undefined ? "absent" : "read",
    };
  } catch (error) {
    const failure = error instanceof Error ? error.message : String(error);
    return { layer, path, text: undefined, state: "unreadable", failure };
  }
}

async function readEnvFile(options: FileOptions): Promise<File | undefined> {
  if (options.envFile === false) return undefined;
  const path = options.envFile ?? ".env";
  // The default .env is a convenience: a process that may not read it does without.
  if (options.envFile === undefined && options.readFile === undefined && !mayRead(path)) {
    return { layer: "dotenv", path, text: undefined, state: "not permitted" };
  }
  return await read("dotenv", path, options);
}

async function report(
  folder: string,
  { base, environment, dotenv }: Files,
  options: FileOptions,
  problems: Problems,
): Promise<void> {
  const add = (file: { readonly layer: LayerName; readonly path: string }, message: string) =>
    problems.add({
      code: "unreadable",
      path: [],
      message,
      origin: { source: { layer: file.layer, name: file.path }, at: [] },
      point: "key",
    });
  for (const file of [base, environment, dotenv]) {
    if (file?.failure !== undefined) add(file, file.failure);
  }
  if (dotenv?.state === "absent" && options.envFile !== undefined) add(dotenv, "doesn't exist");
  const absent = [base, environment].filter((file) => file.state === "absent");
  for (const file of absent) {
    const path = file.path.replace(/yaml$/, "yml");
    const other = await read(file.layer, path, options);
    if (other.state !== "absent") return add(other, `must be named ${file.path}`);
  }
  if (absent.length === 2 && options.dirRequired) {
    add({ layer: "base", path: folder }, `has no default.yaml and no ${options.environment}.yaml`);
  } else if (options.environmentRequired && absent.includes(environment)) {
    add(environment, `doesn't exist, and the environment is ${options.environment}`);
  }
}
