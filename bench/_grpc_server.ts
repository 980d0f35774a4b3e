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
import { createFileRegistry, type DescService } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import { create } from "@bufbuild/protobuf";
import { createConnectRouter } from "@connectrpc/connect";
import {
  universalServerRequestFromFetch,
  universalServerResponseToFetch,
} from "@connectrpc/connect/protocol";
import {
  deadline,
  fetchHandler,
  registerService,
  runtimeService,
  serve,
  validation,
} from "@oprc/grpc";
import { getLogger, observeConnect, ServiceMetrics } from "@oprc/observability";
import { RuntimeService } from "@oprc/proto/runtime";

const state = (instanceId: string) => ({ runtimeState: { instanceId, status: "RUNNING" } });
const handler = {
  getRuntimeState: ({ instanceId }: { instanceId: string }) => Promise.resolve(state(instanceId)),
  updateRuntimeState: () => Promise.resolve({}),
  listActiveInstances: () => Promise.resolve({}),
};

/** A service that streams and one that waits, of the messages of RuntimeService. */
const streams = createFileRegistry(
  create(FileDescriptorProtoSchema, {
    name: "bench.proto",
    package: "bench",
    syntax: "proto3",
    dependency: [RuntimeService.file.proto.name],
    service: [{
      name: "Streams",
      method: [["Expand", true], ["Wait", false]].map(([name, serverStreaming]) => ({
        name: name as string,
        inputType: ".oaas.runtime.GetRuntimeStateRequest",
        outputType: ".oaas.runtime.GetRuntimeStateResponse",
        serverStreaming: serverStreaming as boolean,
      })),
    }],
  }),
  (name) =>
    [RuntimeService.file, ...RuntimeService.file.dependencies].find((file) =>
      file.proto.name === name
    ),
).getService("bench.Streams") as DescService;
const MESSAGES = 100;
const kibibyte = state("a".repeat(1024));
const streamHandler = {
  async *expand() {
    for (let i = 0; i < MESSAGES; i++) yield kibibyte;
  },
  wait: () => new Promise(() => {}),
};
const services = () => [
  runtimeService(handler),
  registerService(streams, streamHandler as never),
];

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
  const { GetRuntimeState } = loaded.oaas.runtime.RuntimeService.service;
  server.addService({
    Expand: { ...GetRuntimeState, path: "/bench.Streams/Expand", responseStream: true },
    Wait: { ...GetRuntimeState, path: "/bench.Streams/Wait" },
  }, {
    // deno-lint-ignore no-explicit-any -- as above
    Expand(call: any) {
      // As its documentation has it: on when the last has drained.
      let left = MESSAGES;
      const write = () => {
        while (left-- > 0) if (!call.write(kibibyte)) return void call.once("drain", write);
        call.end();
      };
      write();
    },
    Wait: () => {},
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

/** Connect's own handlers in `Deno.serve`. */
function connectFetch(): Promise<number> {
  const router = createConnectRouter().service(RuntimeService, handler);
  const handlers = new Map(router.handlers.map((one) => [one.requestPath, one]));
  return denoServe(async (request) => {
    const found = handlers.get(new URL(request.url).pathname);
    if (found === undefined) return new Response(null, { status: 404 });
    return universalServerResponseToFetch(
      await found(universalServerRequestFromFetch(request, {})),
    );
  });
}

function denoServe(answer: (request: Request) => Promise<Response>): Promise<number> {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, answer);
  return Promise.resolve(server.addr.port);
}

const kinds: Record<string, () => Promise<number>> = {
  "oprc": async () =>
    (await serve({ services: services(), limits: { maxConnections: 1000 } })).addr.port,
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
  "oprc-fetch": () => denoServe(fetchHandler([runtimeService(handler)])),
  "connect-fetch": connectFetch,
};
console.log(`PORT ${await kinds[process.argv[2]!]!()}`);
process.stdin.on("end", () => process.exit(0)).resume();
