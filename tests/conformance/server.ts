/**
 * A server for the conformance runner: reads what is asked for from standard input,
 * starts it, says where it listens on standard output, and runs until it is ended.
 * With the argument `fetch` it is `fetchHandler` in `Deno.serve`, otherwise `serve`.
 */
import process from "node:process";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { fetchHandler, serve } from "../../grpc/mod.ts";
import { frame, readFrames } from "./_frames.ts";
import { conformanceService } from "./_service.ts";
import {
  type ServerCompatRequest,
  ServerCompatRequestSchema,
  ServerCompatResponseSchema,
} from "./gen/connectrpc/conformance/v1/server_compat_pb.ts";

const services = [conformanceService()];
// The suite makes handlers fail on purpose.
const onError = () => {};

async function startServe(asked: ServerCompatRequest): Promise<number> {
  const { serverCreds, clientTlsCert, messageReceiveLimit } = asked;
  const { addr } = await serve({
    services,
    onError,
    tls: serverCreds && {
      cert: serverCreds.cert,
      key: serverCreds.key,
      ca: clientTlsCert.length > 0 ? clientTlsCert : undefined,
    },
    limits: { maxMessageBytes: messageReceiveLimit || undefined },
  });
  return addr.port;
}

function startFetch(asked: ServerCompatRequest): number {
  const { serverCreds, messageReceiveLimit } = asked;
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  const handler = fetchHandler(services, {
    onError,
    maxMessageBytes: messageReceiveLimit || undefined,
  });
  const server = Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    onListen() {},
    ...(serverCreds && { cert: text(serverCreds.cert), key: text(serverCreds.key) }),
  }, handler);
  return server.addr.port;
}

for await (const message of readFrames(process.stdin)) {
  const asked = fromBinary(ServerCompatRequestSchema, message);
  const port = process.argv[2] === "fetch" ? startFetch(asked) : await startServe(asked);
  const answer = create(ServerCompatResponseSchema, {
    host: "127.0.0.1",
    port,
    pemCert: asked.serverCreds?.cert,
  });
  process.stdout.write(frame(toBinary(ServerCompatResponseSchema, answer)));
  break;
}
