/** Ways to start a contender in a new process of the runtime that this is. */
import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import process from "node:process";
import { runtimeName } from "./_compare.ts";

/** Starts `_config_<file>.ts` and answers with what it printed. */
export type Start = (file: string) => Promise<string>;

const { execPath, env } = process;
const here = env.OPRC_BENCH_FOLDER!;
const map = env.OPRC_BENCH_IMPORT_MAP!;
const flags = ["--no-config", "--no-lock", "--quiet", `--import-map=${map}`];
const programs = ["start", "ours", "convict", "c12", "node_config"];

/** The ways that there are on this runtime, for the configuration in a folder. */
export async function starters(
  dir: string,
): Promise<readonly { readonly name: string; readonly start: Start }[]> {
  if (runtimeName().startsWith("Deno")) {
    const command = ["run", "-A", ...flags, `${here}_config_start.ts`];
    const start: Start = (file) =>
      run(execPath, [...command, `file://${here}_config_${file}.ts`, dir]);
    return [{ name: "a module a file", start }];
  }
  return [
    { name: "bundled", start: await bundled(dir) },
    { name: "bundled and minified", start: await minified(dir) },
    { name: "as npm installs it", start: await installed(dir) },
  ];
}

/** Each contender in one file. npm yaml is for places in files that are wrong: none loads it. */
async function bundled(dir: string): Promise<Start> {
  const out = `${dir}/bundled`;
  mkdirSync(out);
  return await build(out, dir, ["yaml"]);
}

/** These bundles minified. At once with the bundling, c12 would lack its `require`. */
async function minified(dir: string): Promise<Start> {
  const out = `${dir}/minified`;
  mkdirSync(out);
  for (const file of programs) {
    const name = `_config_${file}.mjs`;
    const options = ["--minify", "--external=yaml", "-o", `${out}/${name}`];
    await deno(["bundle", ...flags, ...options, `${dir}/bundled/${name}`]);
  }
  return starting(out, dir);
}

/** Each contender with its packages as npm has them, ours as `deno pack` makes it. */
async function installed(dir: string): Promise<Start> {
  const out = `${dir}/installed`;
  const packages = `${out}/node_modules`;
  const contenders: Record<string, string> = JSON.parse(
    readFileSync(`${here}contenders.json`, "utf8"),
  );
  const wanted = ["c12", "convict", "node-config", "valibot"];
  const dependencies = Object.fromEntries(wanted.map((name) => [name, contenders[name]]));
  mkdirSync(out);
  writeFileSync(
    `${out}/package.json`,
    // Where JSR can't be reached, the code of @std/yaml comes from here.
    JSON.stringify({ dependencies: { ...dependencies, "deno-std": "npm:deno-std@1.4.0" } }),
  );
  await deno(["install", "--quiet", "--node-modules-dir=auto"], out);
  await deno(
    ["pack", "--quiet", "--allow-dirty", "--no-source-maps", "-o", `${out}/config.tgz`],
    `${here}../config`,
  );
  await run("tar", ["-xzf", `${out}/config.tgz`, "-C", out]);
  for (const scope of ["@oprc", "@std"]) mkdirSync(`${packages}/${scope}`);
  renameSync(`${out}/package`, `${packages}/@oprc/config`);
  await run("cp", ["-rL", `${packages}/deno-std/yaml`, `${packages}/@std/yaml`]);
  const exports = { ".": "./mod.js", "./parse": "./parse.js" };
  writeFileSync(
    `${packages}/@std/yaml/package.json`,
    JSON.stringify({ type: "module", exports }),
  );
  const ours = ["@oprc/config", "@std/yaml/parse"];
  return await build(out, dir, [...wanted, "node-config/lib/util.js", ...ours]);
}

/** Makes the programs JavaScript, with what isn't `external` in them. */
async function build(out: string, dir: string, external: readonly string[]): Promise<Start> {
  const outside = external.map((name) => `--external=${name}`);
  for (const file of programs) {
    const made = `${out}/_config_${file}.mjs`;
    await deno(["bundle", ...flags, ...outside, "-o", made, `${here}_config_${file}.ts`]);
  }
  return starting(out, dir);
}

/** Starts the programs of a folder. */
function starting(out: string, dir: string): Start {
  const made = (file: string) => `${out}/_config_${file}.mjs`;
  return (file) => run(execPath, [made("start"), made(file), dir]);
}

function deno(args: readonly string[], cwd?: string): Promise<string> {
  return run(env.OPRC_BENCH_DENO!, args, cwd);
}

function run(command: string, args: readonly string[], cwd?: string): Promise<string> {
  return new Promise((resolve, reject) =>
    execFile(
      command,
      [...args],
      { cwd },
      (error, stdout, stderr) =>
        error ? reject(new Error(stderr, { cause: error })) : resolve(stdout),
    )
  );
}
