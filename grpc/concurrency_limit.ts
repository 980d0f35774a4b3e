import { Code, ConnectError, type Interceptor } from "@connectrpc/connect";
import { isHealth } from "./_exempt.ts";

/** Options of {@linkcode concurrencyLimit}. */
export interface ConcurrencyLimitOptions {
  /** How many calls are answered at once. */
  readonly maxConcurrent: number;
  /**
   * How many more may wait for their turn.
   *
   * @default {0}
   */
  readonly maxWaiting?: number;
}

/**
 * An interceptor for servers that sheds load: beyond the calls that are answered at
 * once and those that wait, it answers `Unavailable` right away, so that clients go
 * elsewhere or come again. A call that waits gives up its place when its caller goes
 * away or its time is over. Streams count until their last message. Health checks
 * always pass.
 *
 * @throws {RangeError} when an option can't be used.
 *
 * @example
 * ```ts
 * import { concurrencyLimit } from "@oprc/grpc";
 *
 * const interceptor = concurrencyLimit({ maxConcurrent: 200, maxWaiting: 100 });
 * console.log(typeof interceptor);
 * ```
 */
export function concurrencyLimit(options: ConcurrencyLimitOptions): Interceptor {
  const { maxConcurrent, maxWaiting = 0 } = options;
  if (!(Number.isInteger(maxConcurrent) && maxConcurrent > 0)) {
    throw new RangeError(`Cannot limit calls with maxConcurrent ${maxConcurrent}`);
  }
  if (!(Number.isInteger(maxWaiting) && maxWaiting >= 0)) {
    throw new RangeError(`Cannot limit calls with maxWaiting ${maxWaiting}`);
  }
  let running = 0;
  const waiting = new Set<() => void>();

  function enter(signal: () => AbortSignal): Promise<void> | undefined {
    if (running < maxConcurrent) {
      running++;
      return undefined;
    }
    if (waiting.size >= maxWaiting) {
      throw new ConnectError("the server has too many calls at once", Code.Unavailable);
    }
    return wait(signal());
  }
  function wait(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const start = () => {
        signal.removeEventListener("abort", giveUp);
        resolve();
      };
      const giveUp = () => {
        waiting.delete(start);
        reject(signal.reason);
      };
      if (signal.aborted) return reject(signal.reason);
      waiting.add(start);
      signal.addEventListener("abort", giveUp, { once: true });
    });
  }
  function leave(): void {
    const [first] = waiting;
    if (first === undefined) {
      running--;
    } else {
      // Its place goes to the one that has waited longest.
      waiting.delete(first);
      first();
    }
  }
  async function* counted<T>(messages: AsyncIterable<T>): AsyncIterable<T> {
    try {
      yield* messages;
    } finally {
      leave();
    }
  }
  return (next) => async (request) => {
    if (isHealth(request.service)) return await next(request);
    const turn = enter(() => request.signal);
    if (turn !== undefined) await turn;
    let streams = false;
    try {
      const response = await next(request);
      if (!response.stream) return response;
      streams = true;
      return { ...response, message: counted(response.message) };
    } finally {
      if (!streams) leave();
    }
  };
}
