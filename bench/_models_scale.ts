/** How cost grows with the size of a package, and what the first import costs. */
import { createModel, fromJson, lintPackages, toJson, validate } from "@oprc/models";
import { type OPackage, OPackageSchema } from "@oprc/proto/package";
import { median, runtimeName } from "./_compare.ts";

const SIZES = [10, 100, 1_000, 10_000];

/** Prints a table of costs by the number of functions, with the exponent of their growth. */
export function scale(packageOf: (classes: number, functions: number) => OPackage): void {
  const works: readonly [name: string, prepare: (pkg: OPackage) => () => unknown][] = [
    ["validate", (pkg) => () => validate(OPackageSchema, pkg)],
    ["fromJson with validation", (pkg) => {
      const text = toJson(OPackageSchema, pkg);
      return () => fromJson(OPackageSchema, text);
    }],
  ];
  const rows = works.map(([name, prepare]) => {
    const costs = SIZES.map((size) => microseconds(prepare(packageOf(size / 10, size))));
    const shown = costs.map((cost) => `${cost.toFixed(1)} µs`);
    return [name, runtimeName(), ...shown, exponent(SIZES, costs).toFixed(2)];
  });
  table(["what", "runtime", ...SIZES.map((size) => `${size} functions`), "exponent"], rows);
}

function microseconds(run: () => unknown): number {
  const samples: number[] = [];
  for (let round = 0; round < 9; round++) {
    const began = performance.now();
    let count = 0;
    do {
      run();
      count++;
    } while (performance.now() - began < 30);
    samples.push((performance.now() - began) / count * 1000);
  }
  return median(samples);
}

/** Prints what it costs to look at a large set of packages together. */
export function lint(): void {
  const count = 10_000;
  const packages = Array.from({ length: count }, (_, i) =>
    createModel(OPackageSchema, {
      name: `p${i}`,
      version: "1.2.3",
      dependencies: [1, 2, 3].map((step) => `p${(i * 7 + step * 31) % count}`),
      functions: Array.from({ length: 20 }, (_, f) => ({ key: `f${f}` })),
      classes: Array.from({ length: 5 }, (_, c) => ({
        key: `c${c}`,
        functions: [
          { functionKey: `f${c}` },
          { functionKey: `p${(i * 7 + 31) % count}/f${c + 5}` },
        ],
      })),
    }));
  const cost = microseconds(() => lintPackages(packages)) / 1000;
  table(["what", "runtime", "cost", "aim"], [[
    "lintPackages, 10,000 packages of 5 classes and 20 functions, with cycles",
    runtimeName(),
    `${cost.toFixed(0)} ms`,
    "about 1 s",
  ]]);
}

/** The slope of the line through the logarithms: 1 is linear, 2 quadratic. */
function exponent(sizes: readonly number[], costs: readonly number[]): number {
  const x = sizes.map(Math.log);
  const y = costs.map(Math.log);
  const mean = (list: number[]) => list.reduce((a, b) => a + b) / list.length;
  const [mx, my] = [mean(x), mean(y)];
  const rise = x.reduce((sum, it, i) => sum + (it - mx) * (y[i]! - my), 0);
  return rise / x.reduce((sum, it) => sum + (it - mx) ** 2, 0);
}

/** Prints what a first import costs in a new process; on Deno only, where TypeScript is cached. */
export async function coldImport(): Promise<void> {
  if (!("Deno" in globalThis)) return;
  const map = Deno.env.get("OPRC_BENCH_IMPORT_MAP")!;
  const rows: string[][] = [];
  for (const specifier of ["@oprc/proto/package", "@oprc/models"]) {
    const code = `const began = performance.now(); await import("${specifier}"); ` +
      `console.log(performance.now() - began);`;
    const script = `${map.replace(/[^/]*$/, "")}import.ts`;
    await Deno.writeTextFile(script, code);
    const samples: number[] = [];
    // The first run fills Deno's cache of transpiled code.
    for (let run = -1; run < 15; run++) {
      const { stdout } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", "--no-config", "--no-lock", "--quiet", `--import-map=${map}`, script],
      }).output();
      if (run >= 0) samples.push(Number(new TextDecoder().decode(stdout)));
    }
    rows.push([specifier, runtimeName(), `${median(samples).toFixed(0)} ms`, "under 40 ms"]);
  }
  table(["first import of", "runtime", "median of 15", "aim"], rows);
}

function table(columns: readonly string[], rows: readonly (readonly string[])[]): void {
  console.log(`TABLE ${JSON.stringify({ columns, rows })}`);
}
