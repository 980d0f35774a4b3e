import { ConfigError } from "./errors.ts";
import { DEFAULT_ENVIRONMENT } from "./_files.ts";
import type { Explanation } from "./explanation.ts";
import { readLayers, type ReadOptions } from "./_read_layers.ts";
import { finish, type LoadState } from "./_check.ts";
import type { FileSystem } from "./_recorder.ts";
import { asNative } from "./_make.ts";
import {
  fixedEnvironment,
  listFiles,
  mayRead,
  processEnvironment,
  readFile,
  readFileLater,
} from "./_runtime.ts";
import { assertVariables } from "./_variables.ts";
import type { RemoteState } from "./_watch.ts";
import type { StandardSchemaV1 } from "./standard_schema.ts";
import type { ConfigWatch, WatchOptions } from "./watch.ts";

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
    const profiles = environment.split(",").map((name) => name.trim());
    const wrong = environmentProblem(profiles);
    if (wrong !== undefined) {
      throw new TypeError(`Cannot use ${JSON.stringify(environment)} as environment: it ${wrong}`);
    }
    if (configDir === "") throw new TypeError("Cannot load a configuration: configDir is empty");
    const prefix = options.envPrefix ?? "OAAS";
    if (prefix !== "OAAS" && !/^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*$/.test(prefix)) {
      throw new TypeError(
        `Cannot use ${JSON.stringify(prefix)} as prefix: it must be upper case, such as "OAAS"`,
      );
    }
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
    const wrong = environmentProblem(environment.split(",").map((name) => name.trim()));
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

/** What is wrong with the profiles of an environment, which become names of files. */
function environmentProblem(profiles: readonly string[]): string | undefined {
  for (const [index, name] of profiles.entries()) {
    if (!/^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,62}[A-Za-z0-9])?$/.test(name)) {
      return "must be letters, digits, dots, dashes and underscores, such as production, " +
        "or several such names with commas between";
    }
    if (name === "default") return "must not be default, which is the file below all others";
    if (profiles.indexOf(name) !== index) return `names ${name} twice`;
  }
}
