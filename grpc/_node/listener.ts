import { createServer as createTcpServer } from "node:net";
import type { Cors } from "../cors.ts";
import type { Limits } from "../_limits.ts";
import type { Routes } from "../_router.ts";
import type { ServerAddress, ServerTlsOptions } from "../server_options.ts";
import { bind } from "./bind.ts";
import { createConnections } from "./connections.ts";
import { createHttpServers } from "./http_servers.ts";
import { readPreface } from "./preface.ts";
import { createRequestListener } from "./request_listener.ts";
import { createStreamListener } from "./stream_listener.ts";
import { createTlsServer } from "./tls_server.ts";

/** What a listener is started with. */
export interface ListenerOptions {
  readonly hostname: string;
  readonly port: number;
  readonly tls: ServerTlsOptions | undefined;
  readonly routes: Routes;
  readonly limits: Limits;
  readonly cors: Cors | undefined;
}

/** A bound port, and the connections on it. */
export interface Listener {
  readonly addr: ServerAddress;
  /** Resolves when the port is released and every connection is gone. */
  readonly finished: Promise<void>;
  /** Lets calls in flight end, and cuts what is left after `graceMs`. */
  drain(graceMs: number): Promise<void>;
}

/** Binds the port and answers HTTP/1.1 and HTTP/2 on it. */
export async function listen(options: ListenerOptions): Promise<Listener> {
  let finish!: () => void;
  const finished = new Promise<void>((resolve) => finish = resolve);
  let portReleased = false;
  let cutTimer: ReturnType<typeof setTimeout> | undefined;
  let cutAt = Infinity;

  let empty = true;
  function finishIfDone(): void {
    if (!portReleased || !empty) return;
    clearTimeout(cutTimer);
    finish();
  }
  const connections = createConnections(options.limits, (isEmpty) => {
    empty = isEmpty;
    finishIfDone();
  });
  const handOver = createHttpServers(
    connections,
    createRequestListener(options.routes, options.cors),
    createStreamListener(options.routes, options.limits.maxHeaderBytes, options.cors),
    options.limits,
  );
  const server = options.tls === undefined
    ? createTcpServer({ noDelay: true }, (socket) => {
      connections.add(socket);
      readPreface(socket, (version) => handOver(socket, version));
    })
    : createTlsServer(options.tls, connections, handOver);

  const addr = await bind(server, options);
  return {
    addr,
    finished,
    drain(graceMs) {
      if (!connections.draining) {
        server.close(() => {
          portReleased = true;
          finishIfDone();
        });
        connections.drain();
      }
      // The shortest grace that was asked for counts.
      const at = Date.now() + graceMs;
      if (at < cutAt) {
        cutAt = at;
        clearTimeout(cutTimer);
        cutTimer = setTimeout(() => connections.cut(), graceMs);
      }
      return finished;
    },
  };
}
