/** Reading and merging the layers between the defaults and the check. */
import type { ExplainedSource } from "./explanation.ts";
import { expand, type Lookup, type Style } from "./_expand.ts";
import { parseDotenv } from "./_dotenv.ts";
import type { LayerName } from "./layers.ts";
import {
  type Context,
  type Expanded,
  fromValue,
  isMapping,
  MAX_VALUES,
  TooLarge,
} from "./_normalize.ts";
import type { Path } from "./_names.ts";
import { Problems } from "./_problems.ts";
import { Secrets } from "./_redact.ts";
import { type Environment, mayRead, readFile } from "./_runtime.ts";
import type { Schema } from "./schema.ts";
import { type Branch, branch, merge, type Node, type Origin, type Source } from "./_tree.ts";
import {
  fromArguments,
  fromVariables,
  reservedNames,
  type Variable,
  variableNames,
} from "./_variables.ts";
import { fromYaml } from "./_yaml_file.ts";

export interface ReadOptions {
  readonly dir: string;
  readonly environment: string;
  readonly environmentRequired: boolean;
  readonly dirRequired: boolean;
  readonly prefix: string;
  readonly env: Environment;
  readonly readFile: ((path: string) => Promise<string | undefined>) | undefined;
  readonly envFile: string | false | undefined;
  readonly overrides: object | undefined;
}

export interface Layers {
  readonly root: Branch;
  readonly problems: Problems;
  readonly secrets: Secrets;
  readonly sources: readonly ExplainedSource[];
}

interface File {
  readonly layer: LayerName;
  readonly path: string;
  readonly text: string | undefined;
  readonly state: ExplainedSource["state"];
  /** Why it can't be read. */
  readonly failure?: string;
}

export async function readLayers(
  schema: Schema<unknown> | undefined,
  options: ReadOptions,
  load: { readonly overrides?: object; readonly args?: readonly string[] },
): Promise<Layers> {
  const folder = options.dir.replace(/(?<=.)[/\\]+$/, "");
  const base = `${folder}/default.yaml`;
  const [lower, upper, dotenv] = await Promise.all([
    read("base", base, options),
    read("environment", `${folder}/${options.environment}.yaml`, options),
    readEnvFile(options),
  ]);
  const problems = new Problems();
  const secrets = new Secrets();
  const sources: ExplainedSource[] = [];
  await reportFiles(folder, lower, upper, dotenv, options, problems);

  const place = (source: Source): Origin => ({ source, at: [] });
  let root: Branch = branch(place({ layer: "base", name: base }));
  const add = (node: Node | undefined) => {
    if (node !== undefined) root = merge(root, node) as Branch;
  };
  const fresh = (expanding?: Context["expand"]): Context => ({
    problems,
    root: schema,
    expand: expanding,
    budget: { left: MAX_VALUES },
  });

  const entries = dotenv?.text === undefined ? [] : parseDotenv(dotenv.text);
  const lookup = lookupIn(options.env, new Map(entries.map((entry) => [entry.name, entry])));
  for (const file of [lower, upper]) {
    sources.push({ layer: file.layer, where: file.path, state: file.state });
    if (file.text === undefined) continue;
    const source = {
      layer: file.layer,
      name: file.path,
      yaml: file.text.replace(/^\uFEFF/, ""),
    };
    add(
      fromYaml(schema, source, fresh(expander(lookup, { dotenv: false }, options.env, problems))),
    );
  }

  const wanted = `${options.prefix}_`;
  const reserved = reservedNames(options.prefix);
  if (dotenv !== undefined) {
    sources.push({ layer: "dotenv", where: dotenv.path, state: dotenv.state });
    const expanding = expander(lookup, { dotenv: true }, options.env, problems);
    const variables: Variable[] = [];
    for (const entry of entries.filter(({ name }) => name.startsWith(wanted))) {
      const source: Source = { layer: "dotenv", name: dotenv.path, position: entry.position };
      if (reserved.includes(entry.name)) {
        problems.add({
          code: "invalid_value",
          path: [],
          message: `${entry.name} is read from the process's variables only, not from here`,
          origin: place(source),
          point: "key",
        });
        continue;
      }
      const result = entry.expandable ? expanding(entry.value, place(source), []) : undefined;
      variables.push({
        name: entry.name,
        text: result === null ? null : result?.text ?? entry.value,
        secret: result?.secret ?? false,
        source,
      });
    }
    guarded(() => add(fromVariables(options.prefix, schema, variables, root, fresh())));
  }

  const names = options.env.names();
  sources.push({
    layer: "variables",
    where: `${wanted}*`,
    state: names === undefined ? "named only" : "read",
  });
  const variables: Variable[] = [];
  for (const name of names ?? variableNames(options.prefix, schema, root).keys()) {
    if (!name.startsWith(wanted) || reserved.includes(name)) continue;
    const text = options.env.get(name);
    if (text === undefined) continue;
    variables.push({ name, text, secret: false, source: { layer: "variables", name } });
  }
  guarded(() => add(fromVariables(options.prefix, schema, variables, root, fresh())));

  for (const overrides of [options.overrides, load.overrides]) {
    if (overrides === undefined) continue;
    if (!isMapping(overrides)) throw new TypeError("Cannot load: overrides must be a plain object");
    const source: Source = { layer: "overrides", name: "overrides" };
    guarded(() => add(fromValue(schema, overrides, place(source), [], fresh())));
  }
  guarded(() => {
    for (const node of fromArguments(schema, load.args ?? [], fresh())) add(node);
  });
  if (options.overrides ?? load.overrides) {
    sources.push({ layer: "overrides", where: "overrides", state: "read" });
  }
  if (load.args !== undefined) {
    sources.push({ layer: "arguments", where: "--set", state: "read" });
  }
  return { root, problems, secrets, sources };

  function guarded(run: () => void): void {
    try {
      run();
    } catch (error) {
      if (!(error instanceof TooLarge)) throw error;
      const source: Source = { layer: "variables", name: `${wanted}*` };
      problems.add({
        code: "malformed",
        path: [],
        message: error.message,
        origin: place(source),
        point: "key",
      });
    }
  }
}

async function read(layer: LayerName, path: string, options: ReadOptions): Promise<File> {
  try {
    const text = await (options.readFile ?? readFile)(path);
    return { layer, path, text, state: text === undefined ? "absent" : "read" };
  } catch (error) {
    const failure = error instanceof Error ? error.message : String(error);
    return { layer, path, text: undefined, state: "absent", failure };
  }
}

async function readEnvFile(options: ReadOptions): Promise<File | undefined> {
  if (options.envFile === false) return undefined;
  const path = options.envFile ?? ".env";
  // The default .env is a convenience: a process that may not read it does without.
  if (options.envFile === undefined && options.readFile === undefined && !mayRead(path)) {
    return { layer: "dotenv", path, text: undefined, state: "not permitted" };
  }
  return await read("dotenv", path, options);
}

async function reportFiles(
  folder: string,
  lower: File,
  upper: File,
  dotenv: File | undefined,
  options: ReadOptions,
  problems: Problems,
): Promise<void> {
  const report = (file: { layer: LayerName; path: string }, message: string) =>
    problems.add({
      code: "unreadable",
      path: [],
      message,
      origin: { source: { layer: file.layer, name: file.path }, at: [] },
      point: "key",
    });
  const files = dotenv === undefined ? [lower, upper] : [lower, upper, dotenv];
  for (const file of files) {
    if (file.failure !== undefined) report(file, file.failure);
  }
  const missing = (file: File | undefined) =>
    file !== undefined && file.text === undefined && file.failure === undefined;
  if (missing(dotenv) && options.envFile !== undefined) report(dotenv!, "doesn't exist");
  for (const file of [lower, upper].filter(missing)) {
    const other = file.path.replace(/yaml$/, "yml");
    if ((await read(file.layer, other, options)).text !== undefined) {
      return report({ layer: file.layer, path: other }, `must be named ${file.path}`);
    }
  }
  if (options.dirRequired && missing(lower) && missing(upper)) {
    report(
      { layer: "base", path: folder },
      `has neither default.yaml nor ${options.environment}.yaml`,
    );
  } else if (options.environmentRequired && missing(upper)) {
    report(upper, `doesn't exist, and ${options.prefix}_ENV or the program asks for it`);
  }
}

/** Looks variables up: the process first, then the `.env` file, as everywhere. */
function lookupIn(
  env: Environment,
  entries: ReadonlyMap<string, { readonly value: string; readonly expandable: boolean }>,
): Lookup {
  const open = new Set<string>();
  const lookup: Lookup = (name) => {
    const own = env.get(name);
    if (own !== undefined) return own;
    const entry = entries.get(name);
    // A variable that needs itself has no value.
    if (entry === undefined || open.has(name)) return undefined;
    if (!entry.expandable) return entry.value;
    open.add(name);
    const result = expand(entry.value, lookup, { dotenv: true });
    open.delete(name);
    if (result === undefined) return entry.value;
    return result.kind === "text" ? result.text : undefined;
  };
  return lookup;
}

function expander(
  lookup: Lookup,
  style: Style,
  env: Environment,
  problems: Problems,
): (text: string, origin: Origin, path: Path) => Expanded | undefined | null {
  return (text, origin, path) => {
    const result = expand(text, lookup, style);
    if (result === undefined) return undefined;
    if (result.kind === "text") return result;
    const literal = style.dotenv ? "single quotes keep a $ as it is" : "write $${ for a plain ${";
    problems.add({
      code: result.kind === "unset" ? "unset_variable" : "malformed",
      path,
      message: result.kind === "malformed"
        ? `has a \${ that begins no \${NAME} or \${NAME:-default}; ${literal}`
        : env.readable(result.name)
        ? `needs the variable ${result.name}, which isn't set`
        : `needs the variable ${result.name}, which can't be read without --allow-env=${result.name}`,
      origin,
      point: "value",
    });
    return null;
  };
}
