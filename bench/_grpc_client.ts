/**
 * Clients beside each other, 50 calls at a time, for `grpc_bench.ts`: the ports of a server of
 * fixed answers and of a real one, and the folder of the .proto files as arguments. Prints
 * what each client came to in each round, ours first.
 */
import process from "node:process";
import { createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import grpc from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { RuntimeClient } from "@oprc/grpc";
import { RuntimeService } from "@oprc/proto/runtime";

const [fixedPort, realPort, protoDir] = process.argv.slice(2);
const AT_ONCE = 50;
const CALLS = 2000;
const BATCHES = 20;
const ROUNDS = 4;

/** Until what is compiled, and the garbage collectors' pace, stay as they are. */
const WARM_UPS = 2;

type Call = () => Promise<unknown>;

const definition = loadSync("runtime.proto", { includeDirs: [protoDir!], keepCase: false });
// deno-lint-ignore no-explicit-any -- the loaded package has no static shape
const { RuntimeService: Service } = (grpc.loadPackageDefinition(definition) as any).oaas.runtime;

/** The clients of a server; a slow one makes the part of the calls that is enough for it. */
const contenders: readonly {
  readonly name: string;
  readonly part: number;
  readonly connect: (port: string) => Call;
}[] = [
  {
    name: "@oprc/grpc",
    part: 1,
    connect(port) {
      const client = RuntimeClient.connect(`http://127.0.0.1:${port}`);
      return () => client.getRuntimeState("i-1");
    },
  },
  {
    name: "grpc-js",
    part: 1,
    connect(port) {
      const client = new Service(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
      return () =>
        new Promise((resolve, reject) =>
          client.getRuntimeState(
            { instanceId: "i-1" },
            { deadline: Date.now() + 10_000 },
            (error: unknown, answer: unknown) => error ? reject(error) : resolve(answer),
          )
        );
    },
  },
  {
    name: "connect-node",
    part: 0.3,
    connect(port) {
      const transport = createGrpcTransport({ baseUrl: `http://127.0.0.1:${port}` });
      const client = createClient(RuntimeService, transport);
      return () => client.getRuntimeState({ instanceId: "i-1" }, { timeoutMs: 10_000 });
    },
  },
];

/** Time and processor time of one of the `count` things that `run` does, in nanoseconds. */
async function measure(
  count: number,
  run: () => Promise<void>,
): Promise<{ readonly ns: number; readonly cpuNs: number }> {
  const before = process.cpuUsage();
  const started = performance.now();
  await run();
  const ns = (performance.now() - started) * 1e6 / count;
  const { user, system } = process.cpuUsage(before);
  return { ns, cpuNs: (user + system) * 1000 / count };
}

/** Calls with 50 always under way. */
async function alwaysUnderWay(call: Call, count: number): Promise<Record<string, number>> {
  const times: number[] = [];
  let left = count;
  const measured = await measure(count, async () => {
    await Promise.all(Array.from({ length: AT_ONCE }, async () => {
      while (left-- > 0) {
        const began = performance.now();
        await call();
        times.push((performance.now() - began) * 1e6);
      }
    }));
  });
  times.sort((a, b) => a - b);
  const at = (part: number) => times[Math.floor(times.length * part)]!;
  return { ...measured, p50Ns: at(0.5), p99Ns: at(0.99) };
}

/** Batches of 50 calls, each of which begins when the last has been answered. */
const atOnce = (call: Call, batches: number): Promise<Record<string, number>> =>
  measure(batches, async () => {
    for (let i = 0; i < batches; i++) await Promise.all(Array.from({ length: AT_ONCE }, call));
  });

const clients = contenders.map(({ name, part, connect }) => ({
  name,
  part,
  fixed: connect(fixedPort!),
  real: connect(realPort!),
  samples: [] as unknown[],
}));
for (let round = -WARM_UPS; round < ROUNDS; round++) {
  // Each has each place in turn, so that none always follows the same other.
  for (let turn = 0; turn < clients.length; turn++) {
    const { part, fixed, real, samples } = clients[(round + WARM_UPS + turn) % clients.length]!;
    const sample = {
      underWay: await alwaysUnderWay(fixed, CALLS * part),
      atOnce: await atOnce(fixed, BATCHES * part),
      real: await alwaysUnderWay(real, CALLS / 2 * part),
    };
    if (round >= 0) samples.push(sample);
  }
}
console.log(`SAMPLES ${JSON.stringify(clients.map(({ name, samples }) => ({ name, samples })))}`);
process.exit(0);
