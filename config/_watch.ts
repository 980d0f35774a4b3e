/** Following the layers of a configuration. */
import { changedPaths } from "./_changes.ts";
import { ConfigError, hideUrlCredentials, type LoadState, plain } from "./values.ts";
import { type FileSystem, Recorder } from "./_recorder.ts";
import type { ConfigEvent, ConfigWatch, RemoteLayer, WatchOptions } from "./watch.ts";

/** What a remote layer says, and who it is. */
export interface RemoteState {
  readonly name: string;
  readonly values: Readonly<Record<string, string>>;
}

/** One load over the given files. Throws what makes it unfit. */
export type LoadOnce = (
  files: FileSystem,
  remote: RemoteState | undefined,
) => Promise<LoadState>;

/** How often changed files are waited for before they are read anyway. */
const MAX_WAITS = 20;

/** The pause before a remote layer that failed is asked again, where no interval is given. */
const RETRY_MS = 1000;

export class Watch<T> implements ConfigWatch<T> {
  readonly #load: LoadOnce;
  readonly #files: FileSystem;
  readonly #settleMs: number;
  readonly #retryMs: number;
  readonly #ended = new AbortController();
  readonly #tasks: Promise<void>[] = [];
  #recorder: Recorder;
  #remote: RemoteState | undefined;
  #remoteChanged = false;
  #state!: LoadState;
  /** The state that the reader of events knows. */
  #told!: LoadState;
  #changed = false;
  #rejection: Error | undefined;
  /** Whether the reader of events was told of a rejection last. */
  #toldWrong = false;
  #turn: Promise<void> = Promise.resolve();
  #wake: (() => void) | undefined;

  private constructor(load: LoadOnce, files: FileSystem, settleMs: number, retryMs: number) {
    this.#load = load;
    this.#retryMs = retryMs;
    this.#files = files;
    this.#settleMs = settleMs;
    this.#recorder = new Recorder(files);
  }

  /** Loads, and follows from there. */
  static async start<T>(
    load: LoadOnce,
    files: FileSystem,
    { signal, pollMs = 1000, settleMs = 100, remote }: WatchOptions,
  ): Promise<Watch<T>> {
    for (const [name, value] of Object.entries({ pollMs, settleMs })) {
      if (!Number.isFinite(value) || value < 0) {
        throw new RangeError(`Cannot watch a configuration: ${name} is ${value}`);
      }
    }
    signal?.throwIfAborted();
    const watch = new Watch<T>(load, files, settleMs, pollMs || RETRY_MS);
    const end = () => watch.#end();
    signal?.addEventListener("abort", end, { once: true });
    watch.#ended.signal.addEventListener("abort", () => signal?.removeEventListener("abort", end));
    try {
      if (remote !== undefined) await watch.#follow(remote);
      const known = watch.#remote;
      watch.#state = watch.#told = await load(watch.#recorder, known);
      watch.#remoteChanged = watch.#remote !== known;
      signal?.throwIfAborted();
    } catch (error) {
      await watch[Symbol.asyncDispose]();
      throw signal?.aborted ? signal.reason : error;
    }
    if (watch.#remoteChanged) void watch.refresh();
    if (pollMs > 0) watch.#tasks.push(watch.#poll(pollMs));
    return watch;
  }

  get config(): T {
    return this.#state.value as T;
  }

  refresh(): Promise<void> {
    // One after the other: a load that began earlier must not win over a later one.
    this.#turn = this.#turn.then(() => this.#look());
    return this.#turn;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<ConfigEvent<T>, void, undefined> {
    try {
      while (true) {
        const event = this.#take();
        if (event !== undefined) yield event;
        else if (this.#ended.signal.aborted) return;
        else await new Promise<void>((resolve) => this.#wake = resolve);
      }
    } finally {
      await this[Symbol.asyncDispose]();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end();
    await Promise.all([...this.#tasks, this.#turn]);
  }

  #end(): void {
    this.#ended.abort();
    this.#wake?.();
  }

  #take(): ConfigEvent<T> | undefined {
    if (this.#changed) {
      this.#changed = false;
      const { schema } = this.#state;
      const paths = changedPaths(schema, comparable(this.#told), comparable(this.#state));
      this.#told = this.#state;
      this.#toldWrong = false;
      return { type: "changed", config: this.config, paths };
    }
    const error = this.#rejection;
    if (error === undefined) return undefined;
    this.#rejection = undefined;
    this.#toldWrong = true;
    return { type: "rejected", error };
  }

  async #look(): Promise<void> {
    if (this.#ended.signal.aborted || !await this.#settled()) return;
    this.#remoteChanged = false;
    const recorder = new Recorder(this.#files);
    try {
      this.#accept(await this.#load(recorder, this.#remote));
    } catch (error) {
      this.#reject(error);
    } finally {
      this.#recorder = recorder;
    }
  }

  /** Whether anything changed, once it has stopped to change. */
  async #settled(): Promise<boolean> {
    let before = this.#recorder.recorded();
    let now = await this.#recorder.now();
    if (before === now && !this.#remoteChanged) return false;
    for (let waits = 0; before !== now && waits < MAX_WAITS; waits++) {
      await this.#sleep(this.#settleMs);
      [before, now] = [now, await this.#recorder.now()];
    }
    return !this.#ended.signal.aborted;
  }

  #accept(state: LoadState): void {
    const { schema } = state;
    const differs = changedPaths(schema, comparable(this.#told), comparable(state)).length > 0;
    this.#state = state;
    this.#changed = differs || this.#toldWrong;
    this.#rejection = undefined;
    this.#wake?.();
  }

  #reject(error: unknown): void {
    this.#rejection = error instanceof Error ? error : new Error(String(error));
    this.#wake?.();
  }

  async #poll(pollMs: number): Promise<void> {
    while (!this.#ended.signal.aborted) {
      await this.#sleep(pollMs);
      await this.refresh();
    }
  }

  /** Follows a remote layer; resolves with its first state, and fails with it. */
  #follow(remote: RemoteLayer): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#tasks.push(
        this.#followOn(remote, resolve, reject).finally(() => reject(this.#ended.signal.reason)),
      );
    });
  }

  async #followOn(
    remote: RemoteLayer,
    begun: () => void,
    fail: (error: Error) => void,
  ): Promise<void> {
    const { signal } = this.#ended;
    let reported: string | undefined;
    while (!signal.aborted) {
      try {
        for await (const values of untilAborted(remote, signal)) {
          this.#remote = { name: remote.name, values };
          this.#remoteChanged = true;
          reported = undefined;
          begun();
          // The first state is for the load that waits for it.
          if (this.#state !== undefined) await this.refresh();
        }
        if (signal.aborted) return;
        throw new Error("it ended");
      } catch (error) {
        const failure = remoteError(remote.name, error);
        if (this.#remote === undefined) return fail(failure);
        // An hour without the remote layer is one fault, not thousands.
        if (failure.message !== reported) this.#reject(failure);
        reported = failure.message;
      }
      await this.#sleep(this.#retryMs);
    }
  }

  #sleep(ms: number): Promise<void> {
    const { signal } = this.#ended;
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal.addEventListener("abort", done);
    });
  }
}

/** What is compared: values of another library may be instances, so what it was given stands in. */
function comparable({ schema, root, value }: LoadState): unknown {
  return schema === undefined ? plain(root) : value;
}

function remoteError(name: string, error: unknown): ConfigError {
  // Clients like to quote the address that they couldn't reach, password and all.
  const reason = hideUrlCredentials(error instanceof Error ? error.message : String(error));
  return new ConfigError([
    { code: "unreadable", path: "", message: `can't be followed: ${reason}`, where: name },
  ]);
}

/** What a remote layer yields until the signal, also of one that doesn't heed it. */
async function* untilAborted(
  remote: RemoteLayer,
  signal: AbortSignal,
): AsyncGenerator<RemoteState["values"], void, undefined> {
  const iterator = remote.watch({ signal })[Symbol.asyncIterator]();
  const { aborted, forget } = whenAborted(signal);
  try {
    while (!signal.aborted) {
      const next = await Promise.race([iterator.next(), aborted]);
      if (next === undefined || next.done) return;
      yield next.value;
    }
  } finally {
    forget();
    // Not waited for: what hangs in `next` would hold this up as well.
    void Promise.resolve(iterator.return?.()).catch(() => {});
  }
}

function whenAborted(signal: AbortSignal): { aborted: Promise<undefined>; forget: () => void } {
  let forget = () => {};
  const aborted = new Promise<undefined>((resolve) => {
    const listener = () => resolve(undefined);
    signal.addEventListener("abort", listener);
    forget = () => signal.removeEventListener("abort", listener);
  });
  return { aborted, forget };
}
