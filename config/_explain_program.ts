/** The program behind `@oprc/config/explain`. */
import { asNative, jsonSchema, toEnvExample } from "./schema.ts";
import { type ExplainedSource, isConfigError } from "./values.ts";
import { ConfigLoader, type ConfigLoaderOptions } from "./loader.ts";
import { isFile, workingDirectory } from "./_runtime_later.ts";
import type { StandardSchemaV1 } from "./standard_schema.ts";

/** What {@link explainProgram} works with. */
export interface ExplainProgramOptions {
  /** The arguments, without the program's name. */
  readonly args: readonly string[];
  /** Takes what is asked for: the standard output. */
  readonly write: (text: string) => void;
  /** Takes problems and remarks: the standard error. */
  readonly warn: (text: string) => void;
  /** The variables and files that the loader reads; those of the process when left out. */
  readonly loader?: Pick<ConfigLoaderOptions, "env" | "readFile" | "listFiles">;
}

const USAGE = `Prints where every value of a configuration comes from.

  --dir <folder>       folder of the files (OAAS_CONFIG_DIR, or config)
  --env <profiles>     environment, such as production or production,eu-west (OAAS_ENV)
  --schema <module>    module that exports the schema, such as ./config.ts or
                       ./config.ts#mySchema (config.ts, if there is one)
  --set <path=value>   a value above all others, as the service takes it
  --env-file <file>    in place of .env
  --secrets-dir <dir>  folder with one file for each secret (OAAS_SECRETS_DIR)
  --prefix <prefix>    what variables begin with (OAAS)
  --skip-files         don't check files that settings name, such as certificates
  --json               as JSON, in place of a table
  --json-schema        print a JSON Schema of the files instead, for editors
  --values-schema      print a JSON Schema of the whole configuration instead
  --env-example        print a .env.example instead
  --help               this text`;

const WITH_VALUE = ["dir", "env", "schema", "set", "env-file", "secrets-dir", "prefix"];
const WITHOUT = ["skip-files", "json", "json-schema", "values-schema", "env-example", "help"];

/** Wrong arguments, or a module without a schema. */
class Misuse extends Error {}

/**
 * Runs the program: prints what the arguments ask for.
 *
 * @param options The arguments, and where output goes.
 * @returns The exit code: 0, 1 when the configuration isn't valid, 2 when the arguments aren't.
 */
export async function explainProgram(options: ExplainProgramOptions): Promise<number> {
  try {
    return await run(options);
  } catch (error) {
    if (error instanceof Misuse) {
      options.warn(`${error.message}\nRun with --help for the options`);
      return 2;
    }
    if (!isConfigError(error)) throw error;
    options.warn(error.message);
    return 1;
  }
}

async function run({ args, write, warn, loader: given }: ExplainProgramOptions): Promise<number> {
  const { flags, settings } = read(args);
  if (flags.has("help")) {
    write(USAGE);
    return 0;
  }
  const schema = await findSchema(flags.get("schema"), warn);
  const native = asNative(schema);
  const envPrefix = flags.get("prefix");
  if (["json-schema", "values-schema", "env-example"].some((name) => flags.has(name))) {
    if (native === undefined) {
      throw new Misuse("Cannot print that for a schema of another library, or for none");
    }
    if (flags.has("env-example")) write(toEnvExample(native, { envPrefix }).trimEnd());
    else {
      const complete = flags.has("values-schema");
      write(JSON.stringify(jsonSchema(native, { complete }), null, 2));
    }
    return 0;
  }
  const options: ConfigLoaderOptions = {
    ...given,
    ...(envPrefix === undefined ? {} : { envPrefix }),
    ...(flags.has("env-file") ? { envFile: flags.get("env-file")! } : {}),
    ...(flags.has("secrets-dir") ? { secretsDir: flags.get("secrets-dir")! } : {}),
    checkFiles: !flags.has("skip-files"),
  };
  const loader = makeLoader(flags.get("dir"), flags.get("env"), options);
  let problems: string | undefined;
  try {
    await loader.load(schema, { args: settings.flatMap((text) => ["--set", text]) });
  } catch (error) {
    if (!isConfigError(error)) throw error;
    problems = error.message;
  }
  const explanation = await loader.explain();
  write(
    flags.has("json")
      ? JSON.stringify(explanation, null, 2)
      : `${explanation}\n\n${formatSources(explanation.sources)}`,
  );
  if (problems === undefined) return 0;
  warn(problems);
  return 1;
}

function makeLoader(
  dir: string | undefined,
  environment: string | undefined,
  options: ConfigLoaderOptions,
): ConfigLoader {
  try {
    const found = ConfigLoader.fromEnv(options);
    if (dir === undefined && environment === undefined) return found;
    return new ConfigLoader(dir ?? found.configDir, environment ?? found.environment, {
      ...options,
      secretsDir: found.secretsDir,
    });
  } catch (error) {
    if (error instanceof TypeError) throw new Misuse(error.message, { cause: error });
    throw error;
  }
}

/** What was looked at: `read: config/default.yaml, OAAS_*`, a line for each state. */
function formatSources(sources: readonly ExplainedSource[]): string {
  const states = new Map<string, string[]>();
  for (const { where, state } of sources) states.set(state, [...states.get(state) ?? [], where]);
  return [...states].map(([state, places]) => `${state}: ${places.join(", ")}`).join("\n");
}

interface Arguments {
  readonly flags: ReadonlyMap<string, string>;
  readonly settings: readonly string[];
}

function read(args: readonly string[]): Arguments {
  const flags = new Map<string, string>();
  const settings: string[] = [];
  for (let index = 0; index < args.length; index++) {
    const [, name = "", inline] = /^--([a-z-]+)(?:=([\s\S]*))?$/.exec(args[index]!) ?? [];
    if (WITHOUT.includes(name) && inline === undefined) {
      flags.set(name, "");
      continue;
    }
    // What isn't known may be a secret that went astray, and isn't shown.
    if (!WITH_VALUE.includes(name)) {
      throw new Misuse(
        `Cannot use argument ${index + 1}: it is no option, or has a value that it can't have`,
      );
    }
    const value = inline ?? args[++index];
    if (value === undefined) throw new Misuse(`Cannot use --${name} without a value`);
    if (name === "set") settings.push(value);
    else if (flags.has(name)) throw new Misuse(`Cannot use --${name} twice`);
    else flags.set(name, value);
  }
  return { flags, settings };
}

/** Takes any configuration, when nobody says what is right. */
const ANYTHING: StandardSchemaV1 = {
  "~standard": { version: 1, vendor: "", validate: (value) => ({ value }) },
};

async function findSchema(
  given: string | undefined,
  warn: (text: string) => void,
): Promise<StandardSchemaV1> {
  if (given !== undefined) {
    const [, path, name] = /^(.*?)(?:#([^#]*))?$/s.exec(given)!;
    return await importSchema(path!, name);
  }
  for (const path of ["config.ts", "config.js", "config.mjs"]) {
    if (await isFile(path)) return await importSchema(path, undefined);
  }
  warn("No schema: types and defaults aren't known; name one with --schema ./config.ts");
  return ANYTHING;
}

async function importSchema(path: string, name: string | undefined): Promise<StandardSchemaV1> {
  const address = /^[a-z][a-z0-9+.-]+:/.test(path) ? path : `${workingDirectory()}${path}`;
  let module: Readonly<Record<string, unknown>>;
  try {
    module = await import(new URL(address).href);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Misuse(`Cannot import the schema from ${path}: ${reason}`, { cause });
  }
  const names = Object.keys(module).filter((key) => isSchema(module[key]));
  if (name !== undefined) {
    if (names.includes(name)) return module[name] as StandardSchemaV1;
    throw new Misuse(`Cannot find the schema ${name} in ${path}: ${offer(path, names)}`);
  }
  // A module of settings often exports the schemas of its sections as well.
  for (const choice of [["default"], names, names.filter((key) => /config_?schema$/i.test(key))]) {
    const [only, ...others] = choice.filter((key) => names.includes(key));
    if (only !== undefined && others.length === 0) return module[only] as StandardSchemaV1;
  }
  throw new Misuse(`Cannot choose a schema in ${path}: ${offer(path, names)}`);
}

function offer(path: string, names: readonly string[]): string {
  if (names.length === 0) return "it exports none";
  return `say ${names.map((name) => `--schema ${path}#${name}`).join(" or ")}`;
}

function isSchema(value: unknown): value is StandardSchemaV1 {
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return false;
  return typeof (value as Partial<StandardSchemaV1>)["~standard"]?.validate === "function";
}
