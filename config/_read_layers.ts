/** Reading and merging the layers between the defaults and the check. */
import type { ExplainedSource } from "./explanation.ts";
import { type File, type FileOptions, fromYaml, readFiles } from "./_files.ts";
import type { DotenvEntry } from "./_dotenv.ts";
import type { FileValueOptions } from "./_file_values.ts";
import type { Lookup, Style } from "./_expand.ts";
import { type Context, fromValue, isMapping, MAX_VALUES, TooLarge } from "./_normalize.ts";
import { Problems } from "./_problems.ts";
import { Secrets } from "./_redact.ts";
import type { Environment } from "./_runtime.ts";
import type { Schema } from "./schema.ts";
import type { RemoteState } from "./_watch.ts";
import { type Branch, branch, merge, type Node, type Source } from "./_tree.ts";
import {
  FILE_SUFFIX,
  fromVariables,
  reservedNames,
  type Variable,
  variableNames,
} from "./_variables.ts";

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
export interface LoadInputs {
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
export async function readLayers(
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
    entries: dotenv?.text === undefined
      ? []
      : (await import("./_dotenv.ts")).parseDotenv(dotenv.text),
    root: branch({ source: { layer: "base", name: base.path }, at: [] }),
  };
  await addFile(reading, base);
  for (const file of profiles) await addFile(reading, file);
  if (options.secretsDir !== undefined) await addSecrets(reading);
  if (remote !== undefined) await addRemote(reading, remote);
  if (dotenv !== undefined) await addDotenv(reading, dotenv);
  await addProcess(reading);
  const given = [options.overrides, overrides].filter((each) => each !== undefined);
  for (const each of given) addOverrides(reading, each);
  if (given.length > 0) {
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

async function addVariables(
  reading: Reading,
  source: Source,
  given: readonly Variable[],
): Promise<void> {
  const { schema, options } = reading;
  const expandable = given.some((each) => each.expandable && each.text.includes("$"));
  const within = expandable ? await expanding(reading, { dotenv: true }) : context(reading);
  let variables = given;
  if (given.some(({ name }) => name.endsWith(FILE_SUFFIX))) {
    const { readFileVariables } = await import("./_file_values.ts");
    variables = await readFileVariables(given, schema, reading.root, options, within);
  }
  bounded(source, reading.problems, () => {
    add(reading, fromVariables(options.prefix, schema, variables, reading.root, within));
  });
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
  let names: Iterable<string> | undefined = env.names();
  const state = names === undefined ? "named only" : "read";
  const source: Source = { layer: "variables", name: `${prefix}_*` };
  reading.sources.push({ layer: "variables", where: source.name, state });
  if (names === undefined) {
    // A process that may not list its variables asks for each by name.
    const known = [...variableNames(prefix, schema, root).keys()];
    names = new Set([...known, ...known.map((name) => `${name}${FILE_SUFFIX}`)]);
  }
  const reserved = reservedNames(prefix);
  const variables: Variable[] = [];
  for (const name of names) {
    if (!name.startsWith(`${prefix}_`) || reserved.includes(name)) continue;
    const text = env.get(name);
    if (text === undefined) continue;
    variables.push({ name, text, expandable: false, source: { layer: "variables", name } });
  }
  await addVariables(reading, source, variables);
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
    problems.add({
      code: "malformed",
      path: [],
      message,
      origin: { source, at: [] },
      point: "key",
    });
  }
}
