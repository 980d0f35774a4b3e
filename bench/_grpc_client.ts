/**
 * Clients beside each other, 50 calls at a time, for `grpc_bench.ts`: the port of a
 * server and the folder of the .proto files as arguments.
 */
import process from "node:process";
import { createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import grpc from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { RuntimeClient } from "@oprc/grpc";
import { RuntimeService } from "@oprc/proto/runtime";
import { compare } from "./_compare.ts";

const [port, protoDir] = process.argv.slice(2);
const AT_ONCE = 50;
const batch = (call: () => Promise<unknown>) => () =>
  Promise.all(Array.from({ length: AT_ONCE }, call));

const ours = RuntimeClient.connect(`http://127.0.0.1:${port}`);
const theirs = createClient(
  RuntimeService,
  createGrpcTransport({ baseUrl: `http://127.0.0.1:${port}` }),
);
const definition = loadSync("runtime.proto", { includeDirs: [protoDir!], keepCase: false });
// deno-lint-ignore no-explicit-any -- the loaded package has no static shape
const { RuntimeService: Service } = (grpc.loadPackageDefinition(definition) as any).oaas.runtime;
const js = new Service(`127.0.0.1:${port}`, grpc.credentials.createInsecure());

await compare("grpc", {
  name: "client, 50 unary calls at once (time of all 50)",
  ours: { name: "@oprc/grpc", run: batch(() => ours.getRuntimeState("i-1")) },
  others: [
    {
      name: "grpc-js",
      run: batch(() =>
        new Promise((resolve, reject) =>
          js.getRuntimeState(
            { instanceId: "i-1" },
            { deadline: Date.now() + 10_000 },
            (error: unknown, answer: unknown) => error ? reject(error) : resolve(answer),
          )
        )
      ),
    },
    {
      name: "connect-node",
      run: batch(() => theirs.getRuntimeState({ instanceId: "i-1" }, { timeoutMs: 10_000 })),
    },
  ],
  atLeast: 1.3,
  turnMs: 100,
  rounds: 11,
});
await ours.close();
js.close();
process.exit(0);
