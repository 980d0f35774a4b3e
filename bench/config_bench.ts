/**
 * A typical configuration of three layers, loaded and checked: again and again in
 * one process, and once in a new one with the import of the library. On Node each
 * contender starts in three ways: bundled, as this file is; the same minified, as
 * what is deployed often is; and as npm installs it.
 */
import { compare, median, type Result, runtimeName } from "./_compare.ts";
import { load as c12 } from "./_config_c12.ts";
import { load as convict } from "./_config_convict.ts";
import { load as nodeConfig } from "./_config_node_config.ts";
import { load as ours } from "./_config_ours.ts";
import { type Start, starters } from "./_config_starts.ts";
import { onOtherNodes } from "./_other_nodes.ts";

/** New processes of each contender, in turns. The median over 40 varied by 2 %. */
const ROUNDS = 100;

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

/** How node-config learns which variable stands for which setting. */
const variables = "server:\n  port:\n    __name: OAAS_SERVER__PORT\n    __format: number\n";

const fs = await import("node:fs");
const os = await import("node:os");
const process = (await import("node:process")).default;
process.env.OAAS_SERVER__PORT = "9000";
const dir = fs.mkdtempSync(`${os.tmpdir()}/oprc-bench-config-`);
try {
  for (const folder of ["yaml", "c12"]) fs.mkdirSync(`${dir}/${folder}`);
  for (const [name, value] of Object.entries({ default: base, production })) {
    fs.writeFileSync(`${dir}/yaml/${name}.yaml`, yaml(value));
  }
  fs.writeFileSync(`${dir}/yaml/custom-environment-variables.yaml`, variables);
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
  for (const { name, start } of await starters(dir)) await compareStarts(name, start);
} finally {
  fs.rmSync(dir, { recursive: true });
}
await onOtherNodes([20, 24]);

/**
 * Processor time, which other work on the machine disturbs least. A start that is
 * the first of its kind reads files which later ones find in memory, and isn't counted.
 * Every other round is in the other direction: who starts after whom matters, as a start
 * finds in the processor's caches what the one before had in common with it.
 */
async function compareStarts(how: string, start: Start): Promise<void> {
  const files = ["ours", "convict", "c12", "node_config"];
  const imports = files.map((): number[] => []);
  const loads = files.map((): number[] => []);
  for (const file of files) await start(file);
  for (let round = 0; round < ROUNDS; round++) {
    for (let turn = 0; turn < files.length; turn++) {
      const place = round % 2 === 0 ? turn : files.length - 1 - turn;
      const i = (Math.floor(round / 2) + place) % files.length;
      const output = await start(files[i]!);
      const [, imported, loaded] = /^START (\S+) (\S+)$/m.exec(output) ?? [];
      if (loaded === undefined) throw new Error(`no start of ${files[i]}: ${output}`);
      imports[i]!.push(Number(imported));
      loads[i]!.push(Number(loaded));
    }
  }
  const both = imports.map((each, i) => each.map((us, round) => us + loads[i]![round]!));
  report(`new process, processor time, ${how}: import of the library`, imports);
  report(`new process, processor time, ${how}: first load after it`, loads);
  report(`new process, processor time, ${how}: both together`, both, 1);
}

function report(name: string, samples: readonly (readonly number[])[], atLeast?: number): void {
  const names = ["@oprc/config", "convict", "c12 and valibot", "node-config and valibot"];
  const times = samples.map((each) => median(each) * 1e3);
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
