import type { Term } from "../_terms.ts";
import type { Revision } from "../port.ts";

/** What the cache holds of a record. */
export class Held {
  revision: Revision = "";
  /** As it is stored; `undefined` if it was dropped for want of room. */
  value: Uint8Array | undefined;
  /** What it can be found by; `undefined` if it can't be decoded. */
  terms: readonly Term[] | undefined = undefined;

  constructor(readonly key: string) {}
}

/** Records in the byte order of their keys. */
export type Sorted = Held[];

/** The first index whose key is not below `key`. */
export function lowerBound(sorted: readonly Held[], key: string): number {
  let low = 0;
  let high = sorted.length;
  // Fills and new keys mostly come in order.
  if (high > 0 && sorted[high - 1]!.key < key) return high;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]!.key < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Adds a record that isn't there. */
export function add(sorted: Sorted, held: Held): void {
  const at = lowerBound(sorted, held.key);
  if (at === sorted.length) sorted.push(held);
  else sorted.splice(at, 0, held);
}

/** Removes a record that is there. */
export function remove(sorted: Sorted, held: Held): void {
  sorted.splice(lowerBound(sorted, held.key), 1);
}
