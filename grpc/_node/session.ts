import type { ClientHttp2Session, ClientHttp2Stream, OutgoingHttpHeaders } from "node:http2";
import type { Socket } from "node:net";
import { Code, ConnectError } from "@connectrpc/connect";
import { Http2SessionManager } from "@connectrpc/connect-node";
import { createDeadlines, type Deadlines } from "../_client/deadlines.ts";
import type { ConnectionWatch } from "../_connection_errors.ts";
import { denoVersion } from "../_runtime.ts";
import { type Cork, createCork } from "./cork.ts";
import { keepResponse } from "./response.ts";
import { createSocketSet } from "./socket_set.ts";

/** When to ask a quiet connection whether its other side is still there. */
export interface SessionKeepAlive {
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly whenIdle: boolean;
}

/** The HTTP/2 connection of a client, opened with the first request and again when it was lost. */
export interface Session {
  /** Scheme, host and port of the server. */
  readonly origin: string;
  /** What connect-node's transports make their requests with. */
  readonly manager: Pick<Http2SessionManager, "authority" | "request" | "notifyResponseByteRead">;
  /** What there is to know of the connection's end. */
  readonly watch: ConnectionWatch;
  /** Connects, unless it is; answers whether there is a connection. */
  connect(): Promise<boolean>;
  /** Opens a bare stream for a POST. */
  open(path: string, headers: OutgoingHttpHeaders): Promise<ClientHttp2Stream>;
  /** Whether the server said, before it closed the connection, that it never saw this stream. */
  wasTooLate(stream: ClientHttp2Stream): boolean;
  /** The deadlines of the calls on it. */
  readonly deadlines: Deadlines;
  /** Whether `close` was called. */
  readonly closed: boolean;
  /** Whether the stream's connection has ended, or is about to. */
  isEnding(stream: ClientHttp2Stream): boolean;
  /** Asks whether the stream's connection is alive, and ends it when no answer comes. */
  suspect(stream: ClientHttp2Stream): void;
  /** Ends the connection; resolves when its socket is gone. */
  close(): Promise<void>;
}

/** How long the other side has to answer when it is asked whether it is alive. */
const ALIVE_MS = 5000;

/** What is known of one connection. */
interface Known {
  readonly session: ClientHttp2Session;
  readonly cork: Cork | undefined;
  /** The last stream that the server took, once it has said so. */
  lastStreamId: number | undefined;
  asking: boolean;
}

/**
 * Where a stream keeps what is known of its connection: closed, it has forgotten its session.
 * On the stream rather than in a WeakMap, which makes work for the collector with each call.
 */
const CONNECTION = Symbol("connection");

type KnownStream = ClientHttp2Stream & { [CONNECTION]?: Known };

const connectionOf = (stream: ClientHttp2Stream) => (stream as KnownStream)[CONNECTION];

const isOver = ({ session }: Known) => session.closed || session.destroyed;

/** A session to `origin` over the sockets that `open` makes. */
export function createSession(
  origin: string,
  open: () => Socket,
  keepAlive?: SessionKeepAlive,
): Session {
  const sockets = createSocketSet();
  const known = new WeakMap<object, Known>();
  const onDeno = denoVersion() !== undefined;
  let closed = false;
  let lastSocket: Socket | undefined;
  const manager = new Http2SessionManager(origin, {
    pingIntervalMs: keepAlive?.intervalMs,
    pingTimeoutMs: keepAlive?.timeoutMs,
    pingIdleConnection: keepAlive?.whenIdle,
    // The manager forgets its idle timer when a connection is lost under a
    // call; it would keep that connection in memory for a quarter of an hour.
    idleConnectionTimeoutMs: Infinity,
  }, { createConnection: () => lastSocket = sockets.add(open()) });

  /** What is known of a connection; watches it from its first stream on. */
  function know(session: ClientHttp2Session): Known {
    let found = known.get(session);
    if (found !== undefined) return found;
    const cork = onDeno && lastSocket !== undefined ? createCork(lastSocket, 1) : undefined;
    const fresh: Known = found = { session, cork, lastStreamId: undefined, asking: false };
    known.set(session, fresh);
    session.on("goaway", (_code, lastStreamId) => fresh.lastStreamId = lastStreamId);
    // The manager stops listening when a connection fails, and Deno may tell of the
    // failure once more (a client certificate refused after the handshake), which
    // would end the process. The call has its error from its stream.
    session.on("error", () => {});
    return fresh;
  }
  async function request(
    ...args: Parameters<Http2SessionManager["request"]>
  ): Promise<ClientHttp2Stream> {
    const stream: KnownStream = await manager.request(...args);
    if (stream.session !== undefined) {
      const found = know(stream.session as ClientHttp2Session);
      found.cork?.();
      stream[CONNECTION] = found;
    }
    return stream;
  }
  return {
    origin,
    manager: {
      authority: manager.authority,
      request: async (...args) => keepResponse(await request(...args)),
      notifyResponseByteRead: keepAlive === undefined
        ? () => {}
        : (stream: ClientHttp2Stream) => manager.notifyResponseByteRead(stream),
    },
    watch: sockets,
    deadlines: createDeadlines(),
    connect: () => manager.connect().then((state) => state !== "error", () => false),
    open: (path, headers) => request("POST", path, headers, {}),
    wasTooLate(stream) {
      const found = connectionOf(stream);
      if (found === undefined || stream.id === undefined) return true;
      const { lastStreamId } = found;
      return lastStreamId !== undefined && stream.id > lastStreamId;
    },
    isEnding(stream) {
      const found = connectionOf(stream);
      return found === undefined || isOver(found);
    },
    suspect(stream) {
      const found = connectionOf(stream);
      if (found === undefined || isOver(found) || found.asking) return;
      const { session } = found;
      found.asking = true;
      const timer = setTimeout(() => session.destroy(), ALIVE_MS);
      const answered = () => {
        found.asking = false;
        clearTimeout(timer);
      };
      session.once("close", answered);
      // Told of an error when the connection ends first.
      session.ping(() => {
        session.off("close", answered);
        answered();
      });
    },
    get closed() {
      return closed;
    },
    close() {
      closed = true;
      manager.abort(new ConnectError("the client is closed", Code.Canceled));
      return sockets.destroy();
    },
  };
}
