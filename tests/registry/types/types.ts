/** Every public type under `tsc --strict`, and programs that must not compile. */
import { assertEquals, assertMatch } from "@std/assert";
import { root } from "../../../_tools/_workspace.ts";
import type { Registry } from "../registry.ts";
import { npmInstall, packages, run, toolsNamed } from "../_stranger.ts";

const COMPILER_OPTIONS = {
  strict: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: false,
  noEmit: true,
  module: "nodenext",
  target: "es2022",
  lib: ["es2022", "esnext.disposable", "dom"],
  types: ["node"],
};

/** Every package's entry points: what is imported, and the file behind it. */
function entryPoints(): [string, string][] {
  return packages.flatMap(({ folder, config }) => {
    const exports = typeof config.exports === "string" ? { ".": config.exports } : config.exports;
    return Object.entries(exports).map(([subpath, file]): [string, string] => [
      `${config.name}${subpath.slice(1)}`,
      `${folder}/${file.replace("./", "")}`,
    ]);
  });
}

/** What an entry point exports, types and values, by `deno doc`. */
async function exportedNames(file: string): Promise<string[]> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--json", file],
    cwd: root,
  }).output();
  const { nodes } = JSON.parse(new TextDecoder().decode(stdout)) as {
    nodes: Record<string, { symbols: { name: string }[] }>;
  };
  return Object.values(nodes).flatMap(({ symbols }) => symbols.map(({ name }) => name));
}

function alias(entry: string, name: string): string {
  return `${entry}_${name}`.replace(/[^A-Za-z0-9_]/g, "_");
}

/** Compiles all of it in `cwd`, over the packages as npm installs them. */
export async function testTypes(cwd: string, registry: Registry): Promise<void> {
  const write = (name: string, content: string) => Deno.writeTextFile(`${cwd}/${name}`, content);
  await npmInstall(
    cwd,
    registry,
    packages.map(({ config }) => config.name),
    toolsNamed("typescript", "@types/node"),
  );
  await write("tsconfig.json", JSON.stringify({ compilerOptions: COMPILER_OPTIONS }));
  const tsc = [Deno.execPath(), "run", "-A", "--no-lock", "node_modules/typescript/bin/tsc"];

  let uses = "";
  for (const [entry, file] of entryPoints()) {
    const names = await exportedNames(file);
    const aliased = names.map((name) => `${name} as ${alias(entry, name)}`).join(", ");
    // A program has nothing to export.
    if (aliased !== "") uses += `export type { ${aliased} } from "${entry}";\n`;
  }
  await write("uses.ts", uses);
  const right = await run(cwd, tsc);
  assertEquals([right.code, right.said], [0, ""]);

  await Deno.remove(`${cwd}/uses.ts`);
  const wrong: { says: string; code: string; error: string }[] = JSON.parse(
    await Deno.readTextFile(new URL("wrong.json", import.meta.url)),
  );
  for (const [i, { code }] of wrong.entries()) await write(`wrong_${i}.ts`, code);
  const { said } = await run(cwd, tsc);
  for (const [i, { says, error }] of wrong.entries()) {
    const errors = said.split("\n").filter((line) => line.startsWith(`wrong_${i}.ts`));
    assertEquals(errors.length, 1, `${says}: ${said}`);
    assertMatch(errors[0]!, new RegExp(`error (${error}):`), says);
  }
}
