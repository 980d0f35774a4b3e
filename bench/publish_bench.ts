// runtimes: deno
/**
 * What each entry point costs who installs it: bytes, dependencies, the time of a
 * cold import on Deno and Node, and the size of a minified bundle.
 */
import { root, workspacePackages } from "../_tools/_workspace.ts";
import { filesUnder, output, Registry } from "../tests/registry/registry.ts";
import { median } from "./_compare.ts";

const RUNS = 9;
const folder = await Deno.makeTempDir({ prefix: "oprc-publish-" });
const here = decodeURIComponent(root.pathname);
const packages = workspacePackages();

/** The median time that `code` prints, over fresh processes. */
async function importMs(run: (code: string) => Promise<string>, specifier: string) {
  const code = (what: string) =>
    `const began = performance.now(); ${what} console.log(performance.now() - began);`;
  const samples: number[] = [];
  for (let i = 0; i < RUNS; i++) {
    samples.push(Number(await run(code(`await import(${JSON.stringify(specifier)});`))));
  }
  return median(samples);
}

async function gzipped(bytes: Uint8Array<ArrayBuffer>): Promise<number> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  return (await new Response(stream).arrayBuffer()).byteLength;
}

const kib = (bytes: number) => `${(bytes / 1024).toFixed(1)} KiB`;

const registry = new Registry(folder);
try {
  for (const name of ["assert", "yaml", "dotenv", "log"]) {
    await registry.publish(`${here}links/${name}`, "--allow-slow-types", "--allow-dirty");
  }
  await registry.publish(here, "--allow-dirty");
  await registry.makeNpmFace();

  const sizes: string[][] = [];
  const imports: string[][] = [];
  for (const { folder: name, config } of packages) {
    const cwd = `${folder}/install-${name}`;
    await Deno.mkdir(cwd);
    await Deno.writeTextFile(`${cwd}/.npmrc`, `@jsr:registry=${registry.url}\n`);
    const npmName = `@jsr/oprc__${name}`;
    await Deno.writeTextFile(
      `${cwd}/package.json`,
      JSON.stringify({ private: true, type: "module", dependencies: { [npmName]: "*" } }),
    );
    const npm = new Deno.Command("npm", {
      args: ["install", "--ignore-scripts", "--no-audit", "--no-fund"],
      cwd,
    });
    if (!(await npm.output()).success) throw new Error(`npm install ${npmName}`);
    const lock = JSON.parse(await Deno.readTextFile(`${cwd}/package-lock.json`));
    const installed = Object.keys(lock.packages).filter((path) => path !== "");
    let unpacked = 0;
    for (const path of await filesUnder(`${cwd}/node_modules/${npmName}`)) {
      unpacked += (await Deno.stat(`${cwd}/node_modules/${npmName}/${path}`)).size;
    }
    const packed = registry.npmTarball(npmName).length;
    sizes.push([config.name, kib(packed), kib(unpacked), String(installed.length - 1)]);

    const exports = typeof config.exports === "string" ? { ".": config.exports } : config.exports;
    for (const [subpath, file] of Object.entries(exports)) {
      const onDeno = await importMs(
        (code) => output(Deno.execPath(), "eval", code),
        new URL(`${name}/${file}`, root).href,
      );
      const onNode = await importMs(async (code) => {
        await Deno.writeTextFile(`${cwd}/main.mjs`, code);
        return await output("node", `${cwd}/main.mjs`);
      }, `${npmName}${subpath.slice(1)}`).catch(() => undefined);
      const bundle = `${folder}/bundle.mjs`;
      await output(
        Deno.execPath(),
        ...[
          "bundle",
          "--quiet",
          "--minify",
          "--external=@deno/kv",
          "-o",
          bundle,
          `${here}${name}/${file}`,
        ],
      );
      const bytes = await Deno.readFile(bundle);
      imports.push([
        `${config.name}${subpath.slice(1)}`,
        `${onDeno.toFixed(0)} ms`,
        onNode === undefined ? "Deno only" : `${onNode.toFixed(0)} ms`,
        kib(bytes.length),
        kib(await gzipped(bytes)),
      ]);
    }
  }
  const table = (columns: string[], rows: string[][]) =>
    console.log(`TABLE ${JSON.stringify({ columns, rows })}`);
  table(["package", "packed", "unpacked", "other packages installed by npm"], sizes);
  table(["entry point", "import on Deno", "import on Node", "bundle", "gzipped"], imports);
} finally {
  await registry[Symbol.asyncDispose]();
  await Deno.remove(folder, { recursive: true });
}
