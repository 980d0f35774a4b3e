/**
 * A server of one kind, for `grpc_bench.ts` to load: `<kind>` as its argument. Prints
 * its port, and ends when its standard input does.
 */
import { createServer } from "node:http2";
import type { AddressInfo } from "node:net";
import process from "node:process";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import grpc from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { deadline, runtimeService, serve, validation } from "@oprc/grpc";
import { getLogger, observeConnect, ServiceMetrics } from "@oprc/observability";
import { RuntimeService } from "@oprc/proto/runtime";

const state = (instanceId: string) => ({ runtimeState: { instanceId, status: "RUNNING" } });
const handler = {
  getRuntimeState: ({ instanceId }: { instanceId: string }) => Promise.resolve(state(instanceId)),
  updateRuntimeState: () => Promise.resolve({}),
  listActiveInstances: () => Promise.resolve({}),
};

function grpcJs(protoDir: string): Promise<number> {
  const definition = loadSync("runtime.proto", { includeDirs: [protoDir], keepCase: false });
  // deno-lint-ignore no-explicit-any -- the loaded package has no static shape
  const loaded = grpc.loadPackageDefinition(definition) as any;
  const server = new grpc.Server();
  server.addService(loaded.oaas.runtime.RuntimeService.service, {
    GetRuntimeState: (
      call: { request: { instanceId: string } },
      answer: grpc.sendUnaryData<unknown>,
    ) => answer(null, state(call.request.instanceId)),
  });
  return new Promise((resolve, reject) =>
    server.bindAsync(
      "127.0.0.1:0",
      grpc.ServerCredentials.createInsecure(),
      (error, port) => error ? reject(error) : resolve(port),
    )
  );
}

function connectNode(): Promise<number> {
  const server = createServer(
    connectNodeAdapter({ routes: (router) => void router.service(RuntimeService, handler) }),
  );
  return new Promise((resolve) =>
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port))
  );
}

const kinds: Record<string, () => Promise<number>> = {
  "oprc": async () => (await serve({ services: [runtimeService(handler)] })).addr.port,
  "oprc-full": async () =>
    (await serve({
      services: [runtimeService(handler)],
      interceptors: [
        deadline({ maxMs: 60_000 }),
        observeConnect(new ServiceMetrics("bench"), { logger: getLogger("bench") }),
        validation(),
      ],
    })).addr.port,
  "grpc-js": () => grpcJs(process.argv[3]!),
  "connect-node": connectNode,
};
console.log(`PORT ${await kinds[process.argv[2]!]!()}`);
process.stdin.on("end", () => process.exit(0)).resume();
