import { connectCode } from "./_connect_code.ts";
import type { Outcome } from "./_observation.ts";

/** The outcome of what went well. */
export const OK: Outcome = { code: "ok", failed: false };

/** The outcome of a call that threw. */
export function failure(error: unknown): Outcome {
  return { code: connectCode(error), failed: true, error };
}

/** A call is over its deadline or given up; whatever the reason, the server isn't at fault. */
function aborted(reason: unknown): Outcome {
  const code = connectCode(reason);
  return { code: code === "deadline_exceeded" ? code : "canceled", failed: true };
}

/** Who watches a stream. */
export interface StreamObserver {
  /** Told of the end, perhaps more than once: only the first time counts. */
  end(outcome: Outcome): void;
  /** Runs each step. */
  step<T>(call: () => T): T;
}

/**
 * Tells `observer` when the stream ends. Written out rather than as a generator:
 * one that is never started runs no `finally`, and each step would leave the
 * caller's context.
 */
export function observeStream<T>(
  stream: AsyncIterable<T>,
  observer: StreamObserver,
  signal: AbortSignal,
): AsyncIterable<T> {
  // A call that is cancelled may never be read again.
  const onAbort = (): void => observer.end(aborted(signal.reason));
  const end = (outcome: Outcome): void => {
    signal.removeEventListener("abort", onAbort);
    observer.end(outcome);
  };
  if (signal.aborted) onAbort();
  else signal.addEventListener("abort", onAbort, { once: true });
  return {
    [Symbol.asyncIterator](): AsyncIterator<T> {
      const source = stream[Symbol.asyncIterator]();
      return {
        next: () =>
          observer.step(async () => {
            try {
              const step = await source.next();
              if (step.done) end(OK);
              return step;
            } catch (error) {
              end(failure(error));
              throw error;
            }
          }),
        return: (value) =>
          observer.step(async () => {
            end({ code: "canceled", failed: true });
            return await source.return?.(value) ?? { done: true, value };
          }),
        throw: (error) =>
          observer.step(async () => {
            end(failure(error));
            if (source.throw === undefined) throw error;
            return await source.throw(error);
          }),
      };
    },
  };
}
