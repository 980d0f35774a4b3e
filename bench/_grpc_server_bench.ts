/**
 * Servers beside each other under h2load (Debian's nghttp2-client): unary calls, streams,
 * `fetchHandler` beside Connect's handlers in `Deno.serve`, and memory.
 */
import { connect } from "node:http2";
import { median } from "./_compare.ts";
import {
  folder,
  type Load,
  load,
  type Loaded,
  program,
  report,
  type Running,
  type Runtime,
  startServer,
} from "./_grpc_servers.ts";

/** In each start of the servers. */
const ROUNDS = 2;

/** Garbage collectors take this many loads to find their pace. */
const WARM_UPS = 2;

/** Ours beside others at one load. */
interface Match {
  readonly name: string;
  readonly ours: readonly { readonly kind: string; readonly atLeast?: number }[];
  /** The first is what ours are compared with. */
  readonly others: readonly string[];
  readonly load: Load;
  /** Slow kinds, with the part of the load that is enough for them. */
  readonly parts?: Readonly<Record<string, number>>;
  /** Reports also within what time half and 99 % of the calls were answered. */
  readonly percentiles?: boolean;
  /**
   * How often the servers are started. What is compiled, and which objects are taken for
   * lasting ones, differs from one start of a program to the next: one in six of ours on
   * Node 24 spent a fifth more than the others, in collecting garbage, as long as it ran.
   */
  readonly starts: number;
}

const METHOD = "/oaas.runtime.RuntimeService/GetRuntimeState";

/** The servers take turns, so that what else the machine does hits all alike. */
async function play(runtime: Runtime, match: Match): Promise<void> {
  const kinds = [...match.ours.map(({ kind }) => kind), ...match.others];
  const loads = kinds.map((kind) => ({
    ...match.load,
    count: match.load.count * (match.parts?.[kind] ?? 1),
  }));
  const command = await program("_grpc_server", runtime);
  const samples = kinds.map((): Loaded[] => []);
  for (let start = 0; start < match.starts; start++) {
    const servers: Running[] = [];
    try {
      for (const kind of kinds) servers.push(await startServer(command, kind));
      for (let round = -WARM_UPS; round < ROUNDS; round++) {
        // Each has each place in turn, so that none always follows the same other.
        for (let turn = 0; turn < kinds.length; turn++) {
          const i = (round + WARM_UPS + turn) % kinds.length;
          const loaded = await load(servers[i]!, loads[i]!);
          if (round >= 0) samples[i]!.push(loaded);
        }
      }
    } finally {
      for (const server of servers) await server.stop();
    }
  }
  reportMatch(runtime, match, samples);
}

function reportMatch(runtime: Runtime, match: Match, samples: readonly Loaded[][]): void {
  const figures: readonly [string, keyof Loaded, number][] = [
    ["time per call", "ns", 1],
    ["processor time per call", "cpuNs", 1],
    // A tail may be longer by 1.3 times, whatever the bar for the rest.
    ...(match.percentiles
      ? [["half of the calls within", "p50Ns", 0], ["99 % of the calls within", "p99Ns", 1 / 1.3]]
      : []) as [string, keyof Loaded, number][],
  ];
  for (const [what, field, bar] of figures) {
    const ns = samples.map((runs) => median(runs.map((run) => run[field])));
    for (const [i, { kind, atLeast }] of match.ours.entries()) {
      const others = match.others.map((name, at) => ({ name, ns: ns[match.ours.length + at]! }));
      report({
        section: "grpc",
        name: `${match.name}, ${what}, under h2load: ${kind}`,
        runtime: runtime.name,
        atLeast: bar === 1 ? atLeast : bar === 0 || atLeast === undefined ? undefined : bar,
        contenders: [{ name: kind, ns: ns[i]! }, ...others],
        ratio: others[0]!.ns / ns[i]!,
      });
    }
  }
}

/** Writes the bodies of the requests. */
export async function prepareLoads(): Promise<void> {
  const message = Uint8Array.from([0x0a, 3, 0x69, 0x2d, 0x31]);
  await Deno.writeFile(`${folder}/message.bin`, message);
  await Deno.writeFile(`${folder}/enveloped.bin`, Uint8Array.from([0, 0, 0, 0, 5, ...message]));
}

/** All comparisons of servers on a runtime. */
export async function compareServers(runtime: Runtime): Promise<void> {
  const enveloped = `${folder}/enveloped.bin`;
  // With 64 calls under way each pause of a server is felt by 64: with fewer calls in all,
  // the slowest 1 % would be one pause.
  const grpc = { path: METHOD, body: enveloped, contentType: "application/grpc", count: 12_000 };
  await play(runtime, {
    name: "server, unary",
    ours: [
      { kind: "oprc", atLeast: runtime.isDeno ? 1.7 : 1.05 },
      { kind: "oprc-full", atLeast: runtime.isDeno ? 1 : undefined },
    ],
    others: ["grpc-js", "connect-node"],
    load: grpc,
    parts: { "connect-node": 0.1 },
    percentiles: true,
    starts: 4,
  });
  await play(runtime, {
    name: "server, stream of 100 messages of 1 KiB",
    ours: [{ kind: "oprc", atLeast: 1 }],
    others: ["grpc-js"],
    load: { ...grpc, path: "/bench.Streams/Expand", count: 400 },
    percentiles: true,
    starts: 2,
  });
  if (runtime.isDeno) {
    for (
      const [protocol, contentType, body] of [
        ["Connect", "application/proto", `${folder}/message.bin`],
        ["gRPC-Web", "application/grpc-web+proto", enveloped],
      ] as const
    ) {
      await play(runtime, {
        name: `Deno.serve, ${protocol} unary`,
        ours: [{ kind: "oprc-fetch", atLeast: 2.5 }],
        others: ["connect-fetch"],
        load: { path: METHOD, body, contentType, count: 10_000 },
        parts: { "connect-fetch": 0.4 },
        starts: 2,
      });
    }
  }
  await compareMemory(runtime);
}

async function residentKib(pid: number): Promise<number> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)![1]);
}

const CONNECTIONS = 200;
const STREAMS = 2000;

/** What connections without calls, and calls that wait, cost a server in memory. */
async function compareMemory(runtime: Runtime): Promise<void> {
  const command = await program("_grpc_server", runtime);
  const rows: string[][] = [];
  for (const kind of ["oprc", "grpc-js"]) {
    const server = await startServer(command, kind);
    // What the first calls make lasts, and is nobody's connection.
    await load(server, {
      path: METHOD,
      body: `${folder}/enveloped.bin`,
      contentType: "application/grpc",
      count: 2000,
    });
    const before = await residentKib(server.pid);
    const sessions = await Promise.all(Array.from({ length: CONNECTIONS }, () => {
      const session = connect(`http://127.0.0.1:${server.port}`);
      return new Promise<typeof session>((resolve) =>
        session.once("remoteSettings", () => resolve(session))
      );
    }));
    await settle();
    const connected = await residentKib(server.pid);
    for (let i = 0; i < STREAMS; i++) {
      const stream = sessions[i % 20]!.request({
        ":method": "POST",
        ":path": "/bench.Streams/Wait",
        "content-type": "application/grpc",
        te: "trailers",
      });
      stream.on("error", () => {});
      stream.end(new Uint8Array(5));
    }
    await settle();
    const open = await residentKib(server.pid);
    for (const session of sessions) session.destroy();
    await server.stop();
    rows.push([
      runtime.name,
      kind,
      `${((connected - before) / CONNECTIONS).toFixed(1)} KiB`,
      `${((open - connected) / STREAMS).toFixed(1)} KiB`,
    ]);
  }
  const columns = ["runtime", "server", "an idle connection", "a call that waits"];
  console.log(`TABLE ${JSON.stringify({ columns, rows })}`);
}

/** Gives a server the time to do what it was asked for. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 2000));
