import type { Interceptor } from "@connectrpc/connect";
import type { RetryOptions } from "./retry.ts";

/**
 * A server's address, `http://host:port`, `https://host:port` or `host:port`; or
 * those of several servers that answer alike. Calls go to each in turn, and past
 * those that can't be reached.
 */
export type EndpointOrSeveral = string | readonly string[];

/** What goes over the wire: native gRPC, gRPC-Web, or Connect. */
export type Protocol = "grpc" | "grpc-web" | "connect";

/** What messages look like on the wire. */
export type Codec = "proto" | "json";

/** How a client secures its connection; only for `https://` endpoints. */
export interface ClientTlsOptions {
  /**
   * Certificates of the authorities to trust, PEM.
   *
   * @default {those that the runtime trusts}
   */
  readonly ca?: string | Uint8Array;
  /** The client's own certificate for mutual TLS, PEM; comes with `key`. */
  readonly cert?: string | Uint8Array;
  /** The private key of `cert`, PEM. */
  readonly key?: string | Uint8Array;
  /**
   * The name that the server's certificate must carry.
   *
   * @default {the endpoint's host}
   */
  readonly serverName?: string;
}

/** What a client adds to each of its calls. */
export interface CallDefaults {
  /**
   * How long a call may take, in milliseconds; 0 means without end.
   *
   * @default {10_000}
   */
  readonly timeoutMs?: number;
  /**
   * Headers sent with each call.
   *
   * @default {none}
   */
  readonly headers?: HeadersInit;
}

/** How a client writes and reads messages. */
export interface MessageOptions {
  /**
   * What messages look like on the wire: `"json"` for people who look at it.
   *
   * @default {"proto"}
   */
  readonly codec?: Codec;
  /**
   * The largest message that the client takes, in bytes, after decompression; a larger one
   * fails its call with `ResourceExhausted`.
   *
   * @default {4_194_304} 4 MiB, as in other gRPC implementations
   */
  readonly maxMessageBytes?: number;
  /**
   * Whether methods that their .proto marks with `NO_SIDE_EFFECTS` are called with GET, so
   * that what lies between may cache the answer. Only with Connect.
   *
   * @default {false}
   */
  readonly useHttpGet?: boolean;
}

/** Options of a client that opens its own connection. */
export interface ClientOptions extends CallDefaults, MessageOptions {
  /**
   * What goes over the wire.
   *
   * @default {"grpc"}
   */
  readonly protocol?: Protocol;
  /**
   * The version of HTTP. Over 1.1, which native gRPC can't use, each call under way has a
   * connection of its own.
   *
   * @default {"2"}
   */
  readonly httpVersion?: "1.1" | "2";
  /**
   * How requests are compressed. Answers may always be compressed, with
   * either. A server that doesn't know it refuses the call.
   *
   * @default {not at all}
   */
  readonly compression?: "gzip" | "br";
  /**
   * Messages below this size are not compressed, in bytes; only with `compression`.
   *
   * @default {1024}
   */
  readonly compressMinBytes?: number;
  /**
   * How an `https://` endpoint is trusted, and who the client is.
   *
   * @default {the runtime's own trust}
   */
  readonly tls?: ClientTlsOptions;
  /**
   * Wrapped around each call, the first one outermost.
   *
   * @default {none}
   */
  readonly interceptors?: readonly Interceptor[];
  /**
   * Repeats calls that may be repeated; see {@linkcode retry}.
   *
   * @default {no call that reached a server is repeated}
   */
  readonly retry?: RetryOptions;
  /**
   * Asks quiet connections whether the other side is still there.
   *
   * @default {only after a call whose timeout passed without a word}
   */
  readonly keepAlive?: KeepAliveOptions;
  /**
   * Goes on where the runtime is known to crash; see {@linkcode checkRuntime}.
   *
   * @default {false}
   */
  readonly allowUnsafeRuntime?: boolean;
}

/** How a client keeps its connections alive. */
export interface KeepAliveOptions {
  /** How long a connection is quiet before it is asked, in milliseconds. */
  readonly intervalMs: number;
  /**
   * How long the other side has to answer, in milliseconds. After that the connection
   * is given up, and its calls fail with `Unavailable`.
   *
   * @default {5000}
   */
  readonly timeoutMs?: number;
  /**
   * Asks also while there are no calls. Servers may take that amiss.
   *
   * @default {false}
   */
  readonly whenIdle?: boolean;
}

/** Options of one call, its last argument. */
export interface CallOptions {
  /** Ends the call with `Code.Canceled` when it aborts. */
  readonly signal?: AbortSignal;
  /**
   * How long this call may take, in milliseconds; 0 means without end.
   *
   * @default {the client's `timeoutMs`}
   */
  readonly timeoutMs?: number;
  /** Headers sent with this call, over those of the client. */
  readonly headers?: HeadersInit;
}

/** Below this compression costs more than it spares. */
export const DEFAULT_COMPRESS_MIN_BYTES = 1024;

/** As in other gRPC implementations. */
export const DEFAULT_MAX_MESSAGE_BYTES: number = 4 * 1024 * 1024;

/** The client's timeout where nothing else is said: long enough for a deployment to be taken. */
export const DEFAULT_TIMEOUT_MS = 10_000;

/** The gRPC protocol carries a timeout as at most eight digits. */
const MAX_TIMEOUT_MS = 99_999_999;

/**
 * Checks a timeout given by a caller.
 *
 * @throws {RangeError} when it is not a whole number from 0 to 99,999,999.
 */
export function checkTimeout(timeoutMs: number): number {
  if (!Number.isInteger(timeoutMs) || timeoutMs < 0 || timeoutMs > MAX_TIMEOUT_MS) {
    throw new RangeError(
      `Cannot use timeoutMs ${timeoutMs}: it is a whole number of milliseconds from 0 to ${MAX_TIMEOUT_MS}`,
    );
  }
  return timeoutMs;
}

/** Message options, all of them set. */
export interface CheckedMessageOptions {
  readonly useBinaryFormat: boolean;
  readonly readMaxBytes: number;
  readonly useHttpGet: boolean;
}

/**
 * Checks message options and fills in what isn't given.
 *
 * @throws {TypeError} for an unknown codec, or GET with another protocol than Connect.
 * @throws {RangeError} when `maxMessageBytes` is not a whole number from 1 to 4,294,967,295.
 */
export function checkMessageOptions(
  given: MessageOptions,
  protocol: Protocol,
): CheckedMessageOptions {
  const { codec = "proto", useHttpGet = false } = given;
  const { maxMessageBytes = DEFAULT_MAX_MESSAGE_BYTES } = given;
  if (codec !== "proto" && codec !== "json") {
    throw new TypeError(`Cannot use codec "${codec}": it is proto or json`);
  }
  if (useHttpGet && protocol !== "connect") {
    throw new TypeError(`Cannot use useHttpGet with protocol "${protocol}": only Connect has GET`);
  }
  if (!Number.isInteger(maxMessageBytes) || maxMessageBytes < 1 || maxMessageBytes > 0xffff_ffff) {
    throw new RangeError(
      `Cannot use maxMessageBytes ${maxMessageBytes}: it is a whole number from 1 to ${0xffff_ffff}`,
    );
  }
  return { useBinaryFormat: codec === "proto", readMaxBytes: maxMessageBytes, useHttpGet };
}
