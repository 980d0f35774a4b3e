import type { Bell } from "../_bell.ts";
import { createCopier } from "./_copies.ts";
import { decodeCursor, encodeCursor } from "../_cursor.ts";
import { aborted, checkKey, checkLimit, checkOps, checkPrefix, closed, quote } from "../_limits.ts";
import { stoppable } from "../_watch.ts";
import { isStorageError } from "../errors.ts";
import type {
  Batch,
  CallOptions,
  Entry,
  KeyValueStore,
  ListOptions,
  Op,
  Page,
  Revision,
  WatchOptions,
} from "../port.ts";
import { LEASING, type Leasing } from "../_leasing.ts";
import type { Cluster, Request } from "./_cluster.ts";
import { EtcdLeasing } from "./_lease.ts";
import { Stream } from "./_stream.ts";
import type { CallMetadata, Endpoint } from "./_transport.ts";
import { commitCall, conflictOf } from "./_txn.ts";
import { watchBatches, type WatchSource } from "./_watch.ts";
import {
  fromBytes,
  type Header,
  type KeyRange,
  type KeyValue,
  rangeOf,
  type RangeRequest,
  type RangeResponse,
  revisionOf,
  toBytes,
  type TxnResponse,
} from "./_wire.ts";

const CONNECT_MS = 1000;

/** What an {@linkcode EtcdStore} is made of. */
export interface EtcdStoreParts {
  readonly cluster: Cluster;
  readonly keyPrefix: string;
  /** The first that the cluster said of itself. */
  readonly header: Header;
}

export class EtcdStore implements KeyValueStore, WatchSource {
  readonly #cluster: Cluster;
  readonly #rings = new Set<() => void>();
  readonly #streams = new Map<Stream, { endpoint: Endpoint; metadata: CallMetadata }>();
  readonly #id: string;
  readonly #leasing: EtcdLeasing;
  /** A revision that the cluster has reached. */
  #reached: number;
  readonly keyPrefix: string;
  closed = false;

  constructor({ cluster, keyPrefix, header }: EtcdStoreParts) {
    this.#cluster = cluster;
    this.keyPrefix = keyPrefix;
    // Of the cluster, for cursors.
    this.#id = `${header.cluster_id}${keyPrefix}`;
    this.#reached = Number(header.revision);
    this.#leasing = new EtcdLeasing(
      cluster,
      (ops, options, lease) => this.#commit(ops, options, lease),
    );
  }

  #check(what: string, signal: AbortSignal | undefined): void {
    if (this.closed) throw closed(what);
    if (signal?.aborted) throw aborted(what, signal);
  }

  async #range(request: Omit<Request, "service" | "method">): Promise<RangeResponse> {
    const response = await this.#cluster.call<RangeResponse>({
      ...request,
      service: "KV",
      method: "range",
    });
    this.#reached = Number(response.header.revision);
    return response;
  }

  /** Reads whether a commit was surely not applied since the cluster had reached a revision. */
  async #untouched(
    ops: readonly Op[],
    since: number,
    request: Pick<Request, "what" | "signal" | "deadline">,
  ): Promise<boolean> {
    // All of it is applied or nothing, so one key tells.
    const { key } = ops.find((op) => op.type !== "check")!;
    const message: RangeRequest = { key: toBytes(this.keyPrefix + key), keys_only: true };
    const { kvs, header } = await this.#range({ ...request, message });
    const now = Number(header.revision);
    // A key that isn't there may have been written and deleted, unless nothing has happened at
    // all. A revision that isn't reached any more is of a cluster that was restored.
    return now >= since && Number(kvs[0]?.mod_revision ?? now) <= since;
  }

  #entry(
    { key, value, mod_revision }: KeyValue,
    // What gRPC hands out is part of a larger buffer.
    copy = (bytes: Uint8Array) => new Uint8Array(bytes),
  ): Entry {
    return {
      key: fromBytes(key).slice(this.keyPrefix.length),
      value: copy(value),
      revision: revisionOf(mod_revision),
    };
  }

  async get(key: string, { signal }: CallOptions = {}): Promise<Entry | undefined> {
    checkKey("get", key);
    const what = `get key ${quote(key)}`;
    this.#check(what, signal);
    const message: RangeRequest = { key: toBytes(this.keyPrefix + key) };
    const { kvs } = await this.#range({ what, key, message, signal });
    return kvs[0] && this.#entry(kvs[0]);
  }

  async list(prefix: string, options: ListOptions = {}): Promise<Page> {
    checkPrefix("list", prefix);
    const limit = checkLimit(options.limit);
    const from = options.cursor === undefined
      ? undefined
      : decodeCursor(this.#id, prefix, options.cursor);
    const what = `list prefix ${quote(prefix)}`;
    this.#check(what, options.signal);
    const start = this.keyPrefix + (from ? `${from.after}\0` : prefix);
    const message: RangeRequest = { ...rangeOf(this.keyPrefix + prefix, start), limit };
    const { kvs, more, header } = await this.#range({
      what,
      message,
      signal: options.signal,
      smaller: shorter,
    });
    const copy = createCopier();
    const entries = kvs.map((kv) => this.#entry(kv, copy));
    const floor = from?.floor ?? revisionOf(header.revision);
    if (!more) return { entries, revision: floor };
    const cursor = encodeCursor(this.#id, prefix, { after: entries.at(-1)!.key, floor });
    return { entries, revision: floor, cursor };
  }

  commit(ops: readonly Op[], options: CallOptions = {}): Promise<Revision> {
    return this.#commit(ops, options);
  }

  /** For locks. */
  get [LEASING](): Leasing {
    return this.#leasing;
  }

  async #commit(
    ops: readonly Op[],
    { signal }: CallOptions,
    lease?: string,
  ): Promise<Revision> {
    checkOps(ops);
    const only = ops.length === 1 ? ops[0]! : undefined;
    const what = only ? `${only.type} key ${quote(only.key)}` : "commit";
    this.#check(what, signal);
    // It may be sent later than now, and the caller may use its buffers again.
    const kept = ops.map((op) =>
      op.type === "put" ? { ...op, value: op.value.slice() } : { ...op }
    );
    const call = commitCall(this.keyPrefix, kept, lease);
    const since = this.#reached;
    const response = await this.#cluster.call<{ header: Header } & Partial<TxnResponse>>({
      ...call,
      what,
      service: "KV",
      key: only?.key,
      signal,
      untouched: (deadline) => this.#untouched(kept, since, { what, signal, deadline }),
    });
    this.#reached = Number(response.header.revision);
    if (call.method === "txn" && !response.succeeded) {
      throw conflictOf(kept, response as TxnResponse);
    }
    return revisionOf(response.header.revision);
  }

  watch(prefix: string, options: WatchOptions = {}): AsyncIterable<Batch> {
    return stoppable((bell, stopped): AsyncGenerator<Batch, void, void> =>
      watchBatches(this, prefix, options, bell, stopped)
    );
  }

  async health({ signal }: CallOptions = {}): Promise<void> {
    const what = "check the store";
    this.#check(what, signal);
    const message: RangeRequest = { key: toBytes(`${this.keyPrefix}/health`), keys_only: true };
    try {
      await this.#range({ what, message, signal });
    } catch (error) {
      // The cluster has agreed that this user may not read this key: it is well.
      if (!isStorageError(error, "denied") || !/permission denied$/.test(error.message)) {
        throw error;
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.closed = true;
    for (const ring of this.#rings) ring();
    for (const stream of this.#streams.keys()) stream.cancel();
    await this.#cluster.close();
  }

  async history(
    what: string,
    range: KeyRange,
    at: number | undefined,
    signal: AbortSignal,
  ): Promise<number> {
    const message: RangeRequest = {
      ...range,
      limit: 1,
      keys_only: true,
      ...(at === undefined ? {} : { revision: at }),
    };
    const { header } = await this.#range({ what, message, signal });
    return Number(header.revision);
  }

  async open(range: KeyRange, from: number, bell: Bell): Promise<Stream> {
    const endpoint = this.#cluster.endpoint();
    const deadline = Date.now() + CONNECT_MS;
    // A stream has no deadline: it would wait for a connection for as long as it takes.
    if (!endpoint.connected()) await endpoint.settled(deadline);
    if (!endpoint.connected()) {
      this.#cluster.leave(endpoint);
      throw this.#cluster.unreachable("watch", endpoint);
    }
    const metadata = await this.#cluster.metadata(endpoint, deadline);
    this.#check("watch", undefined);
    const request = {
      create_request: { ...range, start_revision: from, progress_notify: true, fragment: true },
    };
    const stream = new Stream(
      endpoint,
      request,
      metadata,
      bell,
      () => this.#streams.delete(stream),
    );
    this.#streams.set(stream, { endpoint, metadata });
    return stream;
  }

  failed(stream: Stream, denied: boolean): void {
    const used = this.#streams.get(stream);
    if (!used) return;
    if (denied) this.#cluster.refused(used.metadata);
    else this.#cluster.leave(used.endpoint);
  }

  listen(ring: () => void): void {
    this.#rings.add(ring);
  }

  forget(ring: () => void): void {
    this.#rings.delete(ring);
  }
}

/** A list that took too long is made again with a shorter page. */
function shorter(message: unknown): unknown {
  const range = message as RangeRequest;
  return { ...range, limit: Math.max(1, Math.floor(range.limit! / 8)) };
}
