/**
 * Generates `proto/gen/` from the .proto files, and beside it one entry point
 * for each file, with the file's leading comment as its documentation.
 *
 * `deno task gen` writes; `--check` compares with what is there and exits 1 on
 * a difference.
 */

const BUF = "npm:@bufbuild/buf@1.74.0/buf";
const protoDir = new URL("../proto/", import.meta.url);
const files = ["common", "package", "deployment", "runtime", "health"];

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

/** Everything that is generated, by its path under `proto/`. */
async function generate(): Promise<Map<string, string>> {
  const out = await Deno.makeTempDir({ prefix: "oprc-gen-" });
  try {
    await buf(protoDir, "generate", "--output", out);
    const made = new Map<string, string>();
    for (const name of files) {
      const generated = await Deno.readTextFile(`${out}/gen/${name}_pb.ts`);
      const protoText = await Deno.readTextFile(new URL(`${name}.proto`, protoDir));
      made.set(`gen/${name}_pb.ts`, generated);
      made.set(`${name}.ts`, entryPoint(name, protoText, generated));
    }
    return made;
  } finally {
    await Deno.remove(out, { recursive: true });
  }
}

/** Paths under `proto/` whose content is not what would be generated now. */
async function outOfDate(made: Map<string, string>): Promise<string[]> {
  const stale: string[] = [];
  for (const [path, text] of made) {
    const present = await Deno.readTextFile(new URL(path, protoDir)).catch(() => undefined);
    if (present !== text) stale.push(`proto/${path}`);
  }
  for await (const entry of Deno.readDir(new URL("gen/", protoDir))) {
    if (!made.has(`gen/${entry.name}`)) stale.push(`proto/gen/${entry.name}`);
  }
  return stale;
}

if (import.meta.main) {
  const made = await generate();
  if (Deno.args.includes("--check")) {
    const stale = await outOfDate(made);
    if (stale.length > 0) {
      console.error(`Not what deno task gen makes: ${stale.join(", ")}`);
      Deno.exit(1);
    }
  } else {
    await Deno.mkdir(new URL("gen/", protoDir), { recursive: true });
    for (const [path, text] of made) {
      await Deno.writeTextFile(new URL(path, protoDir), text);
    }
  }
}
