// runtimes: deno
/**
 * Servers under h2load (Debian's nghttp2-client) and clients beside each other, on
 * Deno and, bundled, on Node. Each server runs in a process of its own, and they take
 * turns, so that what else the machine does hits all alike.
 */
import { importMap } from "./_import_map.ts";
import { median, type Result, runtimeName } from "./_compare.ts";

const ROUNDS = 7;
const CALLS = 6000;
const here = new URL("./", import.meta.url);
const local = (url: URL) => decodeURIComponent(url.pathname);
const protoDir = local(new URL("../proto/", here));
const folder = await Deno.makeTempDir({ prefix: "oprc-bench-grpc-" });
const decoder = new TextDecoder();
const flags = ["--no-config", "--no-lock", "--quiet", `--import-map=${folder}/map.json`];

/** The command that runs a program of this folder on a runtime. */
async function program(name: string, runtime: "deno" | "node"): Promise<[string, string[]]> {
  const file = local(new URL(`${name}.ts`, here));
  if (runtime === "deno") return [Deno.execPath(), ["run", "-A", ...flags, file]];
  const bundle = `${folder}/${name}.mjs`;
  const args = ["bundle", ...flags, "-o", bundle, file];
  const { success, stderr } = await new Deno.Command(Deno.execPath(), { args }).output();
  if (!success) throw new Error(decoder.decode(stderr));
  return ["node", [bundle]];
}

interface Running {
  readonly port: number;
  readonly pid: number;
  stop(): Promise<void>;
}

async function startServer([command, args]: [string, string[]], kind: string): Promise<Running> {
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

/** Nanoseconds a call takes and processor time it costs, under h2load. */
async function load({ port, pid }: Running): Promise<{ ns: number; cpuNs: number }> {
  const before = await cpuTicks(pid);
  const { stdout } = await new Deno.Command("h2load", {
    args: [
      ...["-n", String(CALLS), "-c", "4", "-m", "16", "-d", `${folder}/request.bin`],
      ...["-H", "content-type: application/grpc", "-H", "te: trailers"],
      `http://127.0.0.1:${port}/oaas.runtime.RuntimeService/GetRuntimeState`,
    ],
  }).output();
  const text = decoder.decode(stdout);
  if (!text.includes(`status codes: ${CALLS} 2xx`)) throw new Error(text);
  const perSecond = Number(/([\d.]+) req\/s/.exec(text)![1]);
  return { ns: 1e9 / perSecond, cpuNs: (await cpuTicks(pid) - before) * 1e7 / CALLS };
}

async function cpuTicks(pid: number): Promise<number> {
  const fields = (await Deno.readTextFile(`/proc/${pid}/stat`)).split(") ")[1]!.split(" ");
  return Number(fields[11]) + Number(fields[12]);
}

async function compareServers(runtime: "deno" | "node", name: string, aims: [string, number][]) {
  const kinds = [...aims.map(([kind]) => kind), "grpc-js", "connect-node"];
  const command = await program("_grpc_server", runtime);
  const servers: Running[] = [];
  try {
    for (const kind of kinds) servers.push(await startServer(command, kind));
    const samples = kinds.map((): { ns: number; cpuNs: number }[] => []);
    for (const server of servers) await load(server);
    for (let round = 0; round < ROUNDS; round++) {
      for (const [i, server] of servers.entries()) samples[i]!.push(await load(server));
    }
    for (const [what, field] of [["time", "ns"], ["processor time", "cpuNs"]] as const) {
      const ns = samples.map((runs) => median(runs.map((run) => run[field])));
      for (const [i, [kind, atLeast]] of aims.entries()) {
        report({
          section: "grpc",
          name: `server, unary, ${what} per call under h2load: ${kind}`,
          runtime: name,
          atLeast,
          contenders: [
            { name: kind, ns: ns[i]! },
            ...kinds.slice(aims.length).map((other, at) => ({
              name: other,
              ns: ns[aims.length + at]!,
            })),
          ],
          ratio: ns[aims.length]! / ns[i]!,
        });
      }
    }
  } finally {
    for (const server of servers) await server.stop();
  }
}

async function compareClients(runtime: "deno" | "node") {
  const server = await startServer(await program("_grpc_server", "node"), "oprc");
  try {
    const [command, args] = await program("_grpc_client", runtime);
    const { stdout, success } = await new Deno.Command(command, {
      args: [...args, String(server.port), protoDir],
      stderr: "inherit",
    }).output();
    if (!success) throw new Error("the clients failed");
    console.log(decoder.decode(stdout).trim());
  } finally {
    await server.stop();
  }
}

const report = (result: Result) => console.log(`RESULT ${JSON.stringify(result)}`);

try {
  await Deno.writeTextFile(`${folder}/map.json`, JSON.stringify(importMap()));
  const request = Uint8Array.from([0, 0, 0, 0, 5, 0x0a, 3, 0x69, 0x2d, 0x31]);
  await Deno.writeFile(`${folder}/request.bin`, request);
  const { stdout } = await new Deno.Command("node", { args: ["--version"] }).output();
  const names = {
    deno: runtimeName(),
    node: `Node ${decoder.decode(stdout).trim().slice(1)}`,
  };
  for (const runtime of ["deno", "node"] as const) {
    const least = runtime === "deno" ? 1.7 : 1.05;
    await compareServers(runtime, names[runtime], [
      ["oprc", least],
      ...(runtime === "deno" ? [["oprc-full", 1] as [string, number]] : []),
    ]);
    await compareClients(runtime);
  }
} finally {
  await Deno.remove(folder, { recursive: true });
}
