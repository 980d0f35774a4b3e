import { quote } from "../_limits.ts";
import { isConflict, isStorageError, StorageError } from "../errors.ts";
import type { CallOptions, Entry, KeyValueStore, Op, Revision } from "../port.ts";
import type { Lease, Leasing } from "../_leasing.ts";
import { encodeRecord, type LockKeys, type LockRecord } from "./_record.ts";

/** What a store has of a lock. */
export interface Found {
  readonly lock: Entry | undefined;
  readonly beat: Revision | undefined;
}

/** How a lock is taken, kept and given back. */
export interface Means {
  /** Takes the lock if it is as it was found; returns its token. */
  take(found: Found, options: CallOptions): Promise<Revision>;
  /** Gives a sign of life; a conflict if the lock is another's. */
  beat(token: Revision, options: CallOptions): Promise<void>;
  /**
   * Gives the lock back, if it is held.
   *
   * @param token `undefined` if it is not known to be, but may yet come to be
   */
  release(token: Revision | undefined): Promise<void>;
}

/** By writing to a key beside the lock, on which those who wait have an eye. Works on any store. */
export class ByBeats implements Means {
  constructor(
    readonly store: KeyValueStore,
    readonly keys: LockKeys,
    readonly record: LockRecord,
  ) {}

  take({ lock, beat }: Found, options: CallOptions): Promise<Revision> {
    const value = encodeRecord(this.record);
    return this.store.commit([
      { type: "put", key: this.keys.lock, value, expect: lock?.revision ?? null },
      // If its holder has given a sign of life meanwhile, it is alive.
      this.#beat(lock ? beat ?? null : undefined),
    ], options);
  }

  #beat(expect?: Revision | null): Op {
    return { type: "put", key: this.keys.beat, value: new Uint8Array(), expect };
  }

  async beat(token: Revision, options: CallOptions): Promise<void> {
    const check = { type: "check", key: this.keys.lock, expect: token } as const;
    await this.store.commit([check, this.#beat()], options);
  }

  async release(token: Revision | undefined): Promise<void> {
    // What comes to be later runs out.
    if (token === undefined) return;
    await this.store.commit([
      { type: "delete", key: this.keys.lock, expect: token },
      { type: "delete", key: this.keys.beat },
    ]);
  }
}

/** By a lease of the store's, with which the lock goes. */
export class ByLease implements Means {
  #lease: Lease | undefined;

  constructor(
    readonly leasing: Leasing,
    readonly store: KeyValueStore,
    readonly keys: LockKeys,
    readonly record: LockRecord,
  ) {}

  async take({ lock, beat }: Found, options: CallOptions): Promise<Revision> {
    // One that is left of a commit with an unknown outcome, which may still be applied.
    if (this.#lease && !await this.#lease.keepAlive(options)) this.#lease = undefined;
    const lease = this.#lease ??= await this.leasing.grant(this.record.ttlMs, options);
    const value = encodeRecord({ ...this.record, leased: true });
    const ops: Op[] = [
      { type: "put", key: this.keys.lock, value, expect: lock?.revision ?? null },
    ];
    // Of a holder that gave signs of life, the last one.
    if (lock && beat === undefined) ops.push({ type: "check", key: this.keys.beat, expect: null });
    if (beat !== undefined) ops.push({ type: "delete", key: this.keys.beat, expect: beat });
    try {
      return await lease.commit(ops, options);
    } catch (error) {
      if (isConflict(error)) await this.#revoke();
      throw error;
    }
  }

  async beat(token: Revision, options: CallOptions): Promise<void> {
    const key = this.keys.lock;
    if (!await this.#lease?.keepAlive(options)) {
      throw new StorageError("conflict", `Cannot keep key ${quote(key)}: its lease is over`, {
        key,
      });
    }
    // A member that doesn't know yet that it leads no longer keeps leases alive, but agrees on
    // nothing with the others.
    await this.store.commit([{ type: "check", key, expect: token }], options);
  }

  async release(): Promise<void> {
    await this.#lease?.revoke();
  }

  async #revoke(): Promise<void> {
    const lease = this.#lease;
    this.#lease = undefined;
    await lease?.revoke().catch((error) => {
      // It runs out.
      if (!isStorageError(error)) throw error;
    });
  }
}
