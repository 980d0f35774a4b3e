/**
 * A client for the conformance runner: reads calls from standard input, makes each with a
 * `createServiceClient` of its own, and writes what they came to on standard output.
 */
import process from "node:process";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { type ClientOptions, createServiceClient } from "../../grpc/mod.ts";
import { makeCall } from "./_calls.ts";
import { frame, readFrames } from "./_frames.ts";
import {
  type ClientCompatRequest,
  ClientCompatRequestSchema,
  type ClientCompatResponse,
  ClientCompatResponseSchema,
} from "./gen/connectrpc/conformance/v1/client_compat_pb.ts";
import {
  Codec,
  Compression,
  HTTPVersion,
  Protocol,
} from "./gen/connectrpc/conformance/v1/config_pb.ts";
import { ConformanceService } from "./gen/connectrpc/conformance/v1/service_pb.ts";

/** So many calls at once; most of their time is spent waiting. */
const CONCURRENCY = 16;

const protocols: Partial<Record<Protocol, ClientOptions["protocol"]>> = {
  [Protocol.CONNECT]: "connect",
  [Protocol.GRPC]: "grpc",
  [Protocol.GRPC_WEB]: "grpc-web",
};
const compressions: Partial<Record<Compression, ClientOptions["compression"]>> = {
  [Compression.GZIP]: "gzip",
  [Compression.BR]: "br",
};

async function answer(asked: ClientCompatRequest): Promise<ClientCompatResponse> {
  const { serverTlsCert, clientTlsCreds, host, port, testName } = asked;
  const secure = serverTlsCert.length > 0;
  try {
    const client = createServiceClient(
      ConformanceService,
      `${secure ? "https" : "http"}://${host}:${port}`,
      {
        protocol: protocols[asked.protocol],
        httpVersion: asked.httpVersion === HTTPVersion.HTTP_VERSION_1 ? "1.1" : "2",
        codec: asked.codec === Codec.JSON ? "json" : "proto",
        compression: compressions[asked.compression],
        compressMinBytes: compressions[asked.compression] && 0,
        maxMessageBytes: asked.messageReceiveLimit || undefined,
        useHttpGet: asked.useGetHttpMethod,
        tls: secure
          ? { ca: serverTlsCert, cert: clientTlsCreds?.cert, key: clientTlsCreds?.key }
          : undefined,
      },
    );
    const result = await makeCall(client.call, asked);
    await client.close();
    return create(ClientCompatResponseSchema, {
      testName,
      result: { case: "response", value: result },
    });
  } catch (error) {
    return create(ClientCompatResponseSchema, {
      testName,
      result: { case: "error", value: { message: String(error) } },
    });
  }
}

const pending = new Set<Promise<void>>();
for await (const message of readFrames(process.stdin)) {
  const asked = fromBinary(ClientCompatRequestSchema, message);
  const one = answer(asked).then((response) => {
    process.stdout.write(frame(toBinary(ClientCompatResponseSchema, response)));
    pending.delete(one);
  });
  pending.add(one);
  if (pending.size >= CONCURRENCY) await Promise.race(pending);
}
await Promise.all(pending);
