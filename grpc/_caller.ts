import type {
  DescMessage,
  DescMethodUnary,
  MessageInitShape,
  MessageShape,
} from "@bufbuild/protobuf";
import { Code, ConnectError, type Transport } from "@connectrpc/connect";
import { StatusCode } from "@oprc/proto/common";
import {
  type CallDefaults,
  type CallOptions,
  checkTimeout,
  DEFAULT_TIMEOUT_MS,
} from "./client_options.ts";
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

/** A caller over a transport that stays its owner's. */
export function callerOver(transport: Transport, defaults: CallDefaults): Caller {
  return createCaller(transport, defaults, "the given transport", () => Promise.resolve());
}

/** A caller over a transport that ends with it. */
export function createCaller(
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
