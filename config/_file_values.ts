/** Values in files of their own, as Docker and Kubernetes give secrets to a process. */
import {
  type Context,
  type ExplainedSource,
  FILE_SUFFIX,
  type Node,
  type Problems,
  resolveName,
  trimSlashes,
  type Variable,
  variableSegment,
} from "./values.ts";
import type { FileReader, Schema } from "./schema.ts";

/** How many files a secrets directory may hold. */
const MAX_FILES = 1000;

export interface FileValueOptions {
  readonly prefix: string;
  readonly readFile: FileReader;
  readonly listFiles: (path: string) => Promise<readonly string[] | undefined>;
  readonly secretsDir: string | undefined;
}

/**
 * The variables with the contents of the files that `*_FILE` variables name. A
 * name that is a setting itself, such as a `cert_file`, is left as it is.
 */
export async function readFileVariables(
  variables: readonly Variable[],
  schema: Schema<unknown> | undefined,
  known: Node,
  options: FileValueOptions,
  { problems, expand }: Context,
): Promise<Variable[]> {
  return await Promise.all(variables.map(async (variable) => {
    const { name } = variable;
    // Without a schema, every name is a setting.
    if (schema === undefined || !name.endsWith(FILE_SUFFIX)) return variable;
    if (resolveName(options.prefix, name, schema, known) !== undefined) return variable;
    const stands = name.slice(0, -FILE_SUFFIX.length);
    const target = resolveName(options.prefix, stands, schema, known);
    if (target === undefined || target === "ambiguous") return variable;
    const path = variable.expandable
      ? expand?.(variable.text, { source: variable.source, at: [] }, target.path)
      : undefined;
    if (path === null) return { ...variable, stands, broken: true };
    const text = path?.text ?? variable.text;
    return await readValue({ ...variable, stands }, text, options, problems, target.path);
  }));
}

/** The values of a secrets directory: one for each file, named as the setting or its variable. */
export async function readSecrets(
  options: FileValueOptions,
  problems: Problems,
): Promise<{ readonly source: ExplainedSource; readonly variables: readonly Variable[] }> {
  const dir = trimSlashes(options.secretsDir!);
  const refuse = (message: string) => {
    const origin = { source: { layer: "secrets" as const, name: dir }, at: [] };
    problems.add({ code: "unreadable", path: [], message, origin, point: "key" });
    return { source: source("unreadable"), variables: [] };
  };
  const source = (state: ExplainedSource["state"]): ExplainedSource => ({
    layer: "secrets",
    where: dir,
    state,
  });
  let names: readonly string[] | undefined;
  try {
    names = await options.listFiles(dir);
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
  if (names === undefined) return refuse("doesn't exist");
  // Kubernetes keeps what it swaps under names with a dot in front.
  const shown = names.filter((name) => !name.startsWith("."));
  if (shown.length > MAX_FILES) return refuse(`holds more than ${MAX_FILES} files`);
  const variables = await Promise.all(shown.map((name) => {
    const path = `${dir}/${name}`;
    const variable: Variable = {
      name: path,
      text: "",
      expandable: false,
      source: { layer: "secrets", name: path },
      stands: asVariable(options.prefix, name),
    };
    return readValue(variable, path, options, problems, []);
  }));
  return { source: source("read"), variables };
}

/** `storage.etcd.password` or `storage__etcd__password` as a variable. */
function asVariable(prefix: string, name: string): string {
  const own = name.toUpperCase().startsWith(`${prefix}_`) ? name.slice(prefix.length + 1) : name;
  return `${prefix}_${own.split(/\.|__/).map(variableSegment).join("__")}`;
}

async function readValue(
  variable: Variable,
  path: string,
  { readFile }: FileValueOptions,
  problems: Problems,
  setting: readonly string[],
): Promise<Variable> {
  const refuse = (message: string): Variable => {
    const origin = { source: variable.source, at: [] };
    problems.add({ code: "unreadable", path: setting, message, origin, point: "key" });
    return { ...variable, text: "", expandable: false, broken: true };
  };
  // Who sets PASSWORD_FILE to the password itself must not find it in the log.
  const named = setting.length > 0;
  const file = named ? "names a file that " : "";
  try {
    const text = await readFile(path);
    if (text === undefined) return refuse(`${file}doesn't exist`);
    // Editors and `echo` end a file with a line break that is no part of the value.
    return { ...variable, text: text.replace(/\r?\n$/, ""), expandable: false, secret: true };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return refuse(file + (named ? message.replaceAll(path, "<that file>") : message));
  }
}
