import type { CallOptions, CheckOp, KeyValueStore, Revision } from "../port.ts";

/** Where locks are kept: what a `StorageFactory` has, too. */
export interface LockPlace {
  /** The store that all who want the lock share. */
  readonly store: KeyValueStore;
  /** What all keys start with: the lock is at `{keyPrefix}/locks/{name}`. */
  readonly keyPrefix: string;
}

/** Options of `acquireLock`. */
export interface LockOptions extends CallOptions {
  /**
   * How long after its last sign of life a holder is taken for dead, in milliseconds: 100 to
   * 3,600,000. The holder gives a sign every third of it, and takes the lock for lost when none
   * has come through for two thirds.
   *
   * @default {15_000}, as in Kubernetes' leader election
   */
  readonly ttlMs?: number | undefined;
  /**
   * Who holds it, for people and for `lockHolder`.
   *
   * @default {a random UUID}
   */
  readonly holder?: string | undefined;
}

/** A lock that is held, until it is released or lost. */
export interface Lock extends AsyncDisposable {
  /** The key of the lock. */
  readonly key: string;
  /** Who holds it. */
  readonly holder: string;
  /**
   * The fencing token: of two holders of one lock, the later has the greater by `<`. It is the
   * revision of the lock's key.
   */
  readonly token: Revision;
  /**
   * Fires when the lock is no longer surely held: another took it, or no sign of life came through
   * in time. Its reason is a `StorageError`. It doesn't fire when the lock is released.
   */
  readonly lost: AbortSignal;
  /**
   * An operation for a commit, or for `with` of a storage's write, that fails the commit with
   * `"conflict"` and the {@linkcode key} if this lock is no longer held: so a holder that was
   * paused and doesn't know yet that it lost the lock changes nothing.
   */
  guard(): CheckOp;
  /**
   * Gives the lock back, for another to take at once. Fine if it was lost, or released before.
   *
   * @throws {StorageError} what the store throws; the lock runs out by itself then
   */
  release(): Promise<void>;
  /** Releases the lock. */
  [Symbol.asyncDispose](): Promise<void>;
}
