import type { Transport } from "@connectrpc/connect";
import { type Caller, callerOver } from "./_caller.ts";
import type { CallDefaults } from "./client_options.ts";
import { type Results, type ResultsOption, withResults } from "./results.ts";

/** What every client has beside its calls: an end. Disposing it closes it. */
export interface Closable extends AsyncDisposable {
  /** Ends the connection; calls in flight fail with `Canceled`. Safe to repeat. */
  close(): Promise<void>;
}

/** A client whose calls answer a result where those of `C` throw. */
export type ResultsClient<C extends Closable> = Results<Omit<C, keyof Closable>> & Closable;

/** Makes clients of one service. */
export interface ClientFactory<C extends Closable, Endpoint, Options> {
  /** As below, but the calls answer results instead of throwing. */
  connect(endpoint: Endpoint, options: Options & ResultsOption): ResultsClient<C>;
  /**
   * A client of the server at `endpoint`. It connects with the first call, and again after a
   * lost connection.
   *
   * @throws {TypeError} when the endpoint or an option can't be used.
   */
  connect(endpoint: Endpoint, options?: Options): C;
  /** As below, but the calls answer results instead of throwing. */
  over(transport: Transport, defaults: CallDefaults & ResultsOption): ResultsClient<C>;
  /** A client over a transport that stays the caller's, such as that of `inProcess`. */
  over(transport: Transport, defaults?: CallDefaults): C;
}

/** The factory of clients that make the calls `callsOf` on what `connect` opens. */
export function clientFactory<C extends Closable, Endpoint, Options>(
  callsOf: (caller: Caller) => Omit<C, keyof Closable>,
  connect: (endpoint: Endpoint, options: Options) => Caller,
): ClientFactory<C, Endpoint, Options> {
  function client(caller: Caller, options: object) {
    const calls = callsOf(caller);
    const close = () => caller.close();
    const chosen = "results" in options && options.results === true ? withResults(calls) : calls;
    return { ...chosen, close, [Symbol.asyncDispose]: close };
  }
  const factory: unknown = {
    connect: (endpoint: Endpoint, options = {} as Options) =>
      client(connect(endpoint, options), options as object),
    over: (transport: Transport, defaults: CallDefaults = {}) =>
      client(callerOver(transport, defaults), defaults),
  };
  return factory as ClientFactory<C, Endpoint, Options>;
}
