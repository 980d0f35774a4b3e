/** Clients beside each other: unary calls, 50 at a time. */
import { median } from "./_compare.ts";
import { program, protoDir, report, type Runtime, startServer } from "./_grpc_servers.ts";

/** What is compiled differs from one start of the same program to the next. */
const STARTS = 3;

/** What a client came to in a round: figures of each kind of load. */
type Sample = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** What a process of `_grpc_client.ts` prints of each client. */
interface Client {
  readonly name: string;
  readonly samples: readonly Sample[];
}

const AIM = 1.3;
/** A tail may be longer by 1.3 times. */
const TAIL = 1 / 1.3;

/** The figures that are reported: load, figure, what it is, and the least ratio. */
const FIGURES: readonly (readonly [string, string, string, number?])[] = [
  ["atOnce", "ns", "50 unary calls at once: time of all 50", AIM],
  ["atOnce", "cpuNs", "50 unary calls at once: processor time of all 50", AIM],
  ["underWay", "ns", "50 unary calls always under way: time per call", AIM],
  ["underWay", "cpuNs", "50 unary calls always under way: processor time per call", AIM],
  ["underWay", "p50Ns", "50 unary calls always under way: half of the calls are faster than", AIM],
  ["underWay", "p99Ns", "50 unary calls always under way: 99 of 100 calls are faster than", TAIL],
  // Each call waits for a client and for a server; the server's part is the same for all, and
  // has no bar for that.
  ["real", "ns", "50 unary calls always under way at our server: time per call"],
  ["real", "cpuNs", "50 unary calls always under way at our server: processor time per call"],
];

/**
 * All clients of a runtime call the same servers, which run on another, so that only the
 * clients differ.
 */
export async function compareClients(runtime: Runtime, serving: Runtime): Promise<void> {
  const fixed = await startServer(await program("_grpc_fixed_server", serving), "fixed");
  const real = await startServer(await program("_grpc_server", serving), "oprc");
  const rounds = new Map<string, readonly Sample[]>();
  try {
    const [command, args] = await program("_grpc_client", runtime);
    const ports = [fixed.port, real.port].map(String);
    for (let start = 0; start < STARTS; start++) {
      const { stdout, success } = await new Deno.Command(command, {
        args: [...args, ...ports, protoDir],
        stderr: "inherit",
      }).output();
      if (!success) throw new Error("the clients failed");
      const [, printed] = /^SAMPLES (.*)$/m.exec(new TextDecoder().decode(stdout))!;
      for (const { name, samples } of JSON.parse(printed!) as readonly Client[]) {
        rounds.set(name, [...rounds.get(name) ?? [], ...samples]);
      }
    }
  } finally {
    await real.stop();
    await fixed.stop();
  }
  for (const [load, figure, what, atLeast] of FIGURES) {
    const contenders = [...rounds].map(([name, samples]) => ({
      name,
      ns: median(samples.map((sample) => sample[load]![figure]!)),
    }));
    report({
      section: "grpc",
      name: `client, ${what}`,
      runtime: runtime.name,
      atLeast,
      contenders,
      ratio: Math.min(...contenders.slice(1).map(({ ns }) => ns)) / contenders[0]!.ns,
    });
  }
}
