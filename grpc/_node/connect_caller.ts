import { type Caller, createCaller } from "../_caller.ts";
import { balance } from "../_client/balancer.ts";
import { intercepted } from "../_client/intercepted.ts";
import { type Endpoint, parseEndpoint } from "../_endpoint.ts";
import { checkRuntime } from "../check_runtime.ts";
import type { ClientOptions, EndpointOrSeveral, KeepAliveOptions } from "../client_options.ts";
import { retry } from "../retry.ts";
import { openChannel } from "./channel.ts";
import type { SessionKeepAlive } from "./session.ts";

/** A caller over connections of its own, one to each endpoint. */
export function connectCaller(endpoint: EndpointOrSeveral, options: ClientOptions): Caller {
  const endpoints = typeof endpoint === "string" ? [endpoint] : [...endpoint];
  if (endpoints.length === 0) throw new TypeError("Cannot connect: no endpoint is given");
  checkRuntime({ allowUnsafeRuntime: options.allowUnsafeRuntime });
  const parsed = endpoints.map((one) => checkEndpoint(one, options));
  const { tls, protocol = "grpc", interceptors = [] } = options;
  const keepAlive = checkKeepAlive(options.keepAlive);
  const chain = options.retry === undefined
    ? interceptors
    : [...interceptors, retry(options.retry)];
  const channels = parsed.map((one) => openChannel({ endpoint: one, protocol, tls, keepAlive }));
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
