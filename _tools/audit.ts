/**
 * Every npm package in the lock file: its licence, its last release, who asks for
 * it and why. Fails on a licence that is not in the list below, and on a direct
 * dependency without a reason in `dependencies.json`. The date of the last release
 * comes from npm, and is left out with `--offline`.
 */
import { conclude, root } from "./_workspace.ts";

const LICENCES = new Set([
  "0BSD",
  "Apache-2.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "BlueOak-1.0.0",
  "ISC",
  "MIT",
]);

interface Lock {
  readonly specifiers: Readonly<Record<string, string>>;
  readonly npm: Readonly<
    Record<string, {
      readonly dependencies?: readonly string[];
      readonly optionalDependencies?: readonly string[];
      readonly scripts?: boolean;
    }>
  >;
}

/** `name@version`, without the peers that the lock file adds behind it. */
function split(key: string): { name: string; version: string } {
  const at = key.indexOf("@", 1);
  return { name: key.slice(0, at), version: key.slice(at + 1).replace(/_.*$/, "") };
}

async function output(command: string, ...args: string[]): Promise<string> {
  const { stdout } = await new Deno.Command(command, { args, stderr: "null" }).output();
  return new TextDecoder().decode(stdout);
}

const read = (path: string) => JSON.parse(Deno.readTextFileSync(new URL(path, root)));
const lock: Lock = read("deno.lock");
const reasons: Record<string, string> = read("_tools/dependencies.json");
const { npmCache } = JSON.parse(await output(Deno.execPath(), "info", "--json"));

const direct = new Set(
  Object.keys(lock.specifiers).filter((specifier) => specifier.startsWith("npm:"))
    .map((specifier) => split(specifier.slice("npm:".length)).name),
);
const askedBy = new Map<string, Set<string>>();
for (const [key, { dependencies = [], optionalDependencies = [] }] of Object.entries(lock.npm)) {
  for (const dependency of [...dependencies, ...optionalDependencies]) {
    const name = dependency.startsWith("@") && dependency.indexOf("@", 1) < 0 ||
        !dependency.includes("@")
      ? dependency
      : split(dependency).name;
    if (!askedBy.has(name)) askedBy.set(name, new Set());
    askedBy.get(name)!.add(split(key).name);
  }
}

/** The registry's folder in Deno's cache; there is one. */
const registries = [...Deno.readDirSync(npmCache)].filter(({ isDirectory }) => isDirectory);
async function licenceOf(name: string, version: string): Promise<string | undefined> {
  for (const { name: registry } of registries) {
    const path = `${npmCache}/${registry}/${name}/${version}/package.json`;
    const text = await Deno.readTextFile(path).catch(() => undefined);
    if (text !== undefined) {
      const { license } = JSON.parse(text);
      return typeof license === "string" ? license : license?.type;
    }
  }
  return undefined;
}

/** What npm knows of a package. */
async function asked(name: string, field: string): Promise<string> {
  return JSON.parse(await output("npm", "view", name, field, "--json") || '""');
}

const offline = Deno.args.includes("--offline");
const problems: string[] = [];
for (const [key, { scripts }] of Object.entries(lock.npm)) {
  const { name, version } = split(key);
  const licence = await licenceOf(name, version);
  // Binaries for other systems are in the lock file, and never fetched here.
  const parts = licence?.replace(/^\((.*)\)$/, "$1").split(" AND ") ?? [];
  if (!parts.every((part) => LICENCES.has(part))) {
    problems.push(`${name}@${version} has licence ${licence}`);
  }
  const why = direct.has(name)
    ? reasons[name]
    : `for ${[...askedBy.get(name) ?? []].sort().join(", ")}`;
  if (why === undefined) problems.push(`${name} has no reason in _tools/dependencies.json`);
  const released = offline ? "" : (await asked(name, "time.modified")).slice(0, 10);
  const script = scripts ? "; has an install script, which is never run" : "";
  console.log(`${name}@${version}  ${licence ?? "not fetched"}  ${released}  ${why}${script}`);
}
for (const name of Object.keys(reasons)) {
  if (!direct.has(name)) {
    problems.push(`_tools/dependencies.json explains ${name}, which is not used`);
  }
}
// These stand in no lock file: tests install them where they need them.
const tools: Record<string, { version: string; why: string }> = read("tests/registry/tools.json");
for (const [name, { version, why }] of Object.entries(tools)) {
  const licence = offline ? "not asked for" : await asked(`${name}@${version}`, "license");
  if (!offline && !LICENCES.has(licence)) {
    problems.push(`${name}@${version} has licence ${licence}`);
  }
  const released = offline ? "" : (await asked(name, "time.modified")).slice(0, 10);
  console.log(`${name}@${version}  ${licence}  ${released}  in tests/registry: ${why}`);
}
console.log(`${Object.keys(lock.npm).length} packages, ${direct.size} asked for by the workspace`);
conclude("audit", problems);
