/**
 * A point in a store's history. Opaque, but ordered: of two revisions of one store, the later is
 * the greater by `<`.
 */
export type Revision = string;

/**
 * What a write expects of its key: a {@linkcode Revision} (the key was last written there),
 * `null` (there is no such key), or `undefined` (anything).
 */
export type Expect = Revision | null | undefined;

/** A key with its value. */
export interface Entry {
  /** The key. */
  readonly key: string;
  /**
   * The value: a copy that belongs to the caller. Its `buffer` may be larger than it, and hold
   * other values of the same page.
   */
  readonly value: Uint8Array;
  /** The revision of the commit that wrote this value. */
  readonly revision: Revision;
}

/** Writes a value. */
export interface PutOp {
  /** Tells the operations apart. */
  readonly type: "put";
  /** The key to write. */
  readonly key: string;
  /** The value to write. */
  readonly value: Uint8Array;
  /** What must be there for the commit to succeed. */
  readonly expect?: Expect;
}

/** Deletes a key. Of a key that isn't there, an unconditional delete does nothing. */
export interface DeleteOp {
  /** Tells the operations apart. */
  readonly type: "delete";
  /** The key to delete. */
  readonly key: string;
  /** What must be there for the commit to succeed. */
  readonly expect?: Revision | undefined;
}

/** Writes nothing, but fails the commit unless the key is as expected. */
export interface CheckOp {
  /** Tells the operations apart. */
  readonly type: "check";
  /** The key to look at. */
  readonly key: string;
  /** What must be there for the commit to succeed. */
  readonly expect: Revision | null;
}

/** One operation of a commit. */
export type Op = PutOp | DeleteOp | CheckOp;

/** A page of a list. */
export interface Page {
  /** The entries, in byte order of their keys, as they were at one moment. */
  readonly entries: readonly Entry[];
  /**
   * A revision taken before the first page was read. To list and then watch from here misses
   * nothing, whatever was written while the pages were read.
   */
  readonly revision: Revision;
  /** Where the next page starts; absent on the last one. */
  readonly cursor?: string;
}

/** A value was written. */
export interface PutEvent {
  /** Tells the events apart. */
  readonly type: "put";
  /** The key written. */
  readonly key: string;
  /** The value written. */
  readonly value: Uint8Array;
  /** The revision of the commit. */
  readonly revision: Revision;
}

/** A key was deleted. */
export interface DeleteEvent {
  /** Tells the events apart. */
  readonly type: "delete";
  /** The key deleted. */
  readonly key: string;
  /** The revision of the commit. */
  readonly revision: Revision;
}

/** A change that a watch delivers. */
export type Event = PutEvent | DeleteEvent;

/**
 * What one commit changed under the prefix of a watch. A batch without events is a bookmark: the
 * watch has seen everything up to its revision.
 */
export interface Batch {
  /** The revision of the commit; a watch `from` here goes on after this batch. */
  readonly revision: Revision;
  /** The changes, in the order of the commit's operations. */
  readonly events: readonly Event[];
}

/** Options of {@linkcode KeyValueStore.get}, `commit` and `health`. */
export interface CallOptions {
  /** Ends the call with code `"aborted"`. */
  readonly signal?: AbortSignal | undefined;
}

/** Options of {@linkcode KeyValueStore.list}. */
export interface ListOptions extends CallOptions {
  /**
   * The most entries to return. A page may hold fewer and still have a cursor.
   *
   * @default {500}, which is also the most
   */
  readonly limit?: number | undefined;
  /** The cursor of the page before, from a list of the same prefix. */
  readonly cursor?: string | undefined;
}

/** Options of {@linkcode KeyValueStore.watch}. */
export interface WatchOptions extends CallOptions {
  /**
   * Deliver every change after this revision. Without it the watch begins with its first `next()`,
   * and its first batch is a bookmark that says where.
   */
  readonly from?: Revision | undefined;
}

/**
 * A key-value store with revisions: the port that every adapter implements, and that `testStore`
 * of `@oprc/storage/testing` checks.
 *
 * Keys are printable ASCII without the space, 1 to 512 bytes; values are bytes. Prefixes follow
 * the same rule, but may be empty. Whatever breaks a rule is refused with code `"invalid"` (sizes
 * and counts of operations: `"too_large"`) before anything is read or written. Every call fails
 * with `"closed"` after the store was disposed of, and with `"aborted"` when its signal fires.
 * Errors are {@linkcode StorageError}s.
 */
export interface KeyValueStore extends AsyncDisposable {
  /**
   * Reads a key. Linearizable: it sees every commit that was acknowledged before the call, by
   * whatever process.
   *
   * @returns the entry, or `undefined` if there is no such key
   */
  get(key: string, options?: CallOptions): Promise<Entry | undefined>;

  /**
   * Reads the keys that start with a prefix, in byte order, a page at a time. Each page is
   * atomic: it shows one moment. Pages after the first go on behind the last key of the page
   * before, whether or not that key is still there. A cursor of another store or prefix is
   * `"invalid"`.
   */
  list(prefix: string, options?: ListOptions): Promise<Page>;

  /**
   * Applies 1 to 64 operations, all or none, with at most 1 MiB (1,048,576 bytes) of values in
   * total and no key twice. If an expectation doesn't hold, nothing is applied and the error is
   * `"conflict"` with the `key`. `"unavailable"` and `"aborted"` mean that nothing was applied
   * either; `"unknown"` that the commit may have been (also when the signal fired while it was
   * under way).
   *
   * @returns the revision of the commit, which each entry it wrote carries; a commit that changes
   * nothing (checks, deletes of absent keys) makes no event and returns the current revision
   */
  commit(ops: readonly Op[], options?: CallOptions): Promise<Revision>;

  /**
   * Delivers every change to keys that start with a prefix after the revision `from`: each once,
   * in the order of the commits, one {@linkcode Batch} a commit, in between bookmarks at any
   * time. It goes on until the consumer stops, the signal fires (`"aborted"`) or the store is
   * closed (`"closed"`). When the history after `from` is no longer kept it fails with
   * `"compacted"`: list again, and watch from the revision of the list. A `from` that the store
   * hasn't reached is `"invalid"`.
   */
  watch(prefix: string, options?: WatchOptions): AsyncIterable<Batch>;

  /** Resolves if the store answers. */
  health(options?: CallOptions): Promise<void>;

  /** Closes the store: watches end with code `"closed"`, and so do calls made from then on. */
  [Symbol.asyncDispose](): Promise<void>;
}
