import { leasingOf } from "../_leasing.ts";
import { aborted, quote } from "../_limits.ts";
import { pause } from "../_pause.ts";
import { isConflict, isStorageError } from "../errors.ts";
import type { CallOptions, Revision } from "../port.ts";
import { Holding } from "./_holding.ts";
import { ByBeats, ByLease, type Found } from "./_means.ts";
import { decodeRecord, lockKeys, type LockRecord } from "./_record.ts";
import { Waiting } from "./_waiting.ts";
import type { Lock, LockOptions, LockPlace } from "./lock.ts";

const DEFAULT_TTL_MS = 15_000;
// Between attempts while the store is away.
const PAUSE_MS = 250;
// At a lock that the store itself will delete, which a watch tells.
const LOOK_AGAIN_MS = 60_000;
const [LEAST_TTL_MS, MOST_TTL_MS] = [100, 3_600_000];

function newRecord(
  { ttlMs = DEFAULT_TTL_MS, holder = crypto.randomUUID() }: LockOptions,
): LockRecord {
  if (!(ttlMs >= LEAST_TTL_MS && ttlMs <= MOST_TTL_MS)) {
    throw new RangeError(
      `Cannot lock: ttlMs ${ttlMs} is not between ${LEAST_TTL_MS} and ${MOST_TTL_MS}`,
    );
  }
  return { holder, id: crypto.randomUUID(), ttlMs };
}

/**
 * Waits for a lock and takes it: at once if nobody holds it, when its holder releases it, or when
 * the holder has given no sign of life for its `ttlMs`. On etcd a lease of the cluster's measures
 * that time; on other stores the monotonic clock of who waits, from when the sign was seen. No two
 * machines' clocks are compared. Those who wait are served in no order.
 *
 * Holding a lock doesn't stop a holder that was paused, or cut off, from going on when another
 * has taken the lock. What it writes must be refused: put {@linkcode Lock.guard} into commits, and
 * hand {@linkcode Lock.token} to whatever else can refuse a token below one that it has seen.
 *
 * @example
 * ```ts
 * import { acquireLock, isConflict, memoryStorageFactory } from "@oprc/storage";
 * import { create } from "@bufbuild/protobuf";
 * import { OPackageSchema } from "@oprc/proto/package";
 *
 * const storage = memoryStorageFactory();
 * const packages = storage.createPackageStorage();
 * const lock = await acquireLock(storage, "importer", { ttlMs: 5000 });
 * try {
 *   const pkg = create(OPackageSchema, { name: "image" });
 *   await packages.storePackage(pkg, { with: [lock.guard()] });
 * } catch (error) {
 *   if (isConflict(error) && error.key === lock.key) console.log("another has the lock now");
 *   else throw error;
 * } finally {
 *   await lock.release();
 * }
 * await storage[Symbol.asyncDispose]();
 * ```
 *
 * @param place Where the lock is: a storage, or a store with a key prefix
 * @param name What is locked: printable ASCII without spaces and slashes
 * @throws {StorageError} `"aborted"` if the signal fires first; what the store throws, but for
 * `"unavailable"` after it has answered once, which is waited through
 * @throws {RangeError} if `ttlMs` is out of bounds
 */
export async function acquireLock(
  place: LockPlace,
  name: string,
  options: LockOptions = {},
): Promise<Lock> {
  const { store, keyPrefix } = place;
  const { signal } = options;
  const keys = lockKeys(keyPrefix, name);
  const record = newRecord(options);
  const leasing = leasingOf(store);
  const means = leasing
    ? new ByLease(leasing, store, keys, record)
    : new ByBeats(store, keys, record);
  const look = async (): Promise<Found> => {
    const [lock, beat] = await Promise.all([
      store.get(keys.lock, { signal }),
      store.get(keys.beat, { signal }),
    ]);
    return { lock, beat: beat?.revision };
  };
  /** Holds the lock by what gives its token; `undefined` if another was faster. */
  const hold = async (by: () => Promise<Revision>): Promise<Lock | undefined> => {
    const since = performance.now();
    try {
      const token = await by();
      return new Holding({ means, keys, record, token, since });
    } catch (error) {
      // Whether it was applied shows when the lock is looked at.
      if (isStorageError(error, "unknown")) doubtful = true;
      else if (!isConflict(error)) throw error;
      return undefined;
    }
  };
  /** Gives back what nobody will hold. If that fails it runs out. */
  const giveBack = async () => {
    const entry = await store.get(keys.lock);
    const ours = entry && decodeRecord(entry).id === record.id;
    await means.release(ours ? entry.revision : undefined);
  };
  let doubtful = false;
  let waiting: Waiting | undefined;
  let seen: Found = { lock: undefined, beat: undefined };
  let seenAt = 0;
  let answered = false;
  /** One step: the lock, if it was taken. */
  const attempt = async (): Promise<Lock | undefined> => {
    const found = await look();
    answered = true;
    const { lock, beat } = found;
    const held = lock && decodeRecord(lock);
    if (lock && held?.id === record.id) {
      // By a commit of unknown outcome. From when on isn't known: a sign of life tells.
      return await hold(async () => {
        await means.beat(lock.revision, { signal });
        return lock.revision;
      });
    }
    if (lock?.revision !== seen.lock?.revision || beat !== seen.beat) {
      [seen, seenAt] = [found, performance.now()];
    }
    const left = held?.leased ? LOOK_AGAIN_MS : held ? seenAt + held.ttlMs - performance.now() : 0;
    if (left > 0) {
      waiting ??= new Waiting(store, keys, signal);
      await waiting.change({ lock: lock?.revision, beat }, left);
      return undefined;
    }
    const taken = await hold(() => means.take(found, { signal }));
    // Whoever was faster has just given a sign of life.
    if (!taken) seenAt = performance.now();
    return taken;
  };
  try {
    for (;;) {
      try {
        const lock = await attempt();
        if (lock) return lock;
      } catch (error) {
        if (!answered || !isStorageError(error, "unavailable")) throw error;
        await pause(PAUSE_MS, signal);
      }
    }
  } catch (error) {
    if (doubtful) await giveBack().catch(() => {});
    if (signal?.aborted) throw aborted(`lock ${quote(name)}`, signal);
    throw error;
  } finally {
    await waiting?.end();
  }
}

/**
 * Tells who holds a lock, as far as is stored: a holder that died shows until another takes it.
 *
 * @returns the holder and its token; `undefined` if nobody holds it
 */
export async function lockHolder(
  place: LockPlace,
  name: string,
  options: CallOptions = {},
): Promise<{ readonly holder: string; readonly token: Revision } | undefined> {
  const { lock } = lockKeys(place.keyPrefix, name);
  const entry = await place.store.get(lock, { signal: options.signal });
  return entry && { holder: decodeRecord(entry).holder, token: entry.revision };
}
