/**
 * What observing costs: counters and scrapes beside prom-client, log lines beside pino, and
 * the processor time of a call beside the bare handler. The last two run in processes
 * of their own, by turns: `_observability_calls.ts` says how.
 */
import { MetricsRegistry } from "@oprc/observability";
import client from "prom-client";
import { measureCalls, waysOf } from "./_observability_calls.ts";
import { callItself, collector, lines, serve } from "./_observability_child.ts";
import { compare, median, type Result, runtimeName } from "./_compare.ts";
import { onOtherNodes } from "./_other_nodes.ts";

const fs = await import("node:fs");
const os = await import("node:os");
const { spawn } = await import("node:child_process");
const { argv, execPath } = (globalThis as unknown as {
  process: { argv: string[]; execPath: string };
}).process;

const ROUNDS = 5;
const LINES = 50_000;
const SECTION = "observability";

const [mode, ...args] = argv.slice(2);
if (mode === "lines") await lines(args[0]!, Number(args[1]));
else if (mode === "call") await callItself(args[0]!, args[1]!);
else if (mode === "serve") await serve(args[0]!, args[1]!);
else if (mode === "collector") collector();
else {
  await main();
  await onOtherNodes([24]);
}

async function main(): Promise<void> {
  await counters();
  await scrapes();
  const folder = fs.mkdtempSync(`${os.tmpdir()}/oprc-bench-observability-`);
  try {
    const self = await program(folder);
    for (const [where, to] of [["a file", `${folder}/log`], ["a pipe", undefined]] as const) {
      await turns(
        `a log line with four fields, to ${where}`,
        "@oprc/observability",
        "pino",
        (who) => {
          const name = who === "pino" ? "pino" : "buffered";
          return run([...self, "lines", name, String(LINES)], to);
        },
        2,
      );
    }
    await observedCalls(self);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

async function counters(): Promise<void> {
  const registry = new MetricsRegistry();
  const labels = ["method", "code"] as const;
  const values = { method: "/oaas.package.PackageService/GetPackage", code: "ok" };
  const help = "For the comparison.";
  const ours = registry.counter("c_total", { help, labels });
  const theirs = new client.Counter({ name: "c_total", help, labelNames: labels, registers: [] });
  const [own, other] = [ours.series(values), theirs.labels(values)];
  const thousand = (inc: () => void) => () => {
    for (let i = 0; i < 1_000; i++) inc();
  };
  await compare(SECTION, {
    name: "1,000 increments of a counter's series (10.0 µs are aimed at)",
    ours: { name: "@oprc/observability", run: thousand(() => own.inc()) },
    others: [{ name: "prom-client", run: thousand(() => other.inc()) }],
    atLeast: 1,
  });
  await compare(SECTION, {
    name: "1,000 increments of a counter by labels",
    ours: { name: "@oprc/observability", run: thousand(() => ours.inc(values)) },
    others: [{ name: "prom-client", run: thousand(() => theirs.inc(values)) }],
    atLeast: 1,
  });
}

/** How long the event loop is held at most by a scrape of 10,000 series. */
async function scrapes(): Promise<void> {
  const registry = new MetricsRegistry({ maxSeries: 10_000 });
  const theirs = new client.Registry();
  const help = "For the comparison.";
  const own = registry.histogram("h", { help, labels: ["n"] });
  const other = new client.Histogram({
    name: "h",
    help,
    labelNames: ["n"],
    registers: [theirs],
  });
  for (let n = 0; n < 10_000; n++) {
    own.observe({ n }, n / 1_000);
    other.observe({ n }, n / 1_000);
  }
  const texts = [() => registry.text(), () => theirs.metrics()];
  const samples: number[][] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    for (const [i, text] of texts.entries()) {
      let longest = 0;
      let last = performance.now();
      const turn = (): void => {
        const now = performance.now();
        longest = Math.max(longest, now - last);
        last = now;
        timer = setTimeout(turn, 0);
      };
      let timer = setTimeout(turn, 0);
      await text();
      await new Promise((resolve) => setTimeout(resolve, 2));
      clearTimeout(timer);
      samples[i]!.push(longest * 1e6);
    }
  }
  report(
    "longest hold of the event loop by a scrape of 10,000 histograms (25 ms are aimed at)",
    [["@oprc/observability", median(samples[0]!)], ["prom-client", median(samples[1]!)]],
    1,
  );
}

async function observedCalls(self: readonly string[]): Promise<void> {
  for (const where of ["in process", "under load"] as const) {
    const costs = await measureCalls(self, where);
    for (const [who, more] of waysOf(where)) {
      report(
        `processor time of a call ${where}, ${who}`,
        [[who, costs.get(who)!], ["bare", costs.get("bare")!]],
        more && 1 / (1 + more),
      );
    }
  }
}

/** This program as a command: on Node it is a bundle already, on Deno one is made. */
async function program(folder: string): Promise<string[]> {
  if (!("Deno" in globalThis)) return [execPath, argv[1]!];
  const { importMap } = await import("./_import_map.ts");
  const [map, bundle] = [`${folder}/import_map.json`, `${folder}/bench.mjs`];
  fs.writeFileSync(map, JSON.stringify(importMap()));
  const source = decodeURIComponent(new URL(import.meta.url).pathname);
  const flags = ["--no-config", "--no-lock", "--quiet", `--import-map=${map}`];
  await run([execPath, "bundle", ...flags, "-o", bundle, source]);
  return [execPath, "run", "-A", "--no-config", "--no-lock", bundle];
}

/** Runs a command, its standard error into a file or a pipe; answers what it measured. */
function run(command: readonly string[], errors?: string): Promise<number> {
  const file = errors === undefined ? undefined : fs.openSync(errors, "w");
  return new Promise((resolve, reject) => {
    const child = spawn(command[0]!, command.slice(1), {
      stdio: ["ignore", "pipe", file ?? "pipe"],
    });
    let said = "";
    child.stdout!.on("data", (data: Uint8Array) => said += new TextDecoder().decode(data));
    child.stderr?.on("data", () => {});
    child.on("close", (code: number) => {
      if (file !== undefined) fs.closeSync(file);
      if (code === 0) resolve(Number(/^NS (.*)$/m.exec(said)?.[1]));
      else reject(new Error(`${command.join(" ")} ended with ${code}`));
    });
  });
}

async function turns(
  name: string,
  ours: string,
  other: string,
  measure: (who: string) => Promise<number>,
  atLeast: number,
): Promise<void> {
  const samples: number[][] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    for (const i of round % 2 === 0 ? [0, 1] : [1, 0]) {
      samples[i]!.push(await measure(i === 0 ? ours : other));
    }
  }
  // What else the machine does only ever adds to a process of its own: the least counts.
  report(name, [[ours, Math.min(...samples[0]!)], [other, Math.min(...samples[1]!)]], atLeast);
}

function report(
  name: string,
  contenders: readonly (readonly [name: string, ns: number])[],
  atLeast?: number,
): void {
  const result: Result = {
    section: SECTION,
    name,
    runtime: runtimeName(),
    atLeast,
    contenders: contenders.map(([name, ns]) => ({ name, ns })),
    ratio: contenders[1]![1] / contenders[0]![1],
  };
  console.log(`RESULT ${JSON.stringify(result)}`);
}
