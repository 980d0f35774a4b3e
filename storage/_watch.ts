import { Bell } from "./_bell.ts";
import { aborted, checkPrefix, closed, quote } from "./_limits.ts";
import { formatRevision, parseRevision } from "./_revision.ts";
import { StorageError } from "./errors.ts";
import type { Batch, WatchOptions } from "./port.ts";

/** What the history of a store must offer for {@linkcode watchHistory}. */
export interface History {
  /** Whether the store was disposed of. */
  readonly closed: boolean;
  /** The revision of the last commit. */
  current(): number | Promise<number>;
  /**
   * Some of the batches after a revision, filtered by a prefix, and the revision they reach.
   * Throws `"compacted"` if the history there is gone.
   */
  read(after: number, prefix: string): HistoryPart | Promise<HistoryPart>;
  /** Has a bell rung when the store closes, and when there may be new commits. */
  listen(bell: Bell): void;
  /** Ends {@linkcode listen}. */
  forget(bell: Bell): void;
}

/** See {@linkcode History.read}. */
export interface HistoryPart {
  readonly batches: readonly Batch[];
  readonly upTo: number;
}

export function compacted(prefix: string, after: number): StorageError {
  return new StorageError(
    "compacted",
    `Cannot watch prefix ${quote(prefix)} from revision ${formatRevision(after)}: ` +
      "the history there is no longer kept",
  );
}

async function* batches(
  history: History,
  prefix: string,
  { from, signal }: WatchOptions,
  bell: Bell,
): AsyncGenerator<Batch, void, void> {
  const what = `watch prefix ${quote(prefix)}`;
  const check = () => {
    if (history.closed) throw closed(what);
    if (signal?.aborted) throw aborted(what, signal);
  };
  check();
  checkPrefix("watch", prefix);
  history.listen(bell);
  signal?.addEventListener("abort", bell.ring);
  try {
    const start = from === undefined ? undefined : parseRevision(from);
    let at = await history.current();
    if (start === undefined) {
      yield { revision: formatRevision(at), events: [] };
    } else if (start > at) {
      throw new StorageError(
        "invalid",
        `Cannot ${what} from revision ${from}: the store has not reached it`,
      );
    } else {
      at = start;
    }
    for (;;) {
      check();
      const part = await history.read(at, prefix);
      for (const batch of part.batches) {
        check();
        yield batch;
      }
      if (part.upTo === at) {
        check();
        await bell.wait();
        continue;
      }
      at = part.upTo;
      const reached = formatRevision(at);
      if (part.batches.at(-1)?.revision !== reached) {
        check();
        yield { revision: reached, events: [] };
      }
    }
  } finally {
    signal?.removeEventListener("abort", bell.ring);
    history.forget(bell);
  }
}

/**
 * A watch made of a generator. A generator can't be returned from while it waits, so a consumer
 * that stops has it woken, to end by itself.
 *
 * @param make Gets the bell that wakes it, and a signal that the consumer has stopped
 */
export function stoppable<T>(
  make: (bell: Bell, stopped: AbortSignal) => AsyncGenerator<T, void, void>,
): AsyncIterable<T> {
  return {
    [Symbol.asyncIterator](): AsyncIterator<T, void, void> {
      const bell = new Bell();
      const stop = new AbortController();
      const inner = make(bell, stop.signal);
      return {
        next: () =>
          inner.next().catch((error) => {
            if (stop.signal.aborted) return { done: true, value: undefined };
            throw error;
          }),
        async return() {
          stop.abort(STOPPED);
          bell.ring();
          await inner.return();
          return { done: true, value: undefined };
        },
      };
    },
  };
}

// One for all, as without it each abort makes an exception with a stack.
const STOPPED = new Error("the consumer has stopped");

/** The watch of a store whose history can be read and announces its growth. */
export function watchHistory(
  history: History,
  prefix: string,
  options: WatchOptions = {},
): AsyncIterable<Batch> {
  return stoppable((bell, stopped) => {
    const source: History = {
      get closed() {
        return stopped.aborted || history.closed;
      },
      current: () => history.current(),
      read: (after, of) => history.read(after, of),
      listen: (of) => history.listen(of),
      forget: (of) => history.forget(of),
    };
    return batches(source, prefix, options, bell);
  });
}
