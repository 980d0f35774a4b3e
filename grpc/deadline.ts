import {
  Code,
  ConnectError,
  type Interceptor,
  type StreamRequest,
  type UnaryRequest,
} from "@connectrpc/connect";
import { lazyProperty, SOURCE } from "./_lazy_property.ts";
import type { CallOptions } from "./client_options.ts";
import type { CallContext } from "./registration.ts";

/** Options of {@linkcode deadline}. */
export interface DeadlineOptions {
  /**
   * How long a call may take whose caller sets no deadline, in milliseconds.
   *
   * @default {as long as it takes}
   */
  readonly defaultMs?: number;
  /**
   * The longest that any call may take, in milliseconds, whatever its caller says.
   *
   * @default {as long as its caller says}
   */
  readonly maxMs?: number;
}

/** The longest that a timer can wait. */
const LONGEST_MS = 0x7fff_ffff;

/**
 * An interceptor for servers that answers `DeadlineExceeded` as soon as a call's time
 * is over, also where its handler doesn't look at its signal, and doesn't begin a
 * call whose time is over already.
 *
 * @throws {RangeError} when an option can't be used.
 */
export function deadline(options: DeadlineOptions = {}): Interceptor {
  for (const [name, ms] of Object.entries(options)) {
    if (ms !== undefined && !(ms > 0 && ms <= LONGEST_MS)) {
      throw new RangeError(`Cannot use ${name} ${ms}: it is a number up to ${LONGEST_MS}`);
    }
  }
  const { defaultMs = Infinity, maxMs = Infinity } = options;
  return (next) => async (request) => {
    const given = timeoutIn(request.header);
    const ms = Math.min(given ?? defaultMs, maxMs);
    if (ms > LONGEST_MS) return await next(request);
    if (ms <= 0) throw expired();
    const timer = startTimer(ms);
    // The call's own signal knows its caller's deadline, but not ours.
    const limited = ms === given ? request : withSignal(request, timer);
    try {
      const response = await timer.race(next(limited));
      if (!response.stream) {
        timer.stop();
        return response;
      }
      return { ...response, message: bounded(response.message, timer) };
    } catch (error) {
      timer.stop();
      throw error;
    }
  };
}

/**
 * The options for a call that a handler makes on behalf of its own: it ends when that
 * one is given up, and takes no longer.
 *
 * @example
 * ```ts
 * import { type CallContext, type PackageClient, withinCall } from "@oprc/grpc";
 *
 * async function answer(name: string, context: CallContext, packages: PackageClient) {
 *   return await packages.getPackage(name, withinCall(context));
 * }
 * console.log(typeof answer);
 * ```
 */
export function withinCall(context: CallContext): CallOptions {
  const left = context.timeoutMs();
  if (left === undefined) return { signal: context.signal };
  // 0 would mean without end.
  return { signal: context.signal, timeoutMs: Math.max(1, Math.floor(left)) };
}

/**
 * The same request, whose signal aborts with the time too. Made when it is asked for, since
 * most handlers never do: signals are the dearest part of a small call.
 */
function withSignal<R extends UnaryRequest | StreamRequest>(request: R, timer: Timer): R {
  const { stream, message, method, service, requestMethod, url, header, contextValues } = request;
  const source: LimitedSource = { request, timer, signal: undefined };
  const limited = {
    ...{ stream, message, method, service, requestMethod, url, header, contextValues },
    [SOURCE]: source,
  };
  return Object.defineProperty(limited, "signal", limitedSignal) as R & typeof limited;
}

/** What the signal of a call with a deadline of ours is made of, when somebody asks for it. */
interface LimitedSource {
  readonly request: UnaryRequest | StreamRequest;
  readonly timer: Timer;
  signal: AbortSignal | undefined;
}

const limitedSignal = lazyProperty((source: LimitedSource) =>
  source.signal ??= source.timer.signal(source.request.signal)
);

interface Timer {
  /** A signal that aborts with another, and when the time is over. */
  signal(other: AbortSignal): AbortSignal;
  /** Rejects when the time is over before `work` is done. */
  race<T>(work: Promise<T>): Promise<T>;
  stop(): void;
}

function startTimer(ms: number): Timer {
  let over = false;
  let controller: AbortController | undefined;
  let fail: (() => void) | undefined;
  const timer = setTimeout(() => {
    over = true;
    controller?.abort(expired());
    fail?.();
  }, ms);
  return {
    signal(other) {
      const made = controller = new AbortController();
      const abort = () => made.abort(other.reason);
      // Unlike AbortSignal.any, which costs Node's collector more than the call.
      if (other.aborted) abort();
      else other.addEventListener("abort", abort, { once: true });
      if (over) made.abort(expired());
      return made.signal;
    },
    race: (work) =>
      new Promise((resolve, reject) => {
        fail = () => reject(expired());
        if (over) fail();
        work.then(resolve, reject);
      }),
    stop: () => clearTimeout(timer),
  };
}

async function* bounded<T>(messages: AsyncIterable<T>, timer: Timer): AsyncIterable<T> {
  const iterator = messages[Symbol.asyncIterator]();
  try {
    for (;;) {
      const { done, value } = await timer.race(iterator.next());
      if (done) return;
      yield value;
    }
  } finally {
    timer.stop();
    // Not awaited: a handler that hangs would hold up the answer.
    iterator.return?.().catch(() => {});
  }
}

function expired(): ConnectError {
  return new ConnectError("the call took longer than its deadline", Code.DeadlineExceeded);
}

/** The milliseconds that a request gives its call, or undefined. */
function timeoutIn(header: Headers): number | undefined {
  const grpc = /^(\d{1,8})([HMSmun])$/.exec(header.get("grpc-timeout") ?? "");
  if (grpc !== null) return Number(grpc[1]) * UNIT_MS[grpc[2]!]!;
  const connect = header.get("connect-timeout-ms");
  return connect !== null && /^\d{1,10}$/.test(connect) ? Number(connect) : undefined;
}

const UNIT_MS: Readonly<Record<string, number>> = {
  H: 3_600_000,
  M: 60_000,
  S: 1000,
  m: 1,
  u: 1e-3,
  n: 1e-6,
};
