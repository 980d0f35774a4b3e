import cluster from "node:cluster";
import process from "node:process";
import type { ServerGroup } from "../serve_many.ts";
import type { Server } from "../server_options.ts";
import { type FromWorker, isOurs, PORT_VARIABLE, type ToWorker } from "./cluster.ts";

/**
 * Serves in a worker, and does what the first process says. A worker whose first process
 * is gone ends at once; that is node:cluster's own doing.
 */
export async function runWorker(
  start: (port: number) => Promise<Server>,
): Promise<ServerGroup> {
  const tell = (message: FromWorker) => void process.send?.(message);
  let server: Server;
  try {
    server = await start(Number(process.env[PORT_VARIABLE]));
  } catch (error) {
    tell({ oprc: "failed", message: error instanceof Error ? error.message : String(error) });
    throw error;
  }
  tell({ oprc: "listening", addr: server.addr });

  const onMessage = (message: unknown) => {
    if (isOurs<ToWorker>(message)) void server.shutdown({ graceMs: message.graceMs });
  };
  // A terminal sends it to all processes at once, and the first one decides.
  const onInterrupt = () => {};
  const onTerminate = () => void server.shutdown();
  process.on("message", onMessage);
  process.on("SIGINT", onInterrupt);
  process.on("SIGTERM", onTerminate);
  const finished = server.finished.then(() => {
    process.off("message", onMessage);
    process.off("SIGINT", onInterrupt);
    process.off("SIGTERM", onTerminate);
    // Nothing of ours keeps the process from ending any more.
    cluster.worker?.disconnect();
  });
  return {
    role: "worker",
    addr: server.addr,
    finished,
    pids: () => [process.pid],
    shutdown: (options) => server.shutdown(options).then(() => finished),
    [Symbol.asyncDispose]: () => server.shutdown().then(() => finished),
  };
}
