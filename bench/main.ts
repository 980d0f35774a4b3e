/**
 * Runs the comparisons: `deno task bench [section ...]`. A section is a file
 * `bench/<section>_bench.ts`; each runs on Deno and, bundled, on the Node that is
 * installed, unless it says `// runtimes: deno` in its first line. Prints a table
 * for each section and keeps it in `bench/RESULTS.md`.
 */
import type { Result } from "./_compare.ts";
import { importMap } from "./_import_map.ts";

const here = new URL("./", import.meta.url);

/** A table that a section makes itself, where nothing is compared. */
interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

interface Measured {
  readonly results: readonly Result[];
  readonly tables: readonly Table[];
}

/** Runs a section on a runtime; answers with what it measured. */
async function measure(section: string, runtime: "deno" | "node", map: string): Promise<Measured> {
  const file = decodeURIComponent(new URL(`${section}_bench.ts`, here).pathname);
  const flags = ["--no-config", "--no-lock", "--quiet", `--import-map=${map}`];
  // For sections that start processes of their own.
  const env = {
    OPRC_BENCH_DENO: Deno.execPath(),
    OPRC_BENCH_FOLDER: decodeURIComponent(here.pathname),
    OPRC_BENCH_IMPORT_MAP: map,
  };
  let command: Deno.Command;
  if (runtime === "deno") {
    command = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--unstable-kv", ...flags, file],
      env,
      stdout: "piped",
      stderr: "inherit",
    });
  } else {
    const bundle = `${map.replace(/[^/]*$/, "")}${section}.mjs`;
    const bundled = await new Deno.Command(Deno.execPath(), {
      // Deno KV on Node is an addon, which no bundle holds.
      args: ["bundle", ...flags, "--external=@deno/kv", "-o", bundle, file],
      stderr: "piped",
    }).output();
    if (!bundled.success) throw new Error(new TextDecoder().decode(bundled.stderr));
    command = new Deno.Command("node", { args: [bundle], env, stdout: "piped", stderr: "inherit" });
  }
  const { success, stdout } = await command.output();
  if (!success) throw new Error(`section ${section} failed on ${runtime}`);
  const lines = new TextDecoder().decode(stdout).split("\n");
  const read = (word: string) =>
    lines.filter((line) => line.startsWith(`${word} `))
      .map((line) => JSON.parse(line.slice(word.length + 1)));
  return { results: read("RESULT"), tables: read("TABLE") };
}

function shown(ns: number): string {
  if (ns < 1e3) return `${ns.toFixed(0)} ns`;
  if (ns < 1e6) return `${(ns / 1e3).toFixed(1)} µs`;
  return `${(ns / 1e6).toFixed(2)} ms`;
}

/** A table in Markdown. */
function markdown({ columns, rows }: Table): string {
  return [columns, columns.map(() => "---"), ...rows]
    .map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function compared(results: readonly Result[]): Table {
  const rows = results.map(({ name, runtime, contenders, ratio, atLeast }) => {
    const others = contenders.slice(1).map(({ name, ns }) => `${name} ${shown(ns)}`).join(", ");
    const aim = atLeast === undefined
      ? ""
      : `${atLeast.toFixed(2)} × ${ratio >= atLeast ? "met" : "not met"}`;
    const ours = shown(contenders[0]!.ns);
    return [name, runtime, ours, others, `${ratio.toFixed(2)} ×`, aim];
  });
  const columns = ["what", "runtime", "ours", "others", "fastest other / ours", "aim"];
  return { columns, rows };
}

/** The processor's name, as far as the system tells. */
async function machine(): Promise<string> {
  const info = await Deno.readTextFile("/proc/cpuinfo").catch(() => "");
  const model = /model name\s*:\s*(.*)/.exec(info)?.[1] ?? Deno.build.arch;
  return `${navigator.hardwareConcurrency} × ${model}, ${Deno.build.os}`;
}

/** Replaces a section of the results file, or adds it; others stay. */
async function keep(section: string, text: string): Promise<void> {
  const path = new URL("RESULTS.md", here);
  const heading = "# Results\n\nMade by `deno task bench`. Ratios are of medians over rounds in " +
    "which the contenders take turns; absolute times depend on the machine.\n";
  const present = await Deno.readTextFile(path).catch(() => heading);
  const parts = present.split(/^(?=## )/m);
  const [intro, ...sections] = parts;
  const others = sections.filter((part) => !part.startsWith(`## ${section}\n`));
  const all = [...others.map((part) => part.trimEnd()), `## ${section}\n\n${text}`].sort();
  await Deno.writeTextFile(path, `${intro!.trimEnd()}\n\n${all.join("\n\n")}\n`);
  // The gate checks its format like any file's.
  const args = [
    "fmt",
    "--quiet",
    "--no-config",
    "--line-width=100",
    decodeURIComponent(path.pathname),
  ];
  const { success } = await new Deno.Command(Deno.execPath(), { args }).output();
  if (!success) throw new Error("the results can't be formatted");
}

const wanted = Deno.args;
const known = [...Deno.readDirSync(here)]
  .map(({ name }) => /^(.*)_bench\.ts$/.exec(name)?.[1])
  .filter((name) => name !== undefined).sort();
const unknown = wanted.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`No section ${unknown.join(", ")}; known are ${known.join(", ")}`);
  Deno.exit(2);
}

const folder = await Deno.makeTempDir({ prefix: "oprc-bench-" });
try {
  const map = `${folder}/import_map.json`;
  await Deno.writeTextFile(map, JSON.stringify(importMap()));
  for (const section of wanted.length > 0 ? wanted : known) {
    const source = await Deno.readTextFile(new URL(`${section}_bench.ts`, here));
    const only = /^\/\/ runtimes: (.*)/.exec(source)?.[1]?.split(/[ ,]+/) ?? ["deno", "node"];
    const results: Result[] = [];
    const tables: Table[] = [];
    for (const runtime of ["deno", "node"] as const) {
      if (!only.includes(runtime)) continue;
      const measured = await measure(section, runtime, map);
      results.push(...measured.results);
      tables.push(...measured.tables);
    }
    if (results.length > 0) tables.unshift(compared(results));
    const text = [
      `${new Date().toISOString().slice(0, 10)}, ${await machine()}, Deno ${Deno.version.deno}, ` +
      "other versions in `contenders.json`",
      ...tables.map(markdown),
    ].join("\n\n");
    console.log(`\n## ${section}\n\n${text}`);
    await keep(section, text);
  }
} finally {
  await Deno.remove(folder, { recursive: true });
}
