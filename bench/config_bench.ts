/**
 * A typical configuration of three layers, loaded and checked: again and again in
 * one process, and once in a new one with the import of the library.
 */
import { compare, median, type Result, runtimeName } from "./_compare.ts";
import { load as c12 } from "./_config_c12.ts";
import { load as convict } from "./_config_convict.ts";
import { load as nodeConfig } from "./_config_node_config.ts";
import { load as ours } from "./_config_ours.ts";

const base = {
  service_name: "package-manager",
  server: { host: "127.0.0.1", port: 8080 },
  observability: {
    log_level: "info",
    log_format: "auto",
    metrics_host: "127.0.0.1",
    metrics_port: 9090,
  },
  storage: { type: "deno-kv", path: "data/package_manager.kv", key_prefix: "/oaas" },
};
const production = {
  server: { host: "0.0.0.0" },
  observability: { log_format: "json", metrics_host: "0.0.0.0" },
};

/** Block style, as people write it. */
function yaml(value: Readonly<Record<string, unknown>>, indent = ""): string {
  return Object.entries(value).map(([key, item]) =>
    typeof item === "object"
      ? `${indent}${key}:\n${yaml(item as Record<string, unknown>, `${indent}  `)}`
      : `${indent}${key}: ${item}\n`
  ).join("");
}

const fs = await import("node:fs");
const os = await import("node:os");
const dir = fs.mkdtempSync(`${os.tmpdir()}/oprc-bench-config-`);
try {
  for (const folder of ["yaml", "c12"]) fs.mkdirSync(`${dir}/${folder}`);
  for (const [name, value] of Object.entries({ default: base, production })) {
    fs.writeFileSync(`${dir}/yaml/${name}.yaml`, yaml(value));
  }
  fs.writeFileSync(`${dir}/c12/default.yaml`, yaml(base));
  fs.writeFileSync(`${dir}/c12/production.yaml`, `extends: ./default.yaml\n${yaml(production)}`);

  const contenders = { convict, "c12 and valibot": c12, "node-config and valibot": nodeConfig };
  for (const [name, load] of Object.entries({ ours, ...contenders })) {
    const config = await load(dir) as Partial<typeof base>;
    if (config.server?.host !== "0.0.0.0" || config.server.port !== 9000) {
      throw new Error(`${name} should have read all three layers`);
    }
  }
  await compare("config", {
    name: "load and validate two files and variables, repeated",
    ours: { name: "@oprc/config", run: () => ours(dir) },
    others: Object.entries(contenders).map(([name, load]) => ({ name, run: () => load(dir) })),
    atLeast: 1,
    // Long enough for the compilers of each runtime to be done with all four.
    turnMs: 200,
  });
  await compareStarts();
} finally {
  fs.rmSync(dir, { recursive: true });
}

/** New processes in turns. On Node each contender is bundled, as this file is. */
async function compareStarts(): Promise<void> {
  const files = ["ours", "convict", "c12", "node_config"];
  const samples = files.map((): { imports: number[]; loads: number[] } => ({
    imports: [],
    loads: [],
  }));
  const start = await starter();
  for (let round = 0; round < 15; round++) {
    for (let turn = 0; turn < files.length; turn++) {
      const i = (round + turn) % files.length;
      const output = await start(files[i]!, dir);
      const [, imported, loaded] = /^START (\S+) (\S+)$/m.exec(output) ?? [];
      if (loaded === undefined) throw new Error(`no start of ${files[i]}: ${output}`);
      samples[i]!.imports.push(Number(imported) * 1e6);
      samples[i]!.loads.push(Number(loaded) * 1e6);
    }
  }
  const whats = { "import of the library, new process": "imports", "first load after it": "loads" };
  for (const [what, key] of Object.entries(whats)) {
    report(what, samples.map((sample) => median(sample[key as "imports"])));
  }
  report(
    "import and first load together",
    samples.map(({ imports, loads }) => median(imports.map((ns, i) => ns + loads[i]!))),
    1,
  );
}

function report(name: string, times: readonly number[], atLeast?: number): void {
  const names = ["@oprc/config", "convict", "c12 and valibot", "node-config and valibot"];
  const result: Result = {
    section: "config",
    name,
    runtime: runtimeName(),
    atLeast,
    contenders: times.map((ns, i) => ({ name: names[i]!, ns })),
    ratio: Math.min(...times.slice(1)) / times[0]!,
  };
  console.log(`RESULT ${JSON.stringify(result)}`);
}

/** Runs `_config_start.ts` with a contender in a new process of this runtime. */
async function starter(): Promise<(file: string, dir: string) => Promise<string>> {
  const { execFile } = await import("node:child_process");
  const run = (command: string, args: readonly string[]): Promise<string> =>
    new Promise((resolve, reject) =>
      execFile(
        command,
        [...args],
        (error, stdout, stderr) =>
          error ? reject(new Error(stderr, { cause: error })) : resolve(stdout),
      )
    );
  const { process } = globalThis as unknown as {
    process: { execPath: string; env: Record<string, string | undefined> };
  };
  const map = process.env.OPRC_BENCH_IMPORT_MAP!;
  const here = process.env.OPRC_BENCH_FOLDER!;
  const flags = ["--no-config", "--no-lock", "--quiet", `--import-map=${map}`];
  if (runtimeName().startsWith("Deno")) {
    return (file, dir) =>
      run(
        process.execPath,
        ["run", "-A", ...flags, `${here}_config_start.ts`].concat(
          [`file://${here}_config_${file}.ts`, dir],
        ),
      );
  }
  const { writeFileSync } = await import("node:fs");
  writeFileSync(`${dir}/package.json`, '{"type":"module"}');
  for (const file of ["start", "ours", "convict", "c12", "node_config"]) {
    // npm yaml is for places in files that are wrong: none of these loads it.
    const bundle = ["bundle", ...flags, "--external=yaml", `--outdir=${dir}/${file}`];
    await run(process.env.OPRC_BENCH_DENO!, [...bundle, `${here}_config_${file}.ts`]);
  }
  const bundled = (file: string) => `${dir}/${file}/_config_${file}.js`;
  return (file, dir) => run(process.execPath, [bundled("start"), bundled(file), dir]);
}
