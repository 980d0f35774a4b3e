import { type ClientHttp2Session, connect } from "node:http2";
import { registerService } from "../registration.ts";
import { serve } from "../serve.ts";
import {
  Health,
  HealthCheckResponse_ServingStatus as Status,
} from "../gen/grpc/health/v1/health_pb.ts";

/** Connections that their client closes, one each in a way of its own. */
const WAYS: readonly ((session: ClientHttp2Session) => void)[] = [
  (session) => session.destroy(),
  (session) => session.close(),
  (session) => session.goaway(),
];

/** Connections that the server ends under their calls. */
const LEFT_TO_SERVER = 4;

const CALLS_AT_ONCE = 16;

/** How many calls a connection makes before its client closes it, with others under way. */
const CALLS = 200;

/**
 * Loads a server of this process for a while, over connections that are closed under their
 * calls, by their clients and by the server; answers what was done. Broken releases end the
 * process.
 */
export async function loadServer(loadMs: number): Promise<string> {
  const end = Date.now() + loadMs;
  let calls = 0;
  let connections = 0;
  while (Date.now() < end) {
    const server = await serve({
      // The runtime is what is asked about.
      allowUnsafeRuntime: true,
      services: [registerService(Health, {
        check: () => ({ status: Status.SERVING }),
        list: () => ({}),
        async *watch() {},
      })],
    });
    const load = async (enough: number, close: (session: ClientHttp2Session) => void) => {
      const answered = await loadConnection(server.addr.port, enough, close);
      calls += answered;
      connections++;
    };
    const left = Array.from({ length: LEFT_TO_SERVER }, () => load(Infinity, () => {}));
    await Promise.all(WAYS.map((close) => load(CALLS, close)));
    await server.shutdown({ graceMs: 0 });
    await Promise.all(left);
  }
  return `${calls} calls answered, ${connections} connections closed with calls on them`;
}

/** Makes calls until there were enough, then closes the connection; answers how many were answered. */
async function loadConnection(
  port: number,
  enough: number,
  close: (session: ClientHttp2Session) => void,
): Promise<number> {
  const session = connect(`http://127.0.0.1:${port}`);
  const closed = new Promise<void>((resolve) => session.once("close", () => resolve()));
  session.on("error", () => {});
  let answered = 0;
  function call(): void {
    if (session.destroyed || session.closed) return;
    const stream = session.request({
      ":method": "POST",
      ":path": `/${Health.typeName}/Check`,
      "content-type": "application/grpc",
      te: "trailers",
    });
    stream.on("error", () => {});
    stream.on("trailers", () => {
      if (++answered === enough) {
        close(session);
        // What is left of it a moment later.
        setTimeout(() => session.destroy(), 20);
      }
    });
    stream.on("close", call);
    stream.resume();
    stream.end(new Uint8Array(5));
  }
  session.on("connect", () => {
    for (let i = 0; i < CALLS_AT_ONCE; i++) call();
  });
  await closed;
  return answered;
}
