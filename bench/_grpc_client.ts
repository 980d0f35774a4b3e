/**
 * Clients beside each other, 50 calls at a time, for `grpc_bench.ts`: the port of a
 * server and the folder of the .proto files as arguments. Time of a batch of 50; and, with
 * 50 calls always under way, processor time and how long a call takes.
 */
import process from "node:process";
import { createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import grpc from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { RuntimeClient } from "@oprc/grpc";
import { RuntimeService } from "@oprc/proto/runtime";
import { compare, median, runtimeName } from "./_compare.ts";

const [port, protoDir] = process.argv.slice(2);
const AT_ONCE = 50;
const ROUNDS = 9;
const CALLS = 2000;

const ours = RuntimeClient.connect(`http://127.0.0.1:${port}`);
const theirs = createClient(
  RuntimeService,
  createGrpcTransport({ baseUrl: `http://127.0.0.1:${port}` }),
);
const definition = loadSync("runtime.proto", { includeDirs: [protoDir!], keepCase: false });
// deno-lint-ignore no-explicit-any -- the loaded package has no static shape
const { RuntimeService: Service } = (grpc.loadPackageDefinition(definition) as any).oaas.runtime;
const js = new Service(`127.0.0.1:${port}`, grpc.credentials.createInsecure());

const contenders = [
  { name: "@oprc/grpc", call: () => ours.getRuntimeState("i-1") },
  {
    name: "grpc-js",
    call: () =>
      new Promise((resolve, reject) =>
        js.getRuntimeState(
          { instanceId: "i-1" },
          { deadline: Date.now() + 10_000 },
          (error: unknown, answer: unknown) => error ? reject(error) : resolve(answer),
        )
      ),
  },
  {
    name: "connect-node",
    call: () => theirs.getRuntimeState({ instanceId: "i-1" }, { timeoutMs: 10_000 }),
  },
];

const [first, ...others] = contenders.map(({ name, call }) => ({
  name,
  run: () => Promise.all(Array.from({ length: AT_ONCE }, call)),
}));
await compare("grpc", {
  name: "client, 50 unary calls at once (time of all 50)",
  ours: first!,
  others,
  atLeast: 1.3,
  turnMs: 100,
  rounds: 11,
});

/** What `CALLS` calls cost with 50 always under way, in nanoseconds a call. */
async function load(
  call: () => Promise<unknown>,
): Promise<Record<"ns" | "cpu" | "p50" | "p99", number>> {
  const times: number[] = [];
  const before = process.cpuUsage();
  const started = performance.now();
  let left = CALLS;
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    while (left-- > 0) {
      const began = performance.now();
      await call();
      times.push((performance.now() - began) * 1e6);
    }
  }));
  const { user, system } = process.cpuUsage(before);
  const ns = (performance.now() - started) * 1e6 / CALLS;
  times.sort((a, b) => a - b);
  const at = (part: number) => times[Math.floor(times.length * part)]!;
  return { ns, cpu: (user + system) * 1000 / CALLS, p50: at(0.5), p99: at(0.99) };
}

const samples = contenders.map((): Awaited<ReturnType<typeof load>>[] => []);
for (let round = 0; round < ROUNDS; round++) {
  for (const [i, { call }] of contenders.entries()) samples[i]!.push(await load(call));
}
const rows = [
  ["ns", "time per call", 1.3],
  ["cpu", "processor time per call", 1.3],
  ["p50", "half of the calls are faster than", 1.3],
  // p99 is to be no worse than 1.3 times theirs.
  ["p99", "99 of 100 calls are faster than", 1 / 1.3],
] as const;
for (const [field, what, atLeast] of rows) {
  const measured = contenders.map(({ name }, i) => ({
    name,
    ns: median(samples[i]!.map((sample) => sample[field])),
  }));
  const result = {
    section: "grpc",
    name: `client, 50 unary calls always under way: ${what}`,
    runtime: runtimeName(),
    atLeast,
    contenders: measured,
    ratio: Math.min(...measured.slice(1).map(({ ns }) => ns)) / measured[0]!.ns,
  };
  console.log(`RESULT ${JSON.stringify(result)}`);
}
await ours.close();
js.close();
process.exit(0);
