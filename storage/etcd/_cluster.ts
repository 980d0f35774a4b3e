import { aborted, closed } from "../_limits.ts";
import { pause } from "../_pause.ts";
import { isStorageError, StorageError } from "../errors.ts";
import { Auth } from "./_auth.ts";
import { isGrpcFailure, judge, onlyWaited, type Verdict } from "./_failure.ts";
import { type CallMetadata, type Endpoint, type GrpcFailure, metadataOf } from "./_transport.ts";
import type { EtcdService } from "./_wire.ts";
import type { EtcdStoreOptions } from "./options.ts";

/** A call to make. */
export interface Request {
  /** What is done, for messages: `get key "a"`. */
  readonly what: string;
  readonly service: EtcdService;
  readonly method: string;
  readonly message: unknown;
  /** The key concerned, for errors. */
  readonly key?: string | undefined;
  /** Whether it changes anything: it is repeated then only if it was surely not applied. */
  readonly write?: boolean;
  /** Reads whether a write whose outcome is decided was surely not applied. */
  readonly untouched?: (deadline: number) => Promise<boolean>;
  /** When to give up, if it is a part of something else. */
  readonly deadline?: number;
  /** Makes the message smaller after it took too long. */
  readonly smaller?: (message: unknown) => unknown;
  readonly signal?: AbortSignal | undefined;
}

/** What a cluster is made of. */
export interface ClusterParts {
  readonly endpoints: readonly Endpoint[];
  readonly credentials: EtcdStoreOptions["credentials"];
  readonly timeoutMs: number;
  readonly random: () => number;
}

// For a member that doesn't take connections, and doesn't refuse them.
const CONNECT_MS = 1000;
const LEAST_ATTEMPT_MS = 100;
const LONGEST_PAUSE_MS = 200;
const TOKENS_A_CALL = 5;
const DEADLINE_EXCEEDED = 4;
const AUTH_NOT_ENABLED = /authentication is not enabled/;

/** Calls a cluster: picks the member, waits, repeats what may be repeated, within the deadline. */
export class Cluster {
  readonly #parts: ClusterParts;
  readonly #auth: Auth;
  #running = 0;
  /** Told when the last call has ended. */
  #idle: (() => void) | undefined;
  #current: number;
  #closing: Promise<void> | undefined;

  constructor(parts: ClusterParts) {
    this.#parts = parts;
    this.#auth = new Auth(parts.credentials);
    // Anywhere, so that many clients spread over the members.
    this.#current = Math.floor(parts.random() * parts.endpoints.length);
  }

  /** The member that is asked at present. */
  endpoint(): Endpoint {
    return this.#parts.endpoints[this.#current % this.#parts.endpoints.length]!;
  }

  /** Turns to the next member, unless another call has already. */
  leave(endpoint: Endpoint): void {
    if (this.endpoint() === endpoint) this.#current++;
  }

  /** The error of a member that can't be connected to. */
  unreachable(what: string, { url }: Endpoint): StorageError {
    return new StorageError("unavailable", `Cannot ${what}: etcd at ${url} can't be reached`);
  }

  /** The metadata of calls and streams to a member. */
  metadata(endpoint: Endpoint, deadline: number): Promise<CallMetadata> {
    return this.#auth.metadata(async ({ username, password }) => {
      const call = endpoint.unary<{ token: string }>(
        "Auth",
        "authenticate",
        { name: username, password },
        metadataOf(undefined),
        deadline,
      );
      try {
        return (await call.response).token;
      } catch (error) {
        // As etcd's own client does: the user may be given before authentication is turned on.
        if (isGrpcFailure(error) && AUTH_NOT_ENABLED.test(error.details)) return undefined;
        throw error;
      }
    });
  }

  /** Drops a token that was refused. */
  refused(metadata: CallMetadata): void {
    this.#auth.drop(metadata);
  }

  /** Makes a call. */
  async call<T>(request: Request): Promise<T> {
    this.#running++;
    try {
      return await this.#call<T>(request);
    } finally {
      if (--this.#running === 0) this.#idle?.();
    }
  }

  async #call<T>(request: Request): Promise<T> {
    const { what, signal, write = false } = request;
    const { endpoints, timeoutMs, random } = this.#parts;
    const deadline = request.deadline ?? Date.now() + timeoutMs;
    let tokens = 0;
    let last: GrpcFailure | undefined;
    let { message } = request;
    for (let attempt = 1;; attempt++) {
      if (this.#closing) throw closed(what);
      if (signal?.aborted) throw aborted(what, signal);
      const left = deadline - Date.now();
      if (left <= 0) throw this.#error(request, TIMED_OUT, last);
      const endpoint = this.endpoint();
      const alone = endpoints.length === 1;
      const share = alone && !request.smaller ? left : Math.max(left / 2, LEAST_ATTEMPT_MS);
      if (!endpoint.connected()) {
        const until = Date.now() + (alone ? left : Math.min(share, CONNECT_MS));
        await this.#unlessAborted(endpoint.settled(until), what, signal);
        if (signal?.aborted) throw aborted(what, signal);
      }
      const now = Date.now();
      // A write has all the time that is left, as it can't be made again.
      const until = Math.max(now + 1, write ? deadline : Math.min(deadline, now + share));
      const outcome = await this.#attempt<T>(request, message, endpoint, until);
      if ("response" in outcome) return outcome.response;
      const { failure, verdict, metadata } = outcome;
      if (last === undefined || !onlyWaited(failure)) last = failure;
      if (failure.code === DEADLINE_EXCEEDED) message = request.smaller?.(message) ?? message;
      if (signal?.aborted && outcome.sent) {
        if (!write) throw aborted(what, signal);
        throw this.#unknown(request, "the call was aborted", signal.reason);
      }
      // Also for the calls after this one, which would wait for it as long.
      if (verdict.again === "next") this.leave(endpoint);
      if (write && outcome.sent && verdict.applied) {
        const untouched = verdict.decided && await request.untouched?.(deadline).catch(() => false);
        throw this.#error(request, { ...verdict, applied: !untouched }, failure);
      }
      if (verdict.again === "never") throw this.#error(request, verdict, failure);
      if (verdict.again === "token") {
        if (!this.#parts.credentials || ++tokens > TOKENS_A_CALL) {
          throw this.#error(request, verdict, failure);
        }
        if (metadata) this.#auth.drop(metadata);
      }
      // Once around at once, then in growing distances.
      if (attempt % endpoints.length === 0 || verdict.again === "token") {
        const round = Math.ceil(attempt / endpoints.length);
        const ms = (0.5 + random() / 2) * Math.min(10 * 2 ** round, LONGEST_PAUSE_MS);
        await pause(Math.min(ms, Math.max(deadline - Date.now(), 0)), signal);
      }
    }
  }

  /** One call to one member. */
  async #attempt<T>(
    { what, service, method, signal }: Request,
    message: unknown,
    endpoint: Endpoint,
    deadline: number,
  ): Promise<
    | { response: T }
    | { failure: GrpcFailure; verdict: Verdict; sent: boolean; metadata?: CallMetadata }
  > {
    let metadata: CallMetadata;
    try {
      metadata = this.#auth.known ??
        await this.#unlessAborted(this.metadata(endpoint, deadline), what, signal);
    } catch (error) {
      if (isStorageError(error, "denied")) {
        throw new StorageError("denied", `Cannot ${what}: ${error.message}`, {
          cause: error.cause,
        });
      }
      if (!isGrpcFailure(error)) throw error;
      return { failure: error, verdict: judge(error), sent: false };
    }
    const call = endpoint.unary<T>(service, method, message, metadata, deadline);
    signal?.addEventListener("abort", call.cancel);
    try {
      return { response: await call.response };
    } catch (error) {
      if (!isGrpcFailure(error)) throw error;
      return { failure: error, verdict: judge(error), sent: true, metadata };
    } finally {
      signal?.removeEventListener("abort", call.cancel);
    }
  }

  async #unlessAborted<T>(
    work: Promise<T>,
    what: string,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    if (!signal) return await work;
    let stop = () => {};
    const abort = new Promise<never>((_, reject) => {
      stop = () => reject(aborted(what, signal));
      signal.addEventListener("abort", stop);
      if (signal.aborted) stop();
    });
    try {
      return await Promise.race([work, abort]);
    } finally {
      signal.removeEventListener("abort", stop);
      work.catch(() => {});
      abort.catch(() => {});
    }
  }

  #unknown({ what, key }: Request, why: string, cause: unknown): StorageError {
    const text = `Cannot tell whether it was applied: ${what}: ${why}`;
    return new StorageError("unknown", text, { key, cause });
  }

  #error(request: Request, verdict: Verdict, failure: GrpcFailure | undefined): StorageError {
    const { what, key, write } = request;
    const urls = this.#parts.endpoints.map((endpoint) => endpoint.url).join(", ");
    const said = words(failure?.details ?? "");
    if (write && verdict.applied) return this.#unknown(request, `etcd: ${said}`, failure);
    const why = verdict === TIMED_OUT
      ? `etcd at ${urls} did not answer within ${this.#parts.timeoutMs} ms${said && `: ${said}`}`
      : verdict.code === "unavailable"
      ? `etcd at ${urls}: ${said}`
      : said;
    return new StorageError(verdict.code, `Cannot ${what}: ${why}`, { key, cause: failure });
  }

  /** Lets calls under way end, and closes the connections. */
  close(): Promise<void> {
    return this.#closing ??= (async () => {
      // A step later, so that calls which wait for this find it set.
      await Promise.resolve();
      if (this.#running > 0) await new Promise<void>((resolve) => this.#idle = resolve);
      await Promise.all(this.#parts.endpoints.map((endpoint) => endpoint.close()));
    })();
  }
}

const TIMED_OUT: Verdict = { code: "unavailable", again: "never", applied: false };

/** The part of gRPC's words that a person can use. */
function words(details: string): string {
  const [, cause] = /Last error: (?:Error: )?(.*?)(?:\. Resolution note.*)?$/s.exec(details) ?? [];
  return (cause ?? details).replace(/^etcdserver: /, "").replace(/ \(\d{4}-\S+Z\)$|\.$/, "");
}
