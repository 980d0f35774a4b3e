/** Runs the packages' own test files on Node, over the packages as npm installs them. */
import { assert } from "@std/assert";
import type { Registry } from "../registry.ts";
import {
  npmImports,
  npmInstall,
  packages,
  rangeOf,
  run,
  succeed,
  toolsNamed,
} from "../_stranger.ts";
import { layOutSuites } from "./suites.ts";

/** The stand-ins for jsr:@std/*, as the test files import them. */
const STD = ["@std/assert", "@std/dotenv", "@std/log", "@std/yaml"];

/** The share of a package's tests that may need Deno itself. */
const MOST_SKIPPED = 0.2;

/** The test files of each package, ready to be run in `cwd`. */
export async function prepareSuites(
  cwd: string,
  registry: Registry,
  node: readonly string[],
): Promise<Map<string, string[]>> {
  const others = Object.fromEntries(npmImports().map((name) => [name, rangeOf(name)]));
  await npmInstall(cwd, registry, [...packages.map(({ config }) => config.name), ...STD], {
    ...others,
    ...toolsNamed("esbuild", "@deno/shim-deno", "@hono/node-server"),
  });
  return await layOutSuites(cwd, async (files) => {
    await succeed(cwd, [
      ...node,
      "node_modules/esbuild/bin/esbuild",
      ...files,
      "--log-level=error",
      "--format=esm",
      "--target=node20",
      "--sourcemap=inline",
      "--outdir=suite",
      "--outbase=suite",
    ]);
  });
}

/** Runs the test files of all packages; none may fail, and few may need Deno itself. */
export async function runSuites(
  cwd: string,
  node: readonly string[],
  suites: ReadonlyMap<string, readonly string[]>,
): Promise<void> {
  const version = /v[\d.]+/.exec(await succeed(cwd, [...node, "--version"]))?.[0];
  for (const [name, files] of suites) {
    const { passed, skipped } = await runSuite(cwd, node, files, `${name} on Node ${version}`);
    console.log(`${name} on Node ${version}: ${passed} passed, ${skipped} need Deno`);
  }
}

/** The tests of a TAP report that failed and why, without those that only have one inside. */
function failuresIn(report: string): string {
  return report.split(/^(?=\s*(?:# Subtest: |(?:not )?ok \d))/m)
    .filter((test) => /^\s*not ok \d/.test(test) && !test.includes("'subtestsFailed'"))
    .map((test) => test.replace(/^\s+stack: .*?(?=^\s+\.\.\.$)/ms, ""))
    .map((test) =>
      test.replace(/^\s+(?:---|\.\.\.|(?:duration_ms|type|code|operator): .*)\n/gm, "")
    )
    .join("");
}

async function runSuite(
  cwd: string,
  node: readonly string[],
  files: readonly string[],
  what: string,
): Promise<{ passed: number; skipped: number }> {
  const { code, said } = await run(cwd, [
    ...node,
    "--import=./hooks.js",
    "--enable-source-maps",
    "--test",
    "--test-force-exit",
    "--test-reporter=tap",
    ...files,
  ]);
  const count = (which: string) => Number(new RegExp(`^# ${which} (\\d+)$`, "m").exec(said)?.[1]);
  if (code !== 0 || count("fail") !== 0 || count("cancelled") !== 0) {
    throw new Error(`${what}: ${failuresIn(said) || said}`);
  }
  const [passed, skipped] = [count("pass"), count("skipped")];
  const reasons = new Set([...said.matchAll(/# SKIP (.*)$/gm)].map(([, reason]) => reason));
  assert(
    skipped <= count("tests") * MOST_SKIPPED,
    `${what}: ${skipped} tests skip and ${passed} pass: ${[...reasons].join("; ")}`,
  );
  return { passed, skipped };
}
