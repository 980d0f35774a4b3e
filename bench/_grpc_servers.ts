/** What the comparisons of the section grpc share: programs, running servers, and h2load. */
import { findNode } from "../tests/_node.ts";
import { type Result, runtimeName } from "./_compare.ts";

const here = new URL("./", import.meta.url);
const local = (url: URL) => decodeURIComponent(url.pathname);
const decoder = new TextDecoder();

/** Where the .proto files are, for those who load them. */
export const protoDir = local(new URL("../proto/", here));

/** Holds what the comparisons write; whoever began removes it. */
export const folder = await Deno.makeTempDir({ prefix: "oprc-bench-grpc-" });

const flags = ["--no-config", "--no-lock", "--quiet", `--import-map=${folder}/map.json`];

/** A runtime that is compared. */
export interface Runtime {
  /** With its version. */
  readonly name: string;
  readonly isDeno: boolean;
  /** The program that it is. */
  readonly executable: string;
}

/** Deno, and the versions of Node that are supported, as far as they are to be had. */
export async function findRuntimes(): Promise<Runtime[]> {
  const runtimes: Runtime[] = [
    { name: runtimeName(), isDeno: true, executable: Deno.execPath() },
  ];
  for (const major of [20, 24]) {
    const command = await findNode(major);
    if (command === undefined) continue;
    // Not npx, which would hide how much processor time its Node takes.
    const script = "console.log(process.execPath, process.versions.node)";
    const { stdout } = await new Deno.Command(command[0]!, {
      args: [...command.slice(1), "-e", script],
    }).output();
    const [executable, version] = decoder.decode(stdout).trim().split(" ");
    runtimes.push({ name: `Node ${version}`, isDeno: false, executable: executable! });
  }
  return runtimes;
}

/** Prints a result, for `bench/main.ts` to collect. */
export const report = (result: Result) => console.log(`RESULT ${JSON.stringify(result)}`);

/** The command that runs a program of this folder on a runtime. */
export async function program(
  name: string,
  { isDeno, executable }: Runtime,
): Promise<[string, string[]]> {
  const file = local(new URL(`${name}.ts`, here));
  if (isDeno) return [executable, ["run", "-A", ...flags, file]];
  const bundle = `${folder}/${name}.mjs`;
  const args = ["bundle", ...flags, "-o", bundle, file];
  const { success, stderr } = await new Deno.Command(Deno.execPath(), { args }).output();
  if (!success) throw new Error(decoder.decode(stderr));
  return [executable, [bundle]];
}

/** A server in a process of its own. */
export interface Running {
  readonly port: number;
  readonly pid: number;
  stop(): Promise<void>;
}

/** Starts a server of a kind, and resolves when it listens. */
export async function startServer(
  [command, args]: [string, string[]],
  kind: string,
): Promise<Running> {
  const child = new Deno.Command(command, {
    args: [...args, kind, protoDir],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const reader = child.stdout.getReader();
  let text = "";
  while (!/PORT \d+\n/.test(text)) {
    const { done, value } = await reader.read();
    if (done) throw new Error(`the server ${kind} ended before it listened`);
    text += decoder.decode(value);
  }
  return {
    port: Number(/PORT (\d+)/.exec(text)![1]),
    pid: child.pid,
    async stop() {
      await child.stdin.close();
      await reader.cancel();
      await child.status;
    },
  };
}

/** What a server is loaded with. */
export interface Load {
  readonly path: string;
  /** A file with the body of each request. */
  readonly body: string;
  readonly contentType: string;
  /** How many requests. */
  readonly count: number;
}

/** What a call came to under h2load. */
export interface Loaded {
  readonly ns: number;
  readonly cpuNs: number;
  readonly p50Ns: number;
  readonly p99Ns: number;
}

/** Loads a server by four connections with 16 calls each under way. */
export async function load(server: Running, what: Load): Promise<Loaded> {
  const { count } = what;
  const log = `${folder}/log`;
  await Deno.remove(log).catch(() => {});
  const before = await cpuTicks(server.pid);
  const { stdout } = await new Deno.Command("h2load", {
    args: [
      ...["-n", String(count), "-c", "4", "-m", "16", "-d", what.body, `--log-file=${log}`],
      ...["-H", `content-type: ${what.contentType}`, "-H", "te: trailers"],
      `http://127.0.0.1:${server.port}${what.path}`,
    ],
  }).output();
  const text = decoder.decode(stdout);
  if (!text.includes(`status codes: ${count} 2xx`)) throw new Error(text);
  const perSecond = Number(/([\d.]+) req\/s/.exec(text)![1]);
  // Start, status and microseconds of each request.
  const took = (await Deno.readTextFile(log)).trim().split("\n")
    .map((line) => Number(line.split("\t")[2])).sort((a, b) => a - b);
  const part = (share: number) => took[Math.floor(took.length * share)]! * 1000;
  return {
    ns: 1e9 / perSecond,
    cpuNs: (await cpuTicks(server.pid) - before) * 1e7 / count,
    p50Ns: part(0.5),
    p99Ns: part(0.99),
  };
}

async function cpuTicks(pid: number): Promise<number> {
  const fields = (await Deno.readTextFile(`/proc/${pid}/stat`)).split(") ")[1]!.split(" ");
  return Number(fields[11]) + Number(fields[12]);
}
