import type { Registry } from "@bufbuild/protobuf";
import { type Caller, createCaller } from "../_caller.ts";
import { balance } from "../_client/balancer.ts";
import { intercepted } from "../_client/intercepted.ts";
import { type Endpoint, parseEndpoint } from "../_endpoint.ts";
import { checkRuntime } from "../check_runtime.ts";
import {
  checkMessageOptions,
  type ClientOptions,
  DEFAULT_COMPRESS_MIN_BYTES,
  type EndpointOrSeveral,
  type KeepAliveOptions,
} from "../client_options.ts";
import { retry } from "../retry.ts";
import { openChannel } from "./channel.ts";
import { openHttp1Channel } from "./http1_channel.ts";
import type { SessionKeepAlive } from "./session.ts";

/** A caller over connections of its own, one to each endpoint. */
export function connectCaller(
  endpoint: EndpointOrSeveral,
  options: ClientOptions,
  types?: Registry,
): Caller {
  const endpoints = typeof endpoint === "string" ? [endpoint] : [...endpoint];
  if (endpoints.length === 0) throw new TypeError("Cannot connect: no endpoint is given");
  checkRuntime({ allowUnsafeRuntime: options.allowUnsafeRuntime });
  const parsed = endpoints.map((one) => checkEndpoint(one, options));
  const { tls, protocol = "grpc", httpVersion = "2", interceptors = [] } = options;
  checkWire(options);
  const { compression, compressMinBytes = DEFAULT_COMPRESS_MIN_BYTES } = options;
  const wire = {
    ...checkMessageOptions(options, protocol),
    compression,
    compressMinBytes,
    types,
  };
  const keepAlive = checkKeepAlive(options.keepAlive);
  const chain = options.retry === undefined
    ? interceptors
    : [...interceptors, retry(options.retry)];
  const channels = parsed.map((one) =>
    httpVersion === "2"
      ? openChannel({ endpoint: one, protocol, tls, wire, keepAlive })
      : openHttp1Channel({ endpoint: one, protocol, tls, wire })
  );
  const inner = channels.length === 1 ? channels[0]!.transport : balance(channels);
  const origins = parsed.map(({ origin }) => origin).join(", ");
  return createCaller(
    intercepted(inner, parsed[0]!.origin, chain),
    options,
    origins,
    async () => void await Promise.all(channels.map((channel) => channel.close())),
  );
}

function checkEndpoint(endpoint: string, { protocol = "grpc", tls }: ClientOptions): Endpoint {
  const parsed = parseEndpoint(endpoint);
  const refuse = (why: string) => {
    throw new TypeError(`Cannot connect to "${endpoint}": ${why}`);
  };
  if (!["grpc", "grpc-web", "connect"].includes(protocol)) {
    refuse(`protocol "${protocol}" is not grpc, grpc-web or connect`);
  }
  if (tls !== undefined && !parsed.secure) refuse("tls needs an https:// endpoint");
  if ((tls?.cert === undefined) !== (tls?.key === undefined)) {
    refuse("tls.cert and tls.key come together");
  }
  return parsed;
}

/** What an option means may depend on others; none is taken and then passed over. */
function checkWire(options: ClientOptions): void {
  const { protocol = "grpc", httpVersion = "2", keepAlive } = options;
  const { compression, compressMinBytes } = options;
  if (httpVersion !== "1.1" && httpVersion !== "2") {
    throw new TypeError(`Cannot use httpVersion "${httpVersion}": it is 1.1 or 2`);
  }
  if (httpVersion === "1.1" && protocol === "grpc") {
    throw new TypeError("Cannot use httpVersion 1.1: native gRPC needs HTTP/2");
  }
  if (httpVersion === "1.1" && keepAlive !== undefined) {
    throw new TypeError("Cannot use keepAlive: HTTP/1.1 has nothing to ask with");
  }
  if (compressMinBytes !== undefined) {
    if (!Number.isInteger(compressMinBytes) || compressMinBytes < 0) {
      throw new RangeError(
        `Cannot use compressMinBytes ${compressMinBytes}: it is a whole number from 0`,
      );
    }
    if (compression === undefined) {
      throw new TypeError("Cannot use compressMinBytes without compression");
    }
  }
  if (compression !== undefined && compression !== "gzip" && compression !== "br") {
    throw new TypeError(`Cannot use compression "${compression}": it is gzip or br`);
  }
}

function checkKeepAlive(given: KeepAliveOptions | undefined): SessionKeepAlive | undefined {
  if (given === undefined) return undefined;
  const { intervalMs, timeoutMs = 5000, whenIdle = false } = given;
  for (const [name, value] of Object.entries({ intervalMs, timeoutMs })) {
    if (!Number.isInteger(value) || value < 1 || value > 0x7fff_ffff) {
      throw new RangeError(
        `Cannot use keepAlive.${name} ${value}: it is a whole number of milliseconds from 1`,
      );
    }
  }
  return { intervalMs, timeoutMs, whenIdle };
}
