import type { Bell } from "../_bell.ts";
import { aborted, checkPrefix, closed, quote } from "../_limits.ts";
import { pause } from "../_pause.ts";
import { formatRevision, parseRevision } from "../_revision.ts";
import { compacted } from "../_watch.ts";
import { isStorageError, StorageError } from "../errors.ts";
import type { Batch, Event, WatchOptions } from "../port.ts";
import { judge } from "./_failure.ts";
import type { Stream } from "./_stream.ts";
import { fromBytes, type KeyRange, rangeOf, type WatchEvent, type WatchResponse } from "./_wire.ts";

/** What a watch needs of its store. */
export interface WatchSource {
  readonly closed: boolean;
  readonly keyPrefix: string;
  /**
   * The revision of the store. With `at`, fails with `"compacted"` or `"invalid"` unless all that
   * happened after it is still there.
   */
  history(
    what: string,
    range: KeyRange,
    at: number | undefined,
    signal: AbortSignal,
  ): Promise<number>;
  /** Opens a stream of what happens from a revision on. */
  open(range: KeyRange, from: number, bell: Bell): Promise<Stream>;
  /** Has the next stream opened at another member, as this one's member didn't serve. */
  failed(stream: Stream, denied: boolean): void;
  /** Has something called when the store closes. */
  listen(ring: () => void): void;
  forget(ring: () => void): void;
}

const LONGEST_PAUSE_MS = 500;
const DENIED_ATTEMPTS = 3;

/** Why a stream is of no more use, if another may be. */
class Broken extends Error {
  constructor(readonly denied: boolean, message: string) {
    super(message);
  }
}

/** Puts the events of a stream together as commits. */
class Gatherer {
  readonly #keyPrefix: string;
  #revision = 0;
  #events: Event[] = [];

  /** @param keyPrefix What is cut off the keys */
  constructor(keyPrefix: string) {
    this.#keyPrefix = keyPrefix;
  }

  #event({ type, kv }: WatchEvent, revision: string): Event {
    const key = fromBytes(kv.key).slice(this.#keyPrefix.length);
    return type === "Put"
      ? { type: "put", key, value: new Uint8Array(kv.value), revision }
      : { type: "delete", key, revision };
  }

  /** The commits that a response completes, leaving out what is not after a revision. */
  add(response: WatchResponse, after: number): (Batch & { readonly number: number })[] {
    const complete: (Batch & { readonly number: number })[] = [];
    const flush = () => {
      if (this.#events.length === 0) return;
      const revision = formatRevision(this.#revision);
      complete.push({ revision, events: this.#events, number: this.#revision });
      this.#events = [];
    };
    for (const event of response.events) {
      const number = Number(event.kv.mod_revision);
      if (number <= after) continue;
      if (number !== this.#revision) flush();
      this.#revision = number;
      this.#events.push(this.#event(event, formatRevision(number)));
    }
    // A response that is too large comes in parts, which may cut a commit in two.
    if (!response.fragment) flush();
    return complete;
  }
}

/** Delivers the changes after a revision, over as many streams as it takes. */
export async function* watchBatches(
  source: WatchSource,
  prefix: string,
  { from, signal }: WatchOptions,
  bell: Bell,
  stopped: AbortSignal,
): AsyncGenerator<Batch, void, void> {
  const what = `watch prefix ${quote(prefix)}`;
  const check = () => {
    if (source.closed || stopped.aborted) throw closed(what);
    if (signal?.aborted) throw aborted(what, signal);
  };
  check();
  checkPrefix("watch", prefix);
  const start = from === undefined ? undefined : parseRevision(from);
  const range = rangeOf(source.keyPrefix + prefix);
  // Ends what waits for an answer when the watch ends, for whatever reason.
  const end = new AbortController();
  const ring = () => {
    if (source.closed || stopped.aborted || signal?.aborted) end.abort(ENDED);
    bell.ring();
  };
  source.listen(ring);
  signal?.addEventListener("abort", ring);
  stopped.addEventListener("abort", ring);
  // Revision 0 is before etcd's first, which no write has.
  const history = (at?: number) => source.history(what, range, at && Math.max(at, 1), end.signal);
  try {
    let at = await history(start);
    if (start === undefined) yield { revision: formatRevision(at), events: [] };
    else at = start;
    /** Makes sure that nothing after `at` has been thinned out or taken back. */
    const intact = async () => {
      try {
        await history(at);
      } catch (error) {
        // Also of a cluster that was restored to a state before.
        if (!isStorageError(error, "compacted") && !isStorageError(error, "invalid")) throw error;
        throw compacted(prefix, at);
      }
    };
    let failures = 0;
    let denials = 0;
    for (;;) {
      let stream: Stream | undefined;
      check();
      try {
        stream = await source.open(range, at + 1, bell);
        const gatherer = new Gatherer(source.keyPrefix);
        let created = Infinity;
        for (;;) {
          check();
          const response = stream.take();
          if (!response) {
            const { failure } = stream;
            if (failure) throw new Broken(judge(failure).code === "denied", failure.details);
            await bell.wait();
            continue;
          }
          if (response.canceled) {
            if (Number(response.compact_revision) > 0) throw compacted(prefix, at);
            throw new Broken(
              /permission|auth/.test(response.cancel_reason),
              response.cancel_reason,
            );
          }
          const head = Number(response.header.revision);
          if (response.created) {
            created = head;
            denials = 0;
            await intact();
            continue;
          }
          const batches = gatherer.add(response, at);
          const progress = response.events.length === 0 && !response.fragment;
          // What is sent as it happens is one commit, the newest. All else etcd reads from its
          // history, which a compaction may thin out meanwhile without a word.
          const live = at >= created &&
            (progress || (batches.length === 1 && batches[0]!.number === head));
          if (!live && (progress || batches.length > 0)) await intact();
          for (const { revision, events, number } of batches) {
            check();
            failures = 0;
            yield { revision, events };
            at = number;
          }
          // A watcher is told of progress only when it has caught up.
          if (progress && head > at) {
            check();
            at = head;
            yield { revision: formatRevision(at), events: [] };
          }
        }
      } catch (error) {
        const broken = error instanceof Broken || isStorageError(error, "unavailable");
        if (!broken) throw error;
        const denied = error instanceof Broken && error.denied;
        if (denied && ++denials >= DENIED_ATTEMPTS) {
          throw new StorageError("denied", `Cannot ${what}: ${error.message}`, { cause: error });
        }
        if (stream) source.failed(stream, denied);
      } finally {
        stream?.cancel();
      }
      failures++;
      const ms = Math.random() * Math.min(10 * 2 ** failures, LONGEST_PAUSE_MS);
      await pause(failures === 1 ? 0 : ms, end.signal);
    }
  } catch (error) {
    // Ending cuts off what was under way, which fails in ways of its own.
    check();
    throw error;
  } finally {
    signal?.removeEventListener("abort", ring);
    source.forget(ring);
  }
}

// One for all, as without it each abort makes an exception with a stack.
const ENDED = new Error("the watch has ended");
