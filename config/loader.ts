/**
 * Loading: the loader, the layers, the files. Why they stand in one file is said in `values.ts`.
 */
import { parse } from "@std/yaml/parse";
import type { DotenvEntry } from "./_dotenv.ts";
import type { Lookup, Style } from "./_expand.ts";
import type { FileValueOptions } from "./_file_values.ts";
import type { FileSystem } from "./_recorder.ts";
import {
  type Environment,
  fixedEnvironment,
  MAX_FILE_BYTES,
  mayRead,
  processEnvironment,
  readFile,
} from "./_runtime.ts";
import type { RemoteState } from "./_watch.ts";
import { asNative, type FileReader, type Schema } from "./schema.ts";
import type { StandardSchemaV1 } from "./standard_schema.ts";
import {
  assertVariables,
  type Branch,
  branch,
  ConfigError,
  type Context,
  type ExplainedSource,
  type Explanation,
  FILE_SUFFIX,
  finish,
  fromValue,
  fromVariables,
  isMapping,
  isPlain,
  type LayerName,
  type LoadState,
  MAX_VALUES,
  merge,
  nearest,
  type Node,
  type Position,
  Problems,
  reservedNames,
  Secrets,
  type Source,
  TooLarge,
  trimSlashes,
  type Variable,
  variableNames,
} from "./values.ts";
import type { ConfigWatch, WatchOptions } from "./watch.ts";

// --- The loader

/** Options of {@link ConfigLoader}. */
export interface ConfigLoaderOptions {
  /**
   * The variables to read.
   *
   * @default {those of the process}
   */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /**
   * Reads a file as text; `undefined` when there is none, an error when it can't be read.
   *
   * @default {the file system}
   */
  readonly readFile?: (path: string) => Promise<string | undefined>;
  /** Values above all files and variables, in either spelling. */
  readonly overrides?: object;
  /**
   * What the names of variables begin with, before an underscore.
   *
   * @default {"OAAS"}
   */
  readonly envPrefix?: string;
  /**
   * The `.env` file, `false` for none. One that is named here must exist.
   *
   * @default {".env" in the working directory, if there is one}
   */
  readonly envFile?: string | false;
  /**
   * A folder with one file for each secret, as Docker and Kubernetes mount
   * them: `storage.etcd.password` or `OAAS_STORAGE__ETCD__PASSWORD` holds the
   * password. It must exist, and every file in it must name a setting.
   *
   * @default {none; in `fromEnv` what `OAAS_SECRETS_DIR` names}
   */
  readonly secretsDir?: string;
  /**
   * Whether keys, variables and secret files that name no setting are passed
   * over in silence; otherwise each is an error. Arguments always must.
   *
   * @default {false}
   */
  readonly allowUnknown?: boolean;
  /**
   * Whether the files that settings name are checked too: those of a `tls`
   * section must exist, parse and belong together. `false` where a
   * configuration is looked at on a machine that doesn't have them.
   *
   * @default {true}
   */
  readonly checkFiles?: boolean;
  /**
   * The names of the files in a folder, for `secretsDir`; `undefined` when there is no such folder.
   *
   * @default {the file system}
   */
  readonly listFiles?: (path: string) => Promise<readonly string[] | undefined>;
}

/** Options of one {@link ConfigLoader.load}. */
export interface LoadOptions {
  /** Values above those of the loader's own `overrides`. */
  readonly overrides?: object;
  /**
   * The arguments of the program: `--set server.port=8080` and
   * `--set=server.port=8080` are taken, up to `--`; others are left alone.
   */
  readonly args?: readonly string[];
}

/** The folder when none is named. */
const DEFAULT_DIR = "config";

/**
 * Loads a configuration from its layers, see `LAYERS`.
 *
 * @example
 * ```ts
 * import { ConfigLoader, serviceConfigSchema } from "@oprc/config";
 *
 * const files: Record<string, string> = {
 *   "config/default.yaml": "service_name: demo\nserver:\n  port: 8081\n",
 * };
 * const loader = new ConfigLoader("config", "development", {
 *   readFile: (path) => Promise.resolve(files[path]),
 *   env: { OAAS_SERVER__HOST: "0.0.0.0" },
 * });
 * const config = await loader.load(serviceConfigSchema);
 * console.log(config.server.host, config.server.port);
 * console.log(String(await loader.explain()));
 * ```
 */
export class ConfigLoader {
  /** The folder of `default.yaml` and `<environment>.yaml`. */
  readonly configDir: string;
  /** The environment as it was given: one profile, or several such as `production,eu-west`. */
  readonly environment: string;
  /** The profiles of the environment: the files above `default.yaml`, lowest first. */
  readonly profiles: readonly string[];
  /** The folder with one file for each secret, if there is one. */
  readonly secretsDir: string | undefined;
  readonly #read: Omit<ReadOptions, "dirRequired">;
  #dirRequired = true;
  #last: LoadState | undefined;

  /**
   * A loader for one folder and one environment. Nothing is read yet.
   *
   * @param configDir The folder of the files; one of them must exist.
   * @param environment The name of the second file, or several with commas
   * between, of which later ones win. Each must exist, except `development`.
   * @param options Where variables and files come from, and overrides.
   * @throws {TypeError} The environment or the prefix is no such name.
   */
  constructor(configDir: string, environment: string, options: ConfigLoaderOptions = {}) {
    const profiles = profilesOf(environment);
    const wrong = environmentProblem(profiles);
    if (wrong !== undefined) {
      throw new TypeError(`Cannot use ${JSON.stringify(environment)} as environment: it ${wrong}`);
    }
    if (configDir === "") throw new TypeError("Cannot load a configuration: configDir is empty");
    const prefix = options.envPrefix ?? "OAAS";
    if (prefix !== "OAAS") assertPrefix(prefix);
    this.configDir = configDir;
    this.environment = environment;
    this.profiles = profiles;
    this.secretsDir = options.secretsDir;
    this.#read = {
      dir: configDir,
      profiles,
      prefix,
      env: options.env === undefined ? processEnvironment() : fixedEnvironment(options.env),
      readFile: options.readFile ?? readFile,
      mayRead: options.readFile === undefined ? mayRead : () => true,
      // Where files are read otherwise, those of the file system aren't the ones in question.
      mayList: options.listFiles !== undefined
        ? () => true
        : options.readFile === undefined
        ? mayRead
        : () => false,
      envFile: options.envFile,
      secretsDir: options.secretsDir,
      listFiles: options.listFiles ?? listFiles,
      allowUnknown: options.allowUnknown ?? false,
      checkFiles: options.checkFiles ?? true,
      overrides: options.overrides,
    };
  }

  /**
   * A loader for the folder that `OAAS_CONFIG_DIR` names (default `config`)
   * and the environment that `OAAS_ENV` names (default `development`), with
   * the secrets directory that `OAAS_SECRETS_DIR` names (default none). An
   * empty variable counts as none. A `config` folder that isn't named may be missing.
   *
   * @param options Where variables and files come from, and overrides.
   * @throws {ConfigError} `OAAS_ENV` is no name of an environment.
   */
  static fromEnv(options: ConfigLoaderOptions = {}): ConfigLoader {
    const env = options.env === undefined ? processEnvironment() : fixedEnvironment(options.env);
    const prefix = options.envPrefix ?? "OAAS";
    const environment = env.get(`${prefix}_ENV`) || DEFAULT_ENVIRONMENT;
    const wrong = environmentProblem(profilesOf(environment));
    if (wrong !== undefined) {
      throw new ConfigError([
        { code: "invalid_value", path: "", message: wrong, where: `${prefix}_ENV` },
      ]);
    }
    const dir = env.get(`${prefix}_CONFIG_DIR`);
    const secretsDir = options.secretsDir ?? (env.get(`${prefix}_SECRETS_DIR`) || undefined);
    const loader = new ConfigLoader(dir || DEFAULT_DIR, environment, { ...options, secretsDir });
    loader.#dirRequired = Boolean(dir);
    return loader;
  }

  /**
   * Reads every layer anew, merges them and checks the result.
   *
   * @typeParam T The type of the configuration.
   * @param schema A schema of this package, or any Standard Schema. With a
   * schema of another library variables become strings under their
   * lower-cased path, and unknown keys are that schema's business.
   * @param options Overrides and arguments for this load.
   * @throws {ConfigError} With every problem at once.
   * @throws {TypeError} The schema has a field whose variable is reserved.
   */
  async load<T>(schema: StandardSchemaV1<unknown, T>, options: LoadOptions = {}): Promise<T> {
    const { state, issues } = await this.#load(schema, options, this.#read);
    this.#last = state;
    if (issues.length > 0) throw new ConfigError(issues);
    return state.value as T;
  }

  /**
   * Loads, and follows the files, the secrets and a remote layer from there.
   * What changes is checked before it's taken; what isn't right is reported,
   * and the last configuration that was stays. `explain()` explains that one.
   *
   * @example
   * ```ts
   * import { ConfigLoader, serviceConfigSchema } from "@oprc/config";
   *
   * const files = { "config/default.yaml": "service_name: demo\n" };
   * const loader = new ConfigLoader("config", "development", {
   *   env: {},
   *   readFile: (path) => Promise.resolve(files[path as keyof typeof files]),
   * });
   * const watch = await loader.watch(serviceConfigSchema, { settleMs: 0 });
   * files["config/default.yaml"] += "server: {port: 8081}\n";
   * for await (const event of watch) {
   *   if (event.type === "rejected") console.error(event.error.message);
   *   else console.log(event.paths, event.config.server.port); // [ "server.port" ] 8081
   *   break;
   * }
   * ```
   *
   * @typeParam T The type of the configuration.
   * @param schema A schema of this package, or any Standard Schema.
   * @param options How to look, overrides, arguments, a remote layer.
   * @throws {ConfigError} The first load, with every problem at once.
   * @throws {RangeError} An interval is negative.
   */
  async watch<T>(
    schema: StandardSchemaV1<unknown, T>,
    options: WatchOptions = {},
  ): Promise<ConfigWatch<T>> {
    const load = async (files: FileSystem, remote: RemoteState | undefined) => {
      const { state, issues } = await this.#load(schema, { ...options, remote }, files);
      // A failed reload leaves the explanation of what is in use.
      if (issues.length === 0 || this.#last === undefined) this.#last = state;
      if (issues.length > 0) throw new ConfigError(issues);
      return state;
    };
    // A service that runs isn't held up by a slow disk; one that starts waits anyway.
    const { readFile: read, listFiles } = this.#read;
    const { readFileLater } = await import("./_runtime_later.ts");
    const files = { readFile: read === readFile ? readFileLater : read, listFiles };
    const { Watch } = await import("./_watch.ts");
    return await Watch.start<T>(load, files, options);
  }

  async #load(
    schema: StandardSchemaV1,
    options: LoadOptions & { readonly remote?: RemoteState },
    { readFile, listFiles }: FileSystem,
  ): Promise<Awaited<ReturnType<typeof finish>>> {
    const native = asNative(schema);
    if (native !== undefined) assertVariables(this.#read.prefix, native);
    const read: ReadOptions = {
      ...this.#read,
      dirRequired: this.#dirRequired,
      readFile,
      listFiles,
    };
    return await finish(schema, native, await readLayers(native, read, options), read);
  }

  /**
   * Where every value of the last load came from and what it shadowed, also
   * when that load failed. Secrets are not shown.
   *
   * @throws {TypeError} Nothing was loaded yet.
   */
  async explain(): Promise<Explanation> {
    const last = this.#last;
    if (last === undefined) {
      throw new TypeError("Cannot explain the configuration: none was loaded yet");
    }
    // Few programs ask, and none before it has loaded.
    const { explainLoad } = await import("./_explain.ts");
    return await explainLoad(last);
  }
}

/**
 * Loads the configuration that the process's variables point to:
 * `ConfigLoader.fromEnv(options).load(schema, options)`.
 *
 * @typeParam T The type of the configuration.
 * @param schema A schema of this package, or any Standard Schema.
 * @param options Options of the loader and of the load.
 * @throws {ConfigError} With every problem at once.
 */
export async function loadConfig<T>(
  schema: StandardSchemaV1<unknown, T>,
  options: ConfigLoaderOptions & LoadOptions = {},
): Promise<T> {
  return await ConfigLoader.fromEnv(options).load(schema, { args: options.args });
}

async function listFiles(path: string): Promise<readonly string[] | undefined> {
  const later = await import("./_runtime_later.ts");
  return await later.listFiles(path);
}

function assertPrefix(prefix: string): void {
  if (/^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*$/.test(prefix)) return;
  throw new TypeError(
    `Cannot use ${JSON.stringify(prefix)} as prefix: it must be upper case, such as "OAAS"`,
  );
}

function profilesOf(environment: string): string[] {
  return environment.split(",").map((name) => name.trim());
}

/** What is wrong with the profiles of an environment, which become names of files. */
function environmentProblem(profiles: readonly string[]): string | undefined {
  for (let index = 0; index < profiles.length; index++) {
    const name = profiles[index]!;
    if (!isProfile(name)) {
      return "must be letters, digits, dots, dashes and underscores, such as production, " +
        "or several such names with commas between";
    }
    if (name === "default") return "must not be default, which is the file below all others";
    if (profiles.indexOf(name) !== index) return `names ${name} twice`;
  }
}

/** Without an expression, which takes a hundredth of a whole program's start with a load. */
function isProfile(name: string): boolean {
  const last = name.length - 1;
  for (let at = 0; at <= last; at++) {
    if (isPlain(name[at])) continue;
    if (at === 0 || at === last || !"._-".includes(name[at]!)) return false;
  }
  return name !== "" && last < 64;
}

// --- Reading and merging the layers

export interface ReadOptions extends FileOptions, FileValueOptions {
  readonly env: Environment;
  readonly overrides: object | undefined;
  readonly allowUnknown: boolean;
  readonly checkFiles: boolean;
}

export interface Layers {
  readonly root: Branch;
  readonly problems: Problems;
  readonly secrets: Secrets;
  readonly sources: readonly ExplainedSource[];
  /** Whether a list asks for the values below it. */
  readonly joins: boolean;
}

/** What one load asks for besides. */
interface LoadInputs {
  readonly overrides?: object;
  readonly args?: readonly string[];
  readonly remote?: RemoteState;
}

/** The layers as far as they are read, from the lowest up. */
interface Reading {
  readonly schema: Schema<unknown> | undefined;
  readonly options: ReadOptions;
  readonly problems: Problems;
  readonly sources: ExplainedSource[];
  readonly layered: { joins: boolean };
  /** What `.env` says, which `${NAME}` in files may mean too. */
  readonly entries: readonly DotenvEntry[];
  lookup?: Lookup;
  root: Branch;
}

// Each layer is a function of its own, and what most loads have no use for is loaded by
// those that have: a start is mostly loading and compiling code.
async function readLayers(
  schema: Schema<unknown> | undefined,
  options: ReadOptions,
  { overrides, args, remote }: LoadInputs,
): Promise<Layers> {
  const problems = new Problems(options);
  const { base, profiles, dotenv } = await readFiles(options, problems);
  const reading: Reading = {
    schema,
    options,
    problems,
    sources: [],
    layered: { joins: false },
    entries: dotenv?.text === undefined ? [] : await readDotenv(dotenv.text),
    root: branch({ source: { layer: "base", name: base.path }, at: [] }),
  };
  await addFile(reading, base);
  for (const file of profiles) await addFile(reading, file);
  if (options.secretsDir !== undefined) await addSecrets(reading);
  if (remote !== undefined) await addRemote(reading, remote);
  if (dotenv !== undefined) await addDotenv(reading, dotenv);
  await addProcess(reading);
  if (options.overrides !== undefined) addOverrides(reading, options.overrides);
  if (overrides !== undefined) addOverrides(reading, overrides);
  if ((options.overrides ?? overrides) !== undefined) {
    reading.sources.push({ layer: "overrides", where: "overrides", state: "read" });
  }
  if (args !== undefined) await addArguments(reading, args);
  const { root, sources, layered } = reading;
  return { root, problems, secrets: new Secrets(), sources, joins: layered.joins };
}

function add(reading: Reading, node: Node | undefined): void {
  if (node !== undefined) reading.root = merge(reading.root, node) as Branch;
}

/** What normalizing one layer needs: each has room of its own. */
function context({ schema, problems, layered }: Reading, expand?: Context["expand"]): Context {
  return { problems, root: schema, expand, budget: { left: MAX_VALUES }, layered };
}

/** The same where values may name variables. */
async function expanding(reading: Reading, style: Style): Promise<Context> {
  const { expander, lookupIn } = await import("./_lookup.ts");
  const { env } = reading.options;
  reading.lookup ??= lookupIn(env, reading.entries);
  return context(reading, expander(reading.lookup, style, env, reading.problems));
}

async function addFile(reading: Reading, { layer, path, state, text }: File): Promise<void> {
  reading.sources.push({ layer, where: path, state });
  if (text === undefined) return;
  // Escapes in double quotes can spell a `$`.
  const expandable = text.includes("$") || text.includes("\\");
  const within = expandable ? await expanding(reading, { dotenv: false }) : context(reading);
  add(reading, await fromYaml(reading.schema, { layer, name: path, yaml: text }, within));
}

async function readDotenv(text: string): Promise<DotenvEntry[]> {
  const { parseDotenv } = await import("./_dotenv.ts");
  return parseDotenv(text);
}

async function addVariables(
  reading: Reading,
  source: Source,
  given: readonly Variable[],
): Promise<void> {
  const { schema, options } = reading;
  const expandable = given.some((each) => each.expandable && each.text.includes("$"));
  const within = expandable ? await expanding(reading, { dotenv: true }) : context(reading);
  const variables = given.some(({ name }) => name.endsWith(FILE_SUFFIX))
    ? await withFiles(given, reading, within)
    : given;
  bounded(source, reading.problems, () => {
    add(reading, fromVariables(options.prefix, schema, variables, reading.root, within));
  });
}

/** The variables with what the files hold that some of them name. */
async function withFiles(
  variables: readonly Variable[],
  { schema, root, options }: Reading,
  within: Context,
): Promise<readonly Variable[]> {
  const { readFileVariables } = await import("./_file_values.ts");
  return await readFileVariables(variables, schema, root, options, within);
}

async function addSecrets(reading: Reading): Promise<void> {
  const { schema, options, problems } = reading;
  const { readSecrets } = await import("./_file_values.ts");
  const { source, variables } = await readSecrets(options, problems);
  reading.sources.push(source);
  bounded({ layer: "secrets", name: source.where }, problems, () => {
    add(reading, fromVariables(options.prefix, schema, variables, reading.root, context(reading)));
  });
}

async function addRemote(reading: Reading, { name, values }: RemoteState): Promise<void> {
  const { fromPaths } = await import("./_arguments.ts");
  reading.sources.push({ layer: "remote", where: name, state: "read" });
  bounded({ layer: "remote", name }, reading.problems, () => {
    for (const node of fromPaths(reading.schema, name, values, context(reading))) {
      add(reading, node);
    }
  });
}

async function addDotenv(reading: Reading, { layer, path, state }: File): Promise<void> {
  const { entries, options, problems, sources } = reading;
  sources.push({ layer, where: path, state });
  const variables: Variable[] = [];
  for (const { name, value, position, expandable } of entries) {
    if (!name.startsWith(`${options.prefix}_`)) continue;
    const source: Source = { layer, name: path, position };
    if (reservedNames(options.prefix).includes(name)) {
      problems.add({
        code: "invalid_value",
        path: [],
        message: `${name} is read from the variables of the process only, not from here`,
        origin: { source, at: [] },
        point: "key",
      });
    } else variables.push({ name, text: value, expandable, source });
  }
  await addVariables(reading, { layer, name: path }, variables);
}

async function addProcess(reading: Reading): Promise<void> {
  const { schema, options: { prefix, env }, root } = reading;
  const names = env.names();
  const state = names === undefined ? "named only" : "read";
  const source: Source = { layer: "variables", name: `${prefix}_*` };
  reading.sources.push({ layer: "variables", where: source.name, state });
  const reserved = reservedNames(prefix);
  const variables: Variable[] = [];
  for (const name of names ?? namesToAsk(prefix, schema, root)) {
    if (!name.startsWith(`${prefix}_`) || reserved.includes(name)) continue;
    const text = env.get(name);
    if (text === undefined) continue;
    variables.push({ name, text, expandable: false, source: { layer: "variables", name } });
  }
  await addVariables(reading, source, variables);
}

/** What a process asks for by name that may not list its variables. */
function namesToAsk(
  prefix: string,
  schema: Schema<unknown> | undefined,
  root: Branch,
): Set<string> {
  const known = [...variableNames(prefix, schema, root).keys()];
  return new Set([...known, ...known.map((name) => `${name}${FILE_SUFFIX}`)]);
}

function addOverrides(reading: Reading, overrides: object): void {
  if (!isMapping(overrides)) {
    throw new TypeError("Cannot load a configuration: overrides must be a plain object");
  }
  const source: Source = { layer: "overrides", name: "overrides" };
  bounded(source, reading.problems, () => {
    add(reading, fromValue(reading.schema, overrides, { source, at: [] }, [], context(reading)));
  });
}

async function addArguments(reading: Reading, args: readonly string[]): Promise<void> {
  reading.sources.push({ layer: "arguments", where: "--set", state: "read" });
  if (!args.some((arg) => arg.startsWith("--set"))) return;
  const { fromArguments } = await import("./_arguments.ts");
  bounded({ layer: "arguments", name: "--set" }, reading.problems, () => {
    for (const node of fromArguments(reading.schema, args, context(reading))) add(reading, node);
  });
}

/** Runs a step, and reports one that goes beyond what a configuration can be. */
function bounded(source: Source, problems: Problems, run: () => void): void {
  try {
    run();
  } catch (error) {
    if (!(error instanceof TooLarge)) throw error;
    const { message } = error;
    const origin = { source, at: [] };
    problems.add({ code: "malformed", path: [], message, origin, point: "key" });
  }
}

// --- The files: reading them, what they say, and what to say of those that aren't there

/** The environment when none is named. */
const DEFAULT_ENVIRONMENT = "development";

interface FileOptions {
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

interface File {
  readonly layer: LayerName;
  readonly path: string;
  readonly text: string | undefined;
  readonly state: ExplainedSource["state"];
  /** Why it can't be read. */
  readonly failure?: string;
}

/** The files by rising precedence. */
interface Files {
  readonly base: File;
  readonly profiles: readonly File[];
  readonly dotenv: File | undefined;
}

async function readFiles(options: FileOptions, problems: Problems): Promise<Files> {
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

/** A layer that is YAML. */
type YamlSource = Source & { readonly yaml: string };

/** The nodes of a file, or undefined when it says nothing or can't be used. */
async function fromYaml(
  schema: Schema<unknown> | undefined,
  source: YamlSource,
  context: Context,
): Promise<Node | undefined> {
  const { yaml } = source;
  const oversized = tooMuch(yaml);
  if (oversized !== undefined) return refuse(oversized, unplaced(source), context);
  let value: unknown;
  try {
    value = parse(yaml);
  } catch (error) {
    return await refuseMalformed(error, source, context);
  }
  if (yaml.includes("\t") && await refuseTabs(source, context)) return undefined;
  if (value === null || value === undefined) return undefined;
  if (!isMapping(value)) return refuseOther(value, source, context);
  try {
    return fromValue(schema, value, { source, at: [] }, [], context);
  } catch (error) {
    if (!(error instanceof TooLarge)) throw error;
    return refuse(error.message, unplaced(source), context);
  }
}

function refuse(message: string, source: Source, { problems }: Context): undefined {
  const origin = { source, at: [] };
  problems.add({ code: "malformed", path: [], message, origin, point: "value" });
}

function refuseOther(value: unknown, source: Source, context: Context): undefined {
  const found = Array.isArray(value) ? "a list" : "a single value";
  return refuse(`must be a mapping of settings, found ${found}`, source, context);
}

/** The source without its text, in which no place is to be looked for, or only a known one. */
function unplaced({ layer, name }: Source, position?: Position): Source {
  return { layer, name, position };
}

async function refuseMalformed(
  error: unknown,
  source: YamlSource,
  context: Context,
): Promise<undefined> {
  const { explainMalformed } = await import("./_malformed.ts");
  const { message, position } = await explainMalformed(source.yaml, error);
  return refuse(message, unplaced(source, position), context);
}

/** Whether tabs indent the text, which is reported then. */
async function refuseTabs(source: YamlSource, context: Context): Promise<boolean> {
  if (!/^ *\t/m.test(source.yaml)) return false;
  const { findTabIndent } = await import("./_malformed.ts");
  const found = await findTabIndent(source.yaml);
  if (found === undefined) return false;
  refuse(found.message, unplaced(source, found.position), context);
  return true;
}

function tooMuch(text: string): string | undefined {
  if (text.length > MAX_FILE_BYTES) return `is larger than ${MAX_FILE_BYTES} bytes`;
  return text.includes("*") ? tooManyAliases(text) : undefined;
}

function tooManyAliases(text: string): string | undefined {
  // Merge keys copy what an alias names, and a list as a key becomes one text.
  if (!/<<|\]\s*:|\?\s/.test(text)) return undefined;
  const aliases = text.match(/\*[^\s,[\]{}]/g)?.length ?? 0;
  return aliases * text.length > MAX_ALIAS_WORK ? "has too many aliases to merge" : undefined;
}
