/** What a stranger does: folders of their own, commands, packages added by npm. */
import { assertEquals } from "@std/assert";
import { root, workspacePackages } from "../../_tools/_workspace.ts";
import type { Registry } from "./registry.ts";

/** The packages of the workspace. */
export const packages = workspacePackages();

const { imports } = JSON.parse(await Deno.readTextFile(new URL("deno.json", root))) as {
  imports: Record<string, string>;
};

/** A command that ended. */
export interface Run {
  readonly code: number;
  /** What it printed, to both of its outputs. */
  readonly said: string;
}

/** Runs a command to its end. */
export async function run(
  cwd: string,
  command: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Run> {
  const [program, ...args] = command;
  const { code, stdout, stderr } = await new Deno.Command(program!, {
    args,
    cwd,
    env: { NO_COLOR: "1", ...env },
  }).output();
  const decoder = new TextDecoder();
  return { code, said: decoder.decode(stdout) + decoder.decode(stderr) };
}

/** Runs a command that must end well. */
export async function succeed(cwd: string, command: readonly string[]): Promise<string> {
  const { code, said } = await run(cwd, command);
  assertEquals(code, 0, `${command.slice(0, 3).join(" ")} …: ${said}`);
  return said;
}

/** Lends a folder of its own to `use`. */
export async function inFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await Deno.makeTempDir({ prefix: "oprc-registry-" });
  try {
    return await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The range in which the workspace imports a package that is not ours, without `npm:`. */
export function rangeOf(name: string): string {
  return imports[name]!.replace(/^npm:.+@/, "");
}

/** The packages of npm that the workspace imports. */
export function npmImports(): string[] {
  return Object.keys(imports).filter((name) => imports[name]!.startsWith("npm:"));
}

const tools: Record<string, { version: string }> = JSON.parse(
  await Deno.readTextFile(new URL("tools.json", import.meta.url)),
);

/** Packages of npm that only these tests use, for {@linkcode npmInstall}. */
export function toolsNamed(...names: string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, tools[name]!.version]));
}

/** Makes `cwd` a project of npm's that has packages of the registry, and others. */
export async function npmInstall(
  cwd: string,
  registry: Registry,
  ours: readonly string[],
  others: Readonly<Record<string, string>> = {},
): Promise<void> {
  const dependencies: Record<string, string> = { ...others };
  for (const name of ours) {
    dependencies[name] = `npm:@jsr/${name.slice(1).replace("/", "__")}@*`;
  }
  await Deno.writeTextFile(`${cwd}/.npmrc`, `@jsr:registry=${registry.url}\n`);
  await Deno.writeTextFile(
    `${cwd}/package.json`,
    JSON.stringify({ name: "stranger", private: true, type: "module", dependencies }),
  );
  await succeed(cwd, ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund"]);
}
