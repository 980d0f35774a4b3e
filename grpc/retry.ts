import { MethodOptions_IdempotencyLevel } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError, type Interceptor } from "@connectrpc/connect";

/** Options of {@linkcode retry}. */
export interface RetryOptions {
  /**
   * How often a call is tried in all.
   *
   * @default {3}
   */
  readonly maxAttempts?: number;
  /**
   * The longest wait before the first repetition, in milliseconds; it doubles each time.
   *
   * @default {100}
   */
  readonly initialBackoffMs?: number;
  /**
   * The longest wait there is, in milliseconds.
   *
   * @default {2000}
   */
  readonly maxBackoffMs?: number;
  /**
   * Errors after which a call is tried again.
   *
   * @default {[Code.Unavailable]}
   */
  readonly codes?: readonly Code[];
  /**
   * How many calls may fail, over all that went through the interceptor, before it
   * stops repeating any: each failure takes one, each success gives a tenth back, and
   * with half of them gone nothing is repeated. It keeps clients from burying a server
   * that is in trouble.
   *
   * @default {10}
   */
  readonly budget?: number;
  /**
   * A number from 0 to 1, drawn for each wait.
   *
   * @default {Math.random}
   */
  readonly random?: () => number;
}

/** What a success gives back to the budget. */
const REFUND = 0.1;

/**
 * An interceptor for clients that repeats unary calls that failed because the server
 * could not be reached or was busy; only calls whose method is marked in its .proto
 * with `idempotency_level`, so that doing them twice does no harm. It waits between
 * attempts, a random time below a limit that doubles, or as long as the server asks
 * for (`grpc-retry-pushback-ms`, `retry-after`), and never beyond the call's timeout.
 *
 * A call that surely never reached a server is sent again in any case, whatever its
 * method, and without this interceptor.
 *
 * @throws {RangeError} when an option can't be used.
 *
 * @example
 * ```ts
 * import { PackageClient } from "@oprc/grpc";
 *
 * const packages = PackageClient.connect("http://127.0.0.1:50051", {
 *   retry: { maxAttempts: 4 },
 * });
 * await packages.close();
 * ```
 */
export function retry(options: RetryOptions = {}): Interceptor {
  const { maxAttempts = 3, initialBackoffMs = 100, maxBackoffMs = 2000, budget = 10 } = options;
  const { codes = [Code.Unavailable], random = Math.random } = options;
  check("maxAttempts", maxAttempts, Number.isInteger(maxAttempts) && maxAttempts >= 1);
  check("initialBackoffMs", initialBackoffMs, initialBackoffMs >= 0);
  check("maxBackoffMs", maxBackoffMs, maxBackoffMs >= 0);
  check("budget", budget, budget > 0);
  let tokens = budget;

  return (next) => async (request) => {
    const { idempotency } = request.method;
    const repeatable = !request.stream && idempotency !== undefined &&
      idempotency !== MethodOptions_IdempotencyLevel.IDEMPOTENCY_UNKNOWN;
    if (!repeatable) return await next(request);
    for (let attempt = 1;; attempt++) {
      try {
        const response = await next(request);
        tokens = Math.min(budget, tokens + REFUND);
        return response;
      } catch (error) {
        if (!(error instanceof ConnectError) || !codes.includes(error.code)) throw error;
        tokens = Math.max(0, tokens - 1);
        if (attempt >= maxAttempts || tokens <= budget / 2 || request.signal.aborted) throw error;
        const asked = pushback(error.metadata);
        if (asked === "never") throw error;
        const most = Math.min(maxBackoffMs, initialBackoffMs * 2 ** (attempt - 1));
        await pause(asked ?? random() * most, request.signal, error);
        request.header.set("grpc-previous-rpc-attempts", String(attempt));
      }
    }
  };
}

/** How long the server asks its callers to wait; undefined where it doesn't. */
function pushback(metadata: Headers): number | "never" | undefined {
  const given = metadata.get("grpc-retry-pushback-ms");
  if (given !== null) {
    // As gRPC says: what is no number, or a negative one, means not to try again.
    return /^\d+$/.test(given.trim()) ? Number(given) : "never";
  }
  const after = metadata.get("retry-after");
  if (after === null) return undefined;
  if (/^\d+$/.test(after.trim())) return Number(after) * 1000;
  // The other form of HTTP, a date.
  const at = Date.parse(after);
  return Number.isNaN(at) ? undefined : Math.max(0, at - Date.now());
}

/** Waits; gives up with the error of the last attempt when the call is over before. */
function pause(ms: number, signal: AbortSignal, error: ConnectError): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer);
      reject(error);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", abort);
      resolve();
    }, Math.min(ms, 0x7fff_ffff));
    signal.addEventListener("abort", abort, { once: true });
  });
}

function check(name: string, value: number, fits: boolean): void {
  if (!fits) throw new RangeError(`Cannot retry with ${name} ${value}`);
}
