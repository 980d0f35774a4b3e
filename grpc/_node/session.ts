import type { ClientHttp2Stream, Http2Session } from "node:http2";
import type { Socket } from "node:net";
import { Code, ConnectError } from "@connectrpc/connect";
import { Http2SessionManager } from "@connectrpc/connect-node";
import type { ConnectionWatch } from "../_connection_errors.ts";
import { keepResponse } from "./response.ts";
import { createSocketSet } from "./socket_set.ts";

/** The HTTP/2 connection of a client, opened with the first request and again when it was lost. */
export interface Session {
  /** What connect-node's transports make their requests with. */
  readonly manager: Pick<Http2SessionManager, "authority" | "request" | "notifyResponseByteRead">;
  /** What there is to know of the connection's end. */
  readonly watch: ConnectionWatch;
  /** Ends the connection; resolves when its socket is gone. */
  close(): Promise<void>;
}

/** A session to `origin` over the sockets that `open` makes. */
export function createSession(origin: string, open: () => Socket): Session {
  const sockets = createSocketSet();
  const manager = new Http2SessionManager(origin, {
    // The manager forgets its idle timer when a connection is lost under a
    // call; it would keep that connection in memory for a quarter of an hour.
    idleConnectionTimeoutMs: Infinity,
  }, { createConnection: () => sockets.add(open()) });

  return {
    manager: {
      authority: manager.authority,
      request: async (...args: Parameters<Http2SessionManager["request"]>) => {
        const stream = await manager.request(...args);
        if (stream.session !== undefined) listenOnce(stream.session);
        return keepResponse(stream);
      },
      notifyResponseByteRead: (stream: ClientHttp2Stream) => manager.notifyResponseByteRead(stream),
    },
    watch: sockets,
    close() {
      manager.abort(new ConnectError("the client is closed", Code.Canceled));
      return sockets.destroy();
    },
  };
}

const listening = new WeakSet<Http2Session>();

/**
 * The manager stops listening when a connection fails, and Deno may tell of the
 * failure once more (a client certificate refused after the handshake), which
 * would end the process. The call has its error from its stream.
 */
function listenOnce(session: Http2Session): void {
  if (listening.has(session)) return;
  listening.add(session);
  session.on("error", () => {});
}
