/**
 * The gate: every check that must hold before a change is taken, one after the
 * other, all of them even when one fails. Ends with `N passed, N failed` (and
 * the number skipped), where checks and tests count alike.
 */
import { buf } from "./gen.ts";
import { root } from "./_workspace.ts";

const deno = Deno.execPath();

/** Runs a command, shows what it prints, and returns its exit code and output. */
async function run(args: readonly string[]): Promise<{ ok: boolean; output: string }> {
  const child = new Deno.Command(deno, {
    args: [...args],
    cwd: root,
    stdout: "piped",
    stderr: "piped",
    env: { NO_COLOR: "1" },
  }).spawn();
  const decoder = new TextDecoder();
  let output = "";
  const show = async (from: ReadableStream<Uint8Array>, to: typeof Deno.stdout) => {
    for await (const chunk of from) {
      output += decoder.decode(chunk, { stream: true });
      await to.write(chunk);
    }
  };
  await Promise.all([show(child.stdout, Deno.stdout), show(child.stderr, Deno.stderr)]);
  return { ok: (await child.status).success, output };
}

/**
 * Why tests failed, as `deno test` printed it under ERRORS: each one's name and
 * its error, shortened, without the stack.
 */
function errorsIn(output: string): string[] {
  const errors = /^ ERRORS $(.*?)^ FAILURES $/ms.exec(output)?.[1] ?? "";
  return errors.split(/^(?=\S.* => \S+:\d+:\d+$)/m)
    .map((error) => error.split("\n").filter((line) => line.trim() && !/^\s+at /.test(line)))
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.slice(0, MOST_LINES).join("\n"));
}

/** The lines of one error that the summary repeats. */
const MOST_LINES = 20;

const checks: readonly [name: string, check: () => Promise<boolean>][] = [
  ["format", async () => (await run(["fmt", "--check", "--quiet"])).ok],
  ["lint", async () => (await run(["lint", "--quiet"])).ok],
  ["types", async () => (await run(["check", "--quiet"])).ok],
  ["comparisons", async () => (await run(["run", "-A", "_tools/check_bench.ts"])).ok],
  ["documentation", async () => (await run(["run", "-A", "_tools/check_docs.ts"])).ok],
  ["direction of imports", async () => (await run(["run", "-A", "_tools/check_imports.ts"])).ok],
  ["versions agree", async () => (await run(["run", "-A", "_tools/check_versions.ts"])).ok],
  ["contract passes buf lint", () => buf(new URL("proto/", root), "lint").then(() => true)],
  [
    "contract breaks no peer",
    async () => (await run(["run", "-A", "_tools/check_breaking.ts"])).ok,
  ],
  ["api reports in date", async () => (await run(["task", "api", "--check"])).ok],
  ["score", async () => (await run(["run", "-A", "_tools/check_score.ts"])).ok],
  ["budgets", async () => (await run(["run", "-A", "_tools/check_budgets.ts"])).ok],
  ["dependencies", async () => (await run(["task", "audit", "--offline"])).ok],
  ["workflows", async () => (await run(["run", "-A", "_tools/check_workflows.ts"])).ok],
  ["generated code in date", async () => (await run(["task", "gen", "--check"])).ok],
  ["publish dry run", async () => (await run(["publish", "--dry-run", "--allow-dirty"])).ok],
];

let passed = 0;
let failed = 0;
let skipped = 0;
const failures: string[] = [];
const errors: string[] = [];

for (const [name, check] of checks) {
  console.log(`\n── ${name}`);
  const ok = await check().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    return false;
  });
  if (ok) passed++;
  else failures.push(name), failed++;
}

for (const task of ["test", "test:registry"]) {
  console.log(`\n── ${task}`);
  const tests = await run(["task", task]);
  const summary = tests.output.split("\n").findLast((line) => /^(ok|FAILED) \| /.test(line));
  const count = (word: string) => Number(summary?.match(new RegExp(`(\\d+) ${word}`))?.[1] ?? 0);
  passed += count("passed");
  failed += count("failed");
  skipped += count("ignored");
  if (!tests.ok || summary === undefined || count("passed") === 0) {
    failures.push(task);
    errors.push(...errorsIn(tests.output));
    if (count("failed") === 0) failed++;
  }
}

// The end is what is read first, and in places all that is kept of a long log.
for (const error of errors) console.error(`\n${error}`);
if (failures.length > 0) console.error(`\nNot ok: ${failures.join(", ")}`);
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
Deno.exit(failures.length > 0 ? 1 : 0);
