import { Code, ConnectError, type ContextValues, type Interceptor } from "@connectrpc/connect";
import { isHealth } from "./_exempt.ts";

/** What a limit may look at to tell whose a call is. */
export interface LimitedCall {
  /** The headers of the request. */
  readonly header: Headers;
  /** What other interceptors left, for `identityOf` and `peerOf`. */
  readonly contextValues: ContextValues;
}

/** Options of {@linkcode rateLimit}. */
export interface RateLimitOptions {
  /** How many calls a second are let through in the long run. */
  readonly perSecond: number;
  /**
   * How many may come at once.
   *
   * @default {perSecond, and at least 1}
   */
  readonly burst?: number;
  /**
   * Whose calls are counted together, such as by tenant.
   *
   * @default {all calls are counted together}
   */
  readonly key?: (call: LimitedCall) => string;
  /**
   * How many keys are told apart; the one that was quiet for longest is forgotten.
   *
   * @default {10_000}
   */
  readonly maxKeys?: number;
  /**
   * The time in milliseconds.
   *
   * @default {Date.now}
   */
  readonly now?: () => number;
}

/**
 * An interceptor for servers that answers `ResourceExhausted` to more calls than it
 * lets through, and tells callers when to come again (`grpc-retry-pushback-ms`).
 * Health checks always pass.
 *
 * @throws {RangeError} when an option can't be used.
 *
 * @example
 * ```ts
 * import { rateLimit } from "@oprc/grpc";
 *
 * const interceptor = rateLimit({
 *   perSecond: 100,
 *   key: (request) => request.header.get("x-tenant") ?? "",
 * });
 * console.log(typeof interceptor);
 * ```
 */
export function rateLimit(options: RateLimitOptions): Interceptor {
  const { perSecond, burst = Math.max(1, perSecond), key = () => "", maxKeys = 10_000 } = options;
  const { now = Date.now } = options;
  for (const [name, value, least] of [["perSecond", perSecond, 0], ["burst", burst, 1]] as const) {
    if (!(value >= least && value > 0 && Number.isFinite(value))) {
      throw new RangeError(`Cannot limit calls with ${name} ${value}`);
    }
  }
  if (!(Number.isInteger(maxKeys) && maxKeys > 0)) {
    throw new RangeError(`Cannot limit calls with maxKeys ${maxKeys}`);
  }
  // A map keeps the order of insertion: the first is the one that was quiet for longest.
  const buckets = new Map<string, { tokens: number; at: number }>();

  /** Takes a token; answers how long to wait for one, in milliseconds. */
  function take(name: string): number {
    const time = now();
    const bucket = buckets.get(name) ?? { tokens: burst, at: time };
    buckets.delete(name);
    buckets.set(name, bucket);
    if (buckets.size > maxKeys) buckets.delete(buckets.keys().next().value!);
    bucket.tokens = Math.min(burst, bucket.tokens + (time - bucket.at) / 1000 * perSecond);
    bucket.at = time;
    if (bucket.tokens < 1) return Math.ceil((1 - bucket.tokens) / perSecond * 1000);
    bucket.tokens--;
    return 0;
  }
  return (next) => async (request) => {
    if (isHealth(request.service)) return await next(request);
    const waitMs = take(key(request));
    if (waitMs === 0) return await next(request);
    throw new ConnectError("there are too many calls", Code.ResourceExhausted, {
      "grpc-retry-pushback-ms": String(waitMs),
      "retry-after": String(Math.ceil(waitMs / 1000)),
    });
  };
}
