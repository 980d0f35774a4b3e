import type { CallOptions, KeyValueStore, Op, Revision } from "./port.ts";

/** A time that the store itself keeps, and at whose end it deletes what was bound to it. */
export interface Lease {
  /** Commits as the store does. What it puts is bound to the lease. */
  commit(ops: readonly Op[], options?: CallOptions): Promise<Revision>;
  /** Begins the time anew; `false` if it is over. */
  keepAlive(options?: CallOptions): Promise<boolean>;
  /** Ends the time now. Fine if it is over. */
  revoke(options?: CallOptions): Promise<void>;
}

/** What a store that has leases offers. */
export interface Leasing {
  /** Begins a lease that lasts at least so long without being kept alive. */
  grant(ttlMs: number, options?: CallOptions): Promise<Lease>;
}

/**
 * Where a store has its {@linkcode Leasing}. It is no part of the port, as locks do without: it
 * spares the store the writes that are signs of life. For all copies of this package the same.
 */
export const LEASING: unique symbol = Symbol.for("@oprc/storage/leasing");

export function leasingOf(store: KeyValueStore): Leasing | undefined {
  return (store as { readonly [LEASING]?: Leasing })[LEASING];
}
