import type { ConnectError, Interceptor } from "@connectrpc/connect";
import type { CorsOptions } from "./cors.ts";
import type { HealthSource } from "./health.ts";
import type { ServiceRegistration } from "./registration.ts";

/** How a server secures its connections. */
export interface ServerTlsOptions {
  /** The server's certificate and those between it and its authority, PEM. */
  readonly cert: string | Uint8Array;
  /** The private key of `cert`, PEM. */
  readonly key: string | Uint8Array;
  /**
   * Certificates of the authorities that sign clients, PEM. With it every
   * client must show a certificate that one of them signed (mutual TLS).
   *
   * @default {clients show none}
   */
  readonly ca?: string | Uint8Array;
}

/** What a server takes before it refuses. */
export interface ServerLimits {
  /**
   * The largest request message in bytes, after decompression.
   *
   * @default {4_194_304}, as in other gRPC implementations
   */
  readonly maxMessageBytes?: number;
  /**
   * The largest headers of a request in bytes, counted as HTTP/2 does: 32 for each
   * field besides its name and value.
   *
   * @default {16_384}
   */
  readonly maxHeaderBytes?: number;
  /**
   * How many calls one connection may have open at once. More are refused in a way
   * that tells clients to try again.
   *
   * @default {1000}
   */
  readonly maxStreamsPerConnection?: number;
  /**
   * How many connections may be open at once; more are closed as they come.
   *
   * @default {10_000}
   */
  readonly maxConnections?: number;
  /**
   * How long a connection may take until the headers of its first request over HTTP/1.1
   * are complete, or its first bytes over HTTP/2, in milliseconds, whatever it sends
   * meanwhile. Each later request has as long after the time that a connection may be
   * idle. It is then closed.
   *
   * @default {60_000}
   */
  readonly headersTimeoutMs?: number;
  /**
   * How long an HTTP/2 connection may be without a call before it is closed, in
   * milliseconds; 0 for ever. Over HTTP/1.1 it is 75 seconds where this is 0.
   *
   * @default {0}
   */
  readonly idleTimeoutMs?: number;
  /**
   * How long an HTTP/2 connection may live, in milliseconds; 0 for ever. Its calls in
   * flight may end, its client connects anew: so calls spread over new servers.
   *
   * @default {0}
   */
  readonly maxAgeMs?: number;
}

/** What an error hook learns besides the error. */
export interface ServerErrorContext {
  /** The call, such as `/oaas.package.PackageService/GetPackage`. */
  readonly path: string;
  /** What the caller is answered. */
  readonly answer: ConnectError;
}

/** Is told of every error that is the server's own fault. */
export type ServerErrorHook = (error: unknown, context: ServerErrorContext) => void;

/** Options of {@linkcode serve}. */
export interface ServeOptions {
  /** What to answer, from `packageService(handler)` and its like. */
  readonly services: readonly ServiceRegistration[];
  /**
   * The address or host name to listen on; `0.0.0.0` and `::` for all.
   *
   * @default {"127.0.0.1"}
   */
  readonly hostname?: string;
  /**
   * 0 takes a free port, which `addr` then tells.
   *
   * @default {0}
   */
  readonly port?: number;
  /**
   * Encrypts every connection.
   *
   * @default {plaintext}
   */
  readonly tls?: ServerTlsOptions;
  /**
   * Wrapped around each call, the first one outermost. They see `ConnectError`s
   * only, whatever a handler threw.
   *
   * @default {none}
   */
  readonly interceptors?: readonly Interceptor[];
  /**
   * What the server takes before it refuses.
   *
   * @default {see each limit}
   */
  readonly limits?: ServerLimits;
  /**
   * Whether the server can take calls, for those who ask `grpc.health.v1` and
   * `oaas.health`. During a shutdown it can't, whatever this says.
   *
   * @default {it can while it runs}
   */
  readonly health?: HealthSource;
  /**
   * Tells tools such as grpcurl and Postman which services there are and how their
   * messages look.
   *
   * @default {true}
   */
  readonly reflection?: boolean;
  /**
   * Which web pages may call the server, with Connect or gRPC-Web.
   *
   * @default {none but those that the same origin serves}
   */
  readonly cors?: CorsOptions;
  /** Starts the shutdown with the default grace when it aborts. */
  readonly signal?: AbortSignal;
  /**
   * Is told of every error that is the server's own fault (answered as
   * `Internal`, `Unknown` or `DataLoss`), with what was really thrown.
   *
   * @default {prints it with console.error}
   */
  readonly onError?: ServerErrorHook;
  /**
   * Goes on where the runtime is known to crash; see {@linkcode checkRuntime}.
   *
   * @default {false}
   */
  readonly allowUnsafeRuntime?: boolean;
}

/** Options of `Server.shutdown`. */
export interface ShutdownOptions {
  /**
   * How long calls in flight may go on, in milliseconds, before they are cut.
   *
   * @default {10_000}
   */
  readonly graceMs?: number;
}

/** Where a server listens. */
export interface ServerAddress {
  /** The address, such as `127.0.0.1`. */
  readonly hostname: string;
  /** The port that was really taken. */
  readonly port: number;
}

/** A running server. */
export interface Server extends AsyncDisposable {
  /** Where it listens. */
  readonly addr: ServerAddress;
  /** Resolves when the server has ended and all its connections are gone. */
  readonly finished: Promise<void>;
  /**
   * Takes no new calls, ends idle connections, waits for calls in flight, and
   * cuts what is left after `graceMs`. A second call with a shorter grace
   * hastens the first.
   */
  shutdown(options?: ShutdownOptions): Promise<void>;
}
