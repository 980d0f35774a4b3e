/**
 * What each entry point costs before it is used: the npm packages that it loads,
 * the bytes of ours, and the time of a cold import. `budgets.json` says how much
 * that may be.
 *
 * The time is the least of several fresh processes, less that of a process that
 * imports nothing: what the code itself takes, on a machine that is busy as well.
 */
import { conclude, root, workspacePackages } from "./_workspace.ts";

/** What an entry point may cost. */
interface Budget {
  /** The npm packages that importing it loads; what it imports later does not count. */
  readonly npm: readonly string[];
  /** Of our own modules, siblings included. */
  readonly kibibytes: number;
  readonly importMs: number;
}

interface Graph {
  readonly roots: readonly string[];
  readonly redirects: Readonly<Record<string, string>>;
  readonly modules: readonly {
    readonly specifier: string;
    readonly size?: number;
    readonly npmPackage?: string;
    readonly dependencies?: readonly {
      readonly isDynamic?: boolean;
      readonly code?: { readonly specifier?: string };
    }[];
  }[];
}

const RUNS = 7;
const budgets: Record<string, Budget> = JSON.parse(
  Deno.readTextFileSync(new URL("_tools/budgets.json", root)),
);

async function deno(...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args,
    cwd: root,
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

/** What a static import of `file` loads. */
async function eager(file: string): Promise<{ npm: string[]; bytes: number }> {
  const graph: Graph = JSON.parse(await deno("info", "--json", file));
  const modules = new Map(graph.modules.map((module) => [module.specifier, module]));
  const seen = new Set<string>();
  const npm = new Set<string>();
  let bytes = 0;
  const waiting = [...graph.roots];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const specifier = graph.redirects[next] ?? next;
    if (seen.has(specifier)) continue;
    seen.add(specifier);
    if (specifier.startsWith("npm:")) {
      npm.add(specifier.replace(/^npm:\/?/, "").replace(/(.)@.*$/, "$1"));
      continue;
    }
    const module = modules.get(specifier);
    if (specifier.startsWith(root.href) && !specifier.includes("/links/")) {
      bytes += module?.size ?? 0;
    }
    for (const { isDynamic, code } of module?.dependencies ?? []) {
      if (!isDynamic && code?.specifier !== undefined) waiting.push(code.specifier);
    }
  }
  // @std/yaml is of JSR; only its stand-in comes from npm.
  npm.delete("deno-std");
  return { npm: [...npm].sort(), bytes };
}

async function coldImportMs(file: string | undefined): Promise<number> {
  const code = `const began = performance.now(); ${
    file === undefined ? "" : `await import(${JSON.stringify(new URL(file, root).href)});`
  } console.log(performance.now() - began);`;
  let least = Infinity;
  for (let run = 0; run < RUNS; run++) least = Math.min(least, Number(await deno("eval", code)));
  return least;
}

const problems: string[] = [];
const nothing = await coldImportMs(undefined);
for (const { config, folder } of workspacePackages()) {
  const exports = typeof config.exports === "string" ? { ".": config.exports } : config.exports;
  for (const [subpath, path] of Object.entries(exports)) {
    const name = `${config.name}${subpath.slice(1)}`;
    const budget = budgets[name];
    const file = `${folder}/${path.replace("./", "")}`;
    const { npm, bytes } = await eager(file);
    const ms = await coldImportMs(file) - nothing;
    console.log(
      `${name}: ${ms.toFixed(0)} ms, ${(bytes / 1024).toFixed(0)} KiB, ${
        npm.join(", ") || "no npm"
      }`,
    );
    if (budget === undefined) {
      problems.push(`${name} has no budget in _tools/budgets.json`);
      continue;
    }
    for (const loaded of npm) {
      if (!budget.npm.includes(loaded)) problems.push(`${name} loads npm:${loaded} at once`);
    }
    if (bytes > budget.kibibytes * 1024) {
      problems.push(`${name}: ${Math.ceil(bytes / 1024)} KiB, and ${budget.kibibytes} are allowed`);
    }
    if (ms > budget.importMs) {
      problems.push(
        `${name}: import takes ${ms.toFixed(0)} ms, and ${budget.importMs} are allowed`,
      );
    }
  }
}
conclude("budgets", problems);
