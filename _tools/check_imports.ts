/**
 * Proves the direction in which the packages depend on one another, on the
 * module graph that Deno itself resolves, and that platform modules (`node:`)
 * are named only where a package keeps its runtime's differences.
 */
import { conclude, root, workspacePackages } from "./_workspace.ts";

/** Which siblings each package may import. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  proto: [],
  models: ["proto"],
  storage: ["proto", "models"],
  grpc: ["proto", "models"],
  observability: [],
  config: [],
};

/** Files that may import `node:` modules: `_runtime.ts`, and folders that are adapters. */
const platformFiles =
  /(^|\/)_runtime(_\w+)?\.ts$|^storage\/(deno_kv|etcd)\/|^grpc\/_?(node|http2)\w*\//;

interface Graph {
  readonly modules: readonly {
    readonly specifier: string;
    readonly dependencies?: readonly {
      readonly specifier: string;
      readonly code?: { readonly specifier?: string };
      readonly type?: { readonly specifier?: string };
    }[];
  }[];
}

async function graph(entryPoint: string): Promise<Graph> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", entryPoint],
    cwd: root,
  }).output();
  const decoder = new TextDecoder();
  if (code !== 0) throw new Error(`deno info ${entryPoint}: ${decoder.decode(stderr)}`);
  return JSON.parse(decoder.decode(stdout));
}

/** The path under the root, or undefined for what lies elsewhere. */
function local(specifier: string | undefined): string | undefined {
  return specifier?.startsWith(root.href) ? specifier.slice(root.href.length) : undefined;
}

const problems = new Set<string>();
for (const { folder, entryPoints } of workspacePackages()) {
  const siblings = allowed[folder];
  if (siblings === undefined) {
    problems.add(`${folder}: not in the table of _tools/check_imports.ts`);
    continue;
  }
  for (const entryPoint of entryPoints) {
    for (const module of (await graph(entryPoint)).modules) {
      const from = local(module.specifier);
      if (from === undefined || !from.startsWith(`${folder}/`)) continue;
      for (const dependency of module.dependencies ?? []) {
        const target = dependency.code?.specifier ?? dependency.type?.specifier;
        const to = local(target)?.split("/")[0];
        if (to !== undefined && to !== folder && to !== "links" && !siblings.includes(to)) {
          problems.add(
            `${from} imports ${dependency.specifier}, and ${folder} must not need ${to}`,
          );
        }
        if (
          to !== undefined && to !== folder && to !== "links" &&
          !dependency.specifier.startsWith("@oprc/")
        ) {
          problems.add(
            `${from} imports ${dependency.specifier}; siblings go by their package names`,
          );
        }
        if (target?.startsWith("node:") && !platformFiles.test(from)) {
          problems.add(`${from} imports ${target}; only _runtime.ts and adapters name a platform`);
        }
      }
    }
  }
}
conclude("imports", [...problems]);
