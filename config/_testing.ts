/** What the tests of this package share: files and variables that exist only in memory. */
import { type ConfigError, type ConfigIssue, isConfigError } from "./values.ts";
import { ConfigLoader, type ConfigLoaderOptions } from "./loader.ts";

export type Texts = Readonly<Record<string, string>>;

/** A reader of files that exist only here. */
export function readerOf(files: Texts): (path: string) => Promise<string | undefined> {
  return (path) => Promise.resolve(Object.hasOwn(files, path) ? files[path] : undefined);
}

/** The names of the files in a folder that exists only here. */
export function listerOf(files: Texts): (path: string) => Promise<string[] | undefined> {
  return (path) => {
    const inside = Object.keys(files).filter((name) => name.startsWith(`${path}/`));
    const names = inside.map((name) => name.slice(path.length + 1));
    return Promise.resolve(names.length === 0 ? undefined : names);
  };
}

/** A loader for `config` and `development` over files and variables that exist only here. */
export function loaderOf(
  files: Texts,
  env: Texts = {},
  options: Omit<ConfigLoaderOptions, "env" | "readFile"> = {},
): ConfigLoader {
  return ConfigLoader.fromEnv({
    ...options,
    env,
    readFile: readerOf(files),
    listFiles: listerOf(files),
  });
}

/** The error that a load ends in. */
export async function errorOf(load: Promise<unknown>): Promise<ConfigError> {
  try {
    await load;
  } catch (error) {
    if (isConfigError(error)) return error;
    throw error;
  }
  throw new Error("the configuration was taken");
}

/** The lines of the error that a load ends in. */
export async function linesOf(load: Promise<unknown>): Promise<string[]> {
  return (await errorOf(load)).message.split("\n");
}

/** The issues of the error that a load ends in. */
export async function issuesOf(load: Promise<unknown>): Promise<readonly ConfigIssue[]> {
  return (await errorOf(load)).issues;
}
