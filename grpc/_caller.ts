import type {
  DescMessage,
  DescMethodUnary,
  MessageInitShape,
  MessageShape,
} from "@bufbuild/protobuf";
import { Code, ConnectError, type Transport } from "@connectrpc/connect";
import { StatusCode } from "@oprc/proto/common";
import { balance } from "./_client/balancer.ts";
import { intercepted } from "./_client/intercepted.ts";
import { type Endpoint, parseEndpoint } from "./_endpoint.ts";
import { openChannel } from "./_node/channel.ts";
import type { SessionKeepAlive } from "./_node/session.ts";
import { checkRuntime } from "./check_runtime.ts";
import {
  type CallDefaults,
  type CallOptions,
  checkTimeout,
  type ClientOptions,
  DEFAULT_TIMEOUT_MS,
  type EndpointOrSeveral,
  type KeepAliveOptions,
} from "./client_options.ts";
import { retry } from "./retry.ts";
import { codeFromStatus } from "./status.ts";

/** A response of the platform: each carries a status, most a message. */
interface PlatformResponse {
  readonly status: StatusCode;
  readonly message?: string;
}

/** What the platform's clients share: a transport, defaults, and an end. */
export interface Caller {
  /** The transport with the client's defaults applied to it. */
  readonly transport: Transport;
  /**
   * Makes a call and answers its response.
   *
   * @throws {ConnectError} also for a response whose status is not OK.
   */
  call<I extends DescMessage, O extends DescMessage>(
    method: DescMethodUnary<I, O>,
    request: MessageInitShape<I>,
    options?: CallOptions,
  ): Promise<MessageShape<O>>;
  close(): Promise<void>;
}

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

/** A caller over a transport that stays its owner's. */
export function callerOver(transport: Transport, defaults: CallDefaults): Caller {
  return createCaller(transport, defaults, "the given transport", () => Promise.resolve());
}

function createCaller(
  inner: Transport,
  defaults: CallDefaults,
  target: string,
  end: () => Promise<void>,
): Caller {
  const timeoutMs = checkTimeout(defaults.timeoutMs ?? DEFAULT_TIMEOUT_MS);
  const headers = defaults.headers === undefined ? undefined : new Headers(defaults.headers);
  let closed: Promise<void> | undefined;

  // In the transport rather than in each client, so that all are refused and defaulted alike.
  function assertOpen(name: string): void {
    if (closed === undefined) return;
    throw new ConnectError(`Cannot call ${name} on ${target}: the client is closed`, Code.Canceled);
  }
  const timeoutOf = (ms: number | undefined) => ms === undefined ? timeoutMs : checkTimeout(ms);
  const transport: Transport = {
    async unary(method, signal, ms, header, input, values) {
      assertOpen(method.name);
      return await inner.unary(
        method,
        signal,
        timeoutOf(ms),
        merge(headers, header),
        input,
        values,
      );
    },
    async stream(method, signal, ms, header, input, values) {
      assertOpen(method.name);
      return await inner.stream(
        method,
        signal,
        timeoutOf(ms),
        merge(headers, header),
        input,
        values,
      );
    },
  };
  return {
    transport,
    async call(method, request, options = {}) {
      const { message } = await transport.unary(
        method,
        options.signal,
        options.timeoutMs,
        options.headers,
        request,
      );
      refuseStatus(method.name, message as unknown as PlatformResponse);
      return message;
    },
    close() {
      closed ??= end();
      return closed;
    },
  };
}

/** A peer may answer with a status in the response where others answer with a gRPC code. */
function refuseStatus(name: string, { status, message }: PlatformResponse): void {
  const code = codeFromStatus(status);
  if (code === undefined) return;
  const known = StatusCode[status] ?? `status ${status}`;
  throw new ConnectError(message || `Cannot finish ${name}: the server answered ${known}`, code);
}

function merge(base: Headers | undefined, over: HeadersInit | undefined): HeadersInit | undefined {
  // Making headers costs more than the rest of a small call.
  if (base === undefined || over === undefined) return over ?? base;
  const merged = new Headers(base);
  new Headers(over).forEach((value, key) => merged.set(key, value));
  return merged;
}

/** Runs a call whose missing object is an answer, not an error. */
export async function orUndefined<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof ConnectError && error.code === Code.NotFound) return undefined;
    throw error;
  }
}
