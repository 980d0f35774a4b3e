import type { DescService } from "@bufbuild/protobuf";
import type { Client } from "@connectrpc/connect";
import type { Caller } from "./_caller.ts";
import { createCalls } from "./_client/create_calls.ts";
import type { Closable } from "./client_factory.ts";
import { type Results, withResults } from "./results.ts";

/** A client of any service, with its connection. */
export interface ServiceClient<S extends DescService> extends Closable {
  /** One function for each call of the service. */
  readonly call: Client<S>;
}

/** A client of any service whose calls answer results instead of throwing. */
export interface ServiceResultsClient<S extends DescService> extends Closable {
  /** One function for each call of the service. */
  readonly call: Results<Client<S>>;
}

/** The client of `service` at the other end of `caller`. */
export function serviceClient<S extends DescService>(
  service: S,
  caller: Caller,
  options: object,
): ServiceClient<S> | ServiceResultsClient<S> {
  const close = () => caller.close();
  const closable = { close, [Symbol.asyncDispose]: close };
  const call = createCalls(service, caller.transport);
  return "results" in options && options.results === true
    ? { call: withResults(call), ...closable }
    : { call, ...closable };
}
