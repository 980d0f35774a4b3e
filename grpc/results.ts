import { ConnectError } from "@connectrpc/connect";

/** How a call ended, as a value: what it answered, or the error that it would have thrown. */
export type Result<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: ConnectError };

/**
 * The calls of `C`, each with a {@linkcode Result} where it would throw. What answers a stream
 * gives a result for each message; the first error is the last of them.
 */
export type Results<C> = {
  readonly [K in keyof C]: C[K] extends (...args: infer A) => Promise<infer T>
    ? (...args: A) => Promise<Result<T>>
    : C[K] extends (...args: infer A) => AsyncIterable<infer T>
      ? (...args: A) => AsyncGenerator<Result<T>, void>
    : C[K];
};

/** Asks a client for results instead of errors. */
export interface ResultsOption {
  /**
   * Whether calls answer a {@linkcode Result} instead of throwing. Wrong arguments
   * (`TypeError`, `RangeError`) are still thrown: they are faults of the program.
   *
   * @default {calls throw}
   */
  readonly results: true;
}

type Call = (...args: never[]) => Promise<unknown> | AsyncIterable<unknown>;

/** Wraps each call of an object of nothing but calls. */
export function withResults<C extends object>(calls: C): Results<C> {
  const wrapped = Object.entries(calls as Record<string, Call>).map(([name, call]) => {
    const answering = (...args: never[]) => {
      const answer = call(...args);
      return Symbol.asyncIterator in answer ? streamOfResults(answer) : resultOf(answer);
    };
    return [name, answering];
  });
  return Object.fromEntries(wrapped);
}

async function resultOf<T>(answer: Promise<T>): Promise<Result<T>> {
  try {
    return { ok: true, value: await answer };
  } catch (error) {
    return failed(error);
  }
}

async function* streamOfResults<T>(answers: AsyncIterable<T>): AsyncGenerator<Result<T>, void> {
  try {
    for await (const value of answers) yield { ok: true, value };
  } catch (error) {
    yield failed(error);
  }
}

function failed(error: unknown): { readonly ok: false; readonly error: ConnectError } {
  if (!(error instanceof ConnectError)) throw error;
  return { ok: false, error };
}
