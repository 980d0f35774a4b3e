/**
 * Runs the public Connect conformance suite against `serve`, `fetchHandler` and
 * `createServiceClient`, on Deno and on Node where it is installed; see README.md.
 */
import { installedNode } from "../_node.ts";
import { outputOf } from "../_peers.ts";

const here = new URL("./", import.meta.url);
const path = (file: string) => decodeURIComponent(new URL(file, here).pathname);

/** What is put under test, and with which features of the suite. */
interface Subject {
  readonly name: string;
  readonly mode: "server" | "client";
  readonly program: string;
  readonly args: readonly string[];
  readonly onNode: boolean;
}

const subjects: readonly Subject[] = [
  { name: "serve", mode: "server", program: "server", args: [], onNode: true },
  { name: "fetch", mode: "server", program: "server", args: ["fetch"], onNode: false },
  { name: "client", mode: "client", program: "client", args: [], onNode: true },
];

async function findRunner(): Promise<string | undefined> {
  const runner = Deno.env.get("CONNECTCONFORMANCE") ?? "connectconformance";
  return await outputOf(runner, "--version") === undefined ? undefined : runner;
}

/** The program as a file that Node runs. */
async function bundle(program: string, folder: string): Promise<string> {
  const file = `${folder}/${program}.mjs`;
  const args = ["bundle", "--quiet", "-o", file, path(`${program}.ts`)];
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args,
    cwd: path("../../"),
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return file;
}

/** Runs the suite; true when nothing failed that isn't known to. */
async function run(runner: string, subject: Subject, command: readonly string[]) {
  const { mode, name, args } = subject;
  const known: string[] = [];
  for (const kind of ["failing", "flaky"]) {
    const file = path(`${name}_known_${kind}.txt`);
    const isThere = await Deno.stat(file).then(() => true, () => false);
    // A run of some cases doesn't meet all that are known.
    if (isThere && selected.length === 0) known.push(`--known-${kind}`, `@${file}`);
  }
  const { success } = await new Deno.Command(runner, {
    args: [
      ...["--mode", mode, "--conf", path(`${name}.yaml`)],
      ...known,
      ...selected.flatMap((pattern) => ["--run", pattern]),
      ...["--", ...command, ...args],
    ],
  }).spawn().status;
  return success;
}

const names = Deno.args.filter((arg) => subjects.some(({ name }) => name === arg));
const selected = Deno.args.filter((arg) => !names.includes(arg));
const runner = await findRunner();
if (runner === undefined) {
  console.log("Skipped: connectconformance is neither on the PATH nor in CONNECTCONFORMANCE");
  Deno.exit(0);
}

const node = await installedNode();
const folder = await Deno.makeTempDir({ prefix: "oprc-conformance-" });
let failed = false;
try {
  for (const subject of subjects) {
    const { name, program, onNode } = subject;
    if (names.length > 0 && !names.includes(name)) continue;
    console.log(`── ${name} on Deno ${Deno.version.deno}`);
    const onDeno = [Deno.execPath(), "run", "-A", path(`${program}.ts`)];
    if (!await run(runner, subject, onDeno)) failed = true;
    if (!onNode || node === undefined) continue;
    console.log(`── ${name} on Node ${await outputOf(node, "--version")}`);
    if (!await run(runner, subject, [node, await bundle(program, folder)])) failed = true;
  }
} finally {
  await Deno.remove(folder, { recursive: true });
}
Deno.exit(failed ? 1 : 0);
