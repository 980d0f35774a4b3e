/** Reading and merging the layers between the defaults and the check. */
import type { ExplainedSource } from "./explanation.ts";
import { type File, type FileOptions, readFiles } from "./_files.ts";
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
import { fromYaml } from "./_yaml_file.ts";

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

export async function readLayers(
  schema: Schema<unknown> | undefined,
  options: ReadOptions,
  load: {
    readonly overrides?: object;
    readonly args?: readonly string[];
    readonly remote?: RemoteState;
  },
): Promise<Layers> {
  const problems = new Problems({ allowUnknown: options.allowUnknown });
  const sources: ExplainedSource[] = [];
  const { base, profiles, dotenv } = await readFiles(options, problems);
  const entries = dotenv?.text === undefined
    ? []
    : (await import("./_dotenv.ts")).parseDotenv(dotenv.text);

  let root: Branch = branch({ source: { layer: "base", name: base.path }, at: [] });
  const add = (node: Node | undefined) => {
    if (node !== undefined) root = merge(root, node) as Branch;
  };
  const layered = { joins: false };
  const context = (expand?: Context["expand"]): Context => ({
    problems,
    root: schema,
    expand,
    budget: { left: MAX_VALUES },
    layered,
  });
  // What most loads have no use for is loaded by those that have: a start is mostly loading code.
  let lookup: Lookup | undefined;
  const expanding = async (style: Style): Promise<Context> => {
    const { expander, lookupIn } = await import("./_lookup.ts");
    lookup ??= lookupIn(options.env, entries);
    return context(expander(lookup, style, options.env, problems));
  };
  const addVariables = async (source: Source, given: readonly Variable[]) => {
    const expandable = given.some((each) => each.expandable && each.text.includes("$"));
    const reading = expandable ? await expanding({ dotenv: true }) : context();
    let variables = given;
    if (given.some(({ name }) => name.endsWith(FILE_SUFFIX))) {
      const { readFileVariables } = await import("./_file_values.ts");
      variables = await readFileVariables(given, schema, root, options, reading);
    }
    bounded(source, problems, () => {
      add(fromVariables(options.prefix, schema, variables, root, reading));
    });
  };

  for (const file of [base, ...profiles]) {
    sources.push({ layer: file.layer, where: file.path, state: file.state });
    if (file.text === undefined) continue;
    const source = { layer: file.layer, name: file.path, yaml: file.text };
    // Escapes in double quotes can spell a `$`.
    const expandable = file.text.includes("$") || file.text.includes("\\");
    const reading = expandable ? await expanding({ dotenv: false }) : context();
    add(await fromYaml(schema, source, reading));
  }
  if (options.secretsDir !== undefined) {
    const { readSecrets } = await import("./_file_values.ts");
    const { source, variables } = await readSecrets(options, problems);
    sources.push(source);
    bounded({ layer: "secrets", name: source.where }, problems, () => {
      add(fromVariables(options.prefix, schema, variables, root, context()));
    });
  }
  if (load.remote !== undefined) {
    const { name, values } = load.remote;
    const { fromPaths } = await import("./_arguments.ts");
    sources.push({ layer: "remote", where: name, state: "read" });
    bounded({ layer: "remote", name }, problems, () => {
      for (const node of fromPaths(schema, name, values, context())) add(node);
    });
  }
  if (dotenv !== undefined) {
    sources.push({ layer: "dotenv", where: dotenv.path, state: dotenv.state });
    await addVariables({ layer: "dotenv", name: dotenv.path }, ofDotenv(dotenv));
  }
  const names = options.env.names();
  const source: Source = { layer: "variables", name: `${options.prefix}_*` };
  sources.push({
    layer: "variables",
    where: source.name,
    state: names === undefined ? "named only" : "read",
  });
  await addVariables(source, ofProcess(names ?? namesToAsk()));

  const all = [options.overrides, load.overrides].filter((each) => each !== undefined);
  for (const overrides of all) {
    if (!isMapping(overrides)) {
      throw new TypeError("Cannot load a configuration: overrides must be a plain object");
    }
    const source: Source = { layer: "overrides", name: "overrides" };
    bounded(source, problems, () => {
      add(fromValue(schema, overrides, { source, at: [] }, [], context()));
    });
  }
  if (all.length > 0) sources.push({ layer: "overrides", where: "overrides", state: "read" });
  if (load.args !== undefined) {
    const { args } = load;
    sources.push({ layer: "arguments", where: "--set", state: "read" });
    if (args.some((arg) => arg.startsWith("--set"))) {
      const { fromArguments } = await import("./_arguments.ts");
      bounded({ layer: "arguments", name: "--set" }, problems, () => {
        for (const node of fromArguments(schema, args, context())) add(node);
      });
    }
  }
  return { root, problems, secrets: new Secrets(), sources, joins: layered.joins };

  /** What to ask for by name where the process may not list its variables. */
  function namesToAsk(): ReadonlySet<string> {
    const known = [...variableNames(options.prefix, schema, root).keys()];
    return new Set([...known, ...known.map((name) => `${name}${FILE_SUFFIX}`)]);
  }

  function ofDotenv({ layer, path }: File): Variable[] {
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
    return variables;
  }

  function ofProcess(names: Iterable<string>): Variable[] {
    const variables: Variable[] = [];
    for (const name of names) {
      if (!name.startsWith(`${options.prefix}_`)) continue;
      if (reservedNames(options.prefix).includes(name)) continue;
      const text = options.env.get(name);
      if (text === undefined) continue;
      variables.push({ name, text, expandable: false, source: { layer: "variables", name } });
    }
    return variables;
  }
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
