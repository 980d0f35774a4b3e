import type { DescMethod, Registry } from "@bufbuild/protobuf";
import { Code, ConnectError, type Transport } from "@connectrpc/connect";
import type { CommonTransportOptions } from "@connectrpc/connect/protocol";
import { createTransport as createConnect } from "@connectrpc/connect/protocol-connect";
import { createTransport as createGrpcWeb } from "@connectrpc/connect/protocol-grpc-web";
import { type Caller, createCaller } from "../_caller.ts";
import { intercepted } from "../_client/intercepted.ts";
import { trailersOnly } from "../_client/trailers_only.ts";
import { checkMessageOptions } from "../client_options.ts";
import { namedProtocolError, namingErrors } from "../_client/protocol_errors.ts";
import { retry } from "../retry.ts";
import { createFetchClient } from "./_fetch_client.ts";
import type { WebClientOptions } from "./options.ts";

/** A caller that makes its requests with `fetch`. */
export function connectCaller(
  endpoint: string,
  options: WebClientOptions,
  types?: Registry,
): Caller {
  const { protocol = "connect", interceptors = [] } = options;
  const baseUrl = parseBaseUrl(endpoint);
  if (!["connect", "grpc-web"].includes(protocol)) {
    throw new TypeError(
      `Cannot connect to "${endpoint}": protocol "${protocol}" is not connect or grpc-web`,
    );
  }
  const wire = checkMessageOptions(options, protocol);
  const client = createFetchClient(baseUrl, options.fetch ?? ((...args) => fetch(...args)));
  const common: CommonTransportOptions = {
    baseUrl,
    httpClient: client.request,
    interceptors: [
      namingErrors(() => namedProtocolError),
      ...protocol === "grpc-web" ? [trailersOnly] : [],
    ],
    // What is to be said of compression between a page and a server, `fetch` says.
    acceptCompression: [],
    sendCompression: null,
    compressMinBytes: 0,
    writeMaxBytes: 0xffff_ffff,
    jsonOptions: types && { registry: types },
    ...wire,
  };
  const transport = (protocol === "connect" ? createConnect : createGrpcWeb)(common);
  const chain = options.retry === undefined
    ? interceptors
    : [...interceptors, retry(options.retry)];
  return createCaller(
    intercepted(withoutBidi(transport, baseUrl), baseUrl, chain),
    options,
    baseUrl,
    () => Promise.resolve(client.close()),
  );
}

/** `fetch` answers when the request is over, so a call can't go on in both directions. */
function withoutBidi(transport: Transport, baseUrl: string): Transport {
  const refuse = (method: DescMethod) =>
    new ConnectError(
      `Cannot call ${method.name} on ${baseUrl}: fetch does not stream in both directions`,
      Code.Unimplemented,
    );
  return {
    unary: transport.unary,
    stream: async (method, ...rest) => {
      if (method.methodKind === "bidi_streaming") throw refuse(method);
      return await transport.stream(method, ...rest);
    },
  };
}

/** Reads `http(s)://host[:port][/prefix]`. */
function parseBaseUrl(endpoint: string): string {
  const refuse = (why: string) => {
    const shown = String(endpoint).replace(/\/\/[^/@]*@/, "//");
    return new TypeError(`Cannot connect to "${shown}": ${why}`);
  };
  let url: URL;
  try {
    url = new URL(endpoint);
  } catch {
    throw refuse("an endpoint is http://host:port or https://host:port, with or without a path");
  }
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw refuse(`the scheme is "${url.protocol.slice(0, -1)}", not http or https`);
  }
  if (url.username !== "" || url.password !== "") throw refuse("an endpoint holds no user name");
  if (url.search !== "" || url.hash !== "") throw refuse("an endpoint holds no query or fragment");
  return `${url.origin}${url.pathname.replace(/\/+$/, "")}`;
}
