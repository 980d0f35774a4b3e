/**
 * Generates what this package makes of the contract and of its own rules.
 * `deno task gen` runs it after the code of the .proto files is there; `--check`
 * compares with what is there and ends with 1 on a difference.
 */
import { checkSource } from "./check.ts";
import { commentsSource, readComments } from "./comments.ts";
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

const folder = "models/";

/** What to write, in an order in which a later step may use what an earlier one made. */
const steps: readonly (() => Promise<Map<string, string>>)[] = [
  async () =>
    new Map([
      ["gen/comments.ts", commentsSource(await readComments())],
      ["gen/check.ts", checkSource()],
      ["gen/read.ts", readSource()],
    ]),
  // These run the package, so they see the code above only when it is loaded anew.
  async () => {
    const { docs } = await import("./docs.ts");
    const { schemas } = await import("./schemas.ts");
    return new Map([...await docs(await readComments()), ...schemas()]);
  },
];

const isCheck = Deno.args.includes("--check");
const stale: string[] = [];
const made = new Set<string>();
for (const step of steps) {
  const sources = [...await step()];
  await Promise.all(sources.map(async ([name, source]) => {
    made.add(name);
    const text = await formatted(name, source);
    const file = new URL(`${folder}${name}`, root);
    const present = await Deno.readTextFile(file).catch(() => undefined);
    if (present === text) return;
    if (isCheck) stale.push(name);
    else {
      await Deno.mkdir(new URL("./", file), { recursive: true });
      await Deno.writeTextFile(file, text);
    }
  }));
}
// Everything in these folders is made; what isn't any more has to go.
for (const name of ["gen", "schemas", "docs/messages"]) {
  for await (const entry of Deno.readDir(new URL(`${folder}${name}/`, root))) {
    const path = `${name}/${entry.name}`;
    if (made.has(path)) continue;
    if (isCheck) stale.push(path);
    else await Deno.remove(new URL(`${folder}${path}`, root));
  }
}
if (stale.length > 0) {
  console.error(`Not what deno task gen makes: ${stale.sort().join(", ")} in ${folder}`);
  Deno.exit(1);
}
