import type { Interceptor } from "@connectrpc/connect";
import type { CallDefaults, MessageOptions } from "../client_options.ts";
import type { RetryOptions } from "../retry.ts";

/** What goes over the wire: Connect, or gRPC-Web. */
export type WebProtocol = "connect" | "grpc-web";

/** Options of a client that calls with `fetch`. */
export interface WebClientOptions extends CallDefaults, MessageOptions {
  /**
   * What goes over the wire.
   *
   * @default {"connect"}
   */
  readonly protocol?: WebProtocol;
  /**
   * Makes the requests. One of your own adds what `fetch` can do and this package has no
   * option for, such as `credentials`.
   *
   * @default {the global one}
   */
  readonly fetch?: typeof globalThis.fetch;
  /**
   * Wrapped around each call, the first one outermost.
   *
   * @default {none}
   */
  readonly interceptors?: readonly Interceptor[];
  /**
   * Repeats calls that may be repeated; see {@linkcode retry}.
   *
   * @default {no call is repeated}
   */
  readonly retry?: RetryOptions;
}
