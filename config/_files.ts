/** The files of a load: reading them, what they say, and what to say of those that aren't there. */
import { parse } from "@std/yaml/parse";
import type { ExplainedSource, LayerName } from "./explanation.ts";
import { trimSlashes } from "./_names.ts";
import { type Context, fromValue, isMapping, TooLarge } from "./_normalize.ts";
import { nearest, type Problems } from "./_problems.ts";
import { MAX_FILE_BYTES } from "./_runtime.ts";
import type { FileReader, Schema } from "./schema.ts";
import type { Node, Origin, Source } from "./_tree.ts";

/** The environment when none is named. */
export const DEFAULT_ENVIRONMENT = "development";

export interface FileOptions {
  readonly dir: string;
  /** The names of the files above `default.yaml`, lowest first. */
  readonly profiles: readonly string[];
  /** Whether one of the two files must exist. */
  readonly dirRequired: boolean;
  readonly prefix: string;
  readonly readFile: FileReader;
  /** Whether a file may be read without asking the user. */
  readonly mayRead: (path: string) => boolean;
  /** Whether a folder may be listed without asking the user, and holds the files that are read. */
  readonly mayList: (path: string) => boolean;
  readonly listFiles: (path: string) => Promise<readonly string[] | undefined>;
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
  readonly profiles: readonly File[];
  readonly dotenv: File | undefined;
}

export async function readFiles(options: FileOptions, problems: Problems): Promise<Files> {
  const folder = trimSlashes(options.dir);
  const [base, profiles, dotenv] = await Promise.all([
    read("base", `${folder}/default.yaml`, options),
    Promise.all(
      options.profiles.map((name) => read("environment", `${folder}/${name}.yaml`, options)),
    ),
    readEnvFile(options),
  ]);
  const files = { base, profiles, dotenv };
  const all = [base, ...profiles, dotenv];
  if (all.some((file) => file !== undefined && file.state !== "read")) {
    await report(folder, files, options, problems);
  }
  return files;
}

async function read(layer: LayerName, path: string, options: FileOptions): Promise<File> {
  try {
    const text = await options.readFile(path);
    return {
      layer,
      path,
      text: text?.startsWith("\uFEFF") ? text.slice(1) : text,
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
  if (options.envFile === undefined && !options.mayRead(path)) {
    return { layer: "dotenv", path, text: undefined, state: "not permitted" };
  }
  return await read("dotenv", path, options);
}

async function report(
  folder: string,
  { base, profiles, dotenv }: Files,
  options: FileOptions,
  problems: Problems,
): Promise<void> {
  const add = (
    file: { readonly layer: LayerName; readonly path: string },
    message: string,
    suggestion?: string,
  ) =>
    problems.add({
      code: "unreadable",
      path: [],
      message,
      origin: { source: { layer: file.layer, name: file.path }, at: [] },
      point: "key",
      ...(suggestion ? { suggestion } : {}),
    });
  for (const file of [base, ...profiles, dotenv]) {
    if (file?.failure !== undefined) add(file, file.failure);
  }
  if (dotenv?.state === "absent" && options.envFile !== undefined) add(dotenv, "doesn't exist");
  const absent = [base, ...profiles].filter((file) => file.state === "absent");
  for (const file of absent) {
    const path = file.path.replace(/yaml$/, "yml");
    const other = await read(file.layer, path, options);
    if (other.state !== "absent") return add(other, `must be named ${file.path}`);
  }
  if (absent.length === 1 + profiles.length && options.dirRequired) {
    const names = ["default", ...options.profiles].map((name) => `no ${name}.yaml`);
    return add({ layer: "base", path: folder }, `has ${names.join(" and ")}`);
  }
  for (const [index, file] of profiles.entries()) {
    // A service that is being written needs no file of its own for that.
    const name = options.profiles[index]!;
    if (file.state !== "absent" || name === DEFAULT_ENVIRONMENT) continue;
    const near = await nearProfile(name, folder, options);
    add(
      file,
      `doesn't exist, and the environment is ${options.profiles.join(",")}` +
        (near ? `, did you mean ${near}?` : ""),
      near,
    );
  }
}

/** The profile with a file that was probably meant. */
async function nearProfile(
  name: string,
  folder: string,
  { listFiles, mayList }: FileOptions,
): Promise<string | undefined> {
  if (!mayList(folder)) return undefined;
  const files = await listFiles(folder).catch(() => undefined) ?? [];
  const profiles = files.filter((file) => file.endsWith(".yaml") && file !== "default.yaml");
  return nearest(name, profiles.map((file) => file.slice(0, -".yaml".length)));
}

/** How much work aliases may cause in merges and keys: their number times the length of the text. */
const MAX_ALIAS_WORK = 20_000_000;

/** The nodes of a file, or undefined when it says nothing or can't be used. */
export async function fromYaml(
  schema: Schema<unknown> | undefined,
  source: Source & { readonly yaml: string },
  context: Context,
): Promise<Node | undefined> {
  const refuse = (message: string, at: Source): undefined => {
    context.problems.add({
      code: "malformed",
      path: [],
      message,
      origin: { source: at, at: [] },
      point: "value",
    });
  };
  const { yaml, ...unplaced } = source;
  const oversized = tooMuch(yaml);
  if (oversized !== undefined) return refuse(oversized, unplaced);
  let value: unknown;
  try {
    value = parse(yaml);
  } catch (error) {
    const { explainMalformed } = await import("./_malformed.ts");
    const { message, position } = await explainMalformed(yaml, error);
    return refuse(message, { ...unplaced, position });
  }
  if (yaml.includes("\t") && /^ *\t/m.test(yaml)) {
    const { findTabIndent } = await import("./_malformed.ts");
    const found = await findTabIndent(yaml);
    if (found !== undefined) {
      return refuse(found.message, { ...unplaced, position: found.position });
    }
  }
  if (value === null || value === undefined) return undefined;
  if (!isMapping(value)) {
    const found = Array.isArray(value) ? "a list" : "a single value";
    return refuse(`must be a mapping of settings, found ${found}`, source);
  }
  try {
    const origin: Origin = { source, at: [] };
    return fromValue(schema, value, origin, [], context);
  } catch (error) {
    if (!(error instanceof TooLarge)) throw error;
    return refuse(error.message, unplaced);
  }
}

function tooMuch(text: string): string | undefined {
  if (text.length > MAX_FILE_BYTES) return `is larger than ${MAX_FILE_BYTES} bytes`;
  if (!text.includes("*")) return undefined;
  // Merge keys copy what an alias names, and a list as a key becomes one text.
  if (!/<<|\]\s*:|\?\s/.test(text)) return undefined;
  const aliases = text.match(/\*[^\s,[\]{}]/g)?.length ?? 0;
  return aliases * text.length > MAX_ALIAS_WORK ? "has too many aliases to merge" : undefined;
}
