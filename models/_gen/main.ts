/**
 * Generates what this package makes of the contract and of its own rules.
 * `deno task gen` runs it after the code of the .proto files is there; `--check`
 * compares with what is there and ends with 1 on a difference.
 */
import { checkSource } from "./check.ts";
import { readSource } from "./read.ts";

const root = new URL("../../", import.meta.url);

/** Formats as `deno fmt` does, so that what is generated passes the gate like any file. */
async function formatted(path: string, text: string): Promise<string> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["fmt", `--ext=${path.replace(/^.*\./, "")}`, "-"],
    cwd: root,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const output = child.output();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(text));
  await writer.close();
  const { success, stdout, stderr } = await output;
  const decoder = new TextDecoder();
  if (!success) throw new Error(`Cannot format ${path}: ${decoder.decode(stderr)}`);
  return decoder.decode(stdout);
}

const sources: Record<string, string> = {
  "models/gen/check.ts": checkSource(),
  "models/gen/read.ts": readSource(),
};
const stale: string[] = [];
await Promise.all(
  Object.entries(sources).map(async ([path, source]) => {
    const text = await formatted(path, source);
    const file = new URL(path, root);
    if (!Deno.args.includes("--check")) {
      await Deno.mkdir(new URL("./", file), { recursive: true });
      return Deno.writeTextFile(file, text);
    }
    const present = await Deno.readTextFile(file).catch(() => undefined);
    if (present !== text) stale.push(path);
  }),
);
if (stale.length > 0) {
  console.error(`Not what deno task gen makes: ${stale.sort().join(", ")}`);
  Deno.exit(1);
}
