/**
 * Generates the TypeScript of every .proto file: `proto/gen/` with one entry
 * point for each file beside it (the file's leading comment becomes its
 * documentation), and `grpc/gen/` for the public definitions that @oprc/grpc
 * speaks besides the platform's own. Then @oprc/models generates, in a process of
 * its own that sees the new code, what it makes of the contract.
 *
 * `deno task gen` writes; `--check` compares with what is there and exits 1 on
 * a difference.
 */

const BUF = "npm:@bufbuild/buf@1.74.0/buf";

/** A folder of .proto files and the package that holds what is made of them. */
interface ProtoModule {
  /** Where buf.yaml and the .proto files are, from the root, with a closing slash. */
  source: string;
  /** The package whose `gen/` receives the code, from the root, with a closing slash. */
  target: string;
  /** The .proto files, without their suffix. */
  files: string[];
  /** Whether each file gets an entry point `<file>.ts` in the package. */
  entryPoints: boolean;
}

const root = new URL("../", import.meta.url);
const modules: ProtoModule[] = [
  {
    source: "proto/",
    target: "proto/",
    files: ["common", "package", "deployment", "runtime", "health"],
    entryPoints: true,
  },
  {
    source: "grpc/proto/",
    target: "grpc/",
    files: [
      "google/rpc/error_details",
      "grpc/health/v1/health",
      "grpc/reflection/v1/reflection",
      "grpc/reflection/v1alpha/reflection",
    ],
    entryPoints: false,
  },
];

/** Runs buf in `cwd`; buf finds its plugin through `deno` on the PATH. */
export async function buf(cwd: URL | string, ...args: string[]): Promise<void> {
  const binDir = Deno.execPath().replace(/[/\\][^/\\]*$/, "");
  const separator = Deno.build.os === "windows" ? ";" : ":";
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-lock", "--no-config", "--quiet", BUF, ...args],
    cwd,
    env: { PATH: `${binDir}${separator}${Deno.env.get("PATH") ?? ""}` },
  }).output();
  if (code !== 0) {
    const decoder = new TextDecoder();
    throw new Error(`buf ${args.join(" ")}: ${decoder.decode(stdout)}${decoder.decode(stderr)}`);
  }
}

/** The order in which `deno fmt` wants exports. */
function byLetters(a: string, b: string): number {
  return a.toLowerCase() < b.toLowerCase() ? -1 : 1;
}

/** The text of an entry point: the .proto file's leading comment and named re-exports. */
function entryPoint(name: string, protoText: string, generated: string): string {
  const comment: string[] = [];
  for (const line of protoText.split("\n")) {
    if (!line.startsWith("//")) break;
    comment.push(line.slice(2).trim());
  }
  const values: string[] = [];
  const types: string[] = [];
  for (const [, kind, symbol] of generated.matchAll(/^export (type|const|enum) (\w+)/gm)) {
    (kind === "type" ? types : values).push(symbol!);
  }
  const list = (symbols: string[]) => symbols.sort(byLetters).map((s) => `  ${s},\n`).join("");
  return `// Made by \`deno task gen\` from ${name}.proto; do not edit.\n\n` +
    `/**\n${comment.map((line) => ` * ${line}\n`).join("")} *\n * @module\n */\n` +
    `export {\n${list(values)}} from "./gen/${name}_pb.ts";\n` +
    (types.length ? `export type {\n${list(types)}} from "./gen/${name}_pb.ts";\n` : "");
}

/** Everything that is generated, by its path from the root. */
async function generate(): Promise<Map<string, string>> {
  const made = new Map<string, string>();
  for (const { source, target, files, entryPoints } of modules) {
    const out = await Deno.makeTempDir({ prefix: "oprc-gen-" });
    try {
      await buf(new URL(source, root), "generate", "--output", out);
      for (const name of files) {
        const generated = await Deno.readTextFile(`${out}/gen/${name}_pb.ts`);
        made.set(`${target}gen/${name}_pb.ts`, generated);
        if (!entryPoints) continue;
        const protoText = await Deno.readTextFile(new URL(`${source}${name}.proto`, root));
        made.set(`${target}${name}.ts`, entryPoint(name, protoText, generated));
      }
    } finally {
      await Deno.remove(out, { recursive: true });
    }
  }
  return made;
}

/** Files under `folder`, with their paths from the root. */
async function filesUnder(folder: string): Promise<string[]> {
  const paths: string[] = [];
  try {
    for await (const entry of Deno.readDir(new URL(folder, root))) {
      if (entry.isDirectory) paths.push(...await filesUnder(`${folder}${entry.name}/`));
      else paths.push(`${folder}${entry.name}`);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return paths;
}

/** Paths whose content is not what would be generated now. */
async function outOfDate(made: Map<string, string>): Promise<string[]> {
  const stale: string[] = [];
  for (const [path, text] of made) {
    const present = await Deno.readTextFile(new URL(path, root)).catch(() => undefined);
    if (present !== text) stale.push(path);
  }
  for (const { target } of modules) {
    for (const path of await filesUnder(`${target}gen/`)) {
      if (!made.has(path)) stale.push(path);
    }
  }
  return stale;
}

/** Runs the generators of @oprc/models; true if all is well. */
async function generateModels(...args: string[]): Promise<boolean> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "models/_gen/main.ts", ...args],
    cwd: root,
  }).spawn();
  return (await child.status).success;
}

if (import.meta.main) {
  const made = await generate();
  if (Deno.args.includes("--check")) {
    const stale = await outOfDate(made);
    if (stale.length > 0) {
      console.error(`Not what deno task gen makes: ${stale.join(", ")}`);
      Deno.exit(1);
    }
    if (!await generateModels("--check")) Deno.exit(1);
  } else {
    for (const [path, text] of made) {
      const file = new URL(path, root);
      await Deno.mkdir(new URL("./", file), { recursive: true });
      await Deno.writeTextFile(file, text);
    }
    if (!await generateModels()) Deno.exit(1);
  }
}
