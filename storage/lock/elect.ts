import { pause } from "../_pause.ts";
import { isStorageError } from "../errors.ts";
import { acquireLock } from "./acquire_lock.ts";
import type { Lock, LockOptions, LockPlace } from "./lock.ts";

const PAUSE_MS = 100;

/**
 * Leads whenever nobody else does: waits for a lock, has something done while it is held, and
 * waits again if it was lost. It ends when what is done ends by itself, or when the signal fires
 * and what is done has ended.
 *
 * As a leader that was paused may not know yet that another leads, put {@linkcode Lock.guard} into
 * the commits made meanwhile.
 *
 * @example
 * ```ts
 * import { elect, memoryStorageFactory } from "@oprc/storage";
 *
 * const storage = memoryStorageFactory();
 * const stop = new AbortController();
 * await elect(storage, "scheduler", async (lock, signal) => {
 *   console.log(`${lock.holder} leads with token ${lock.token}`);
 *   stop.abort(); // As a service does when it shuts down.
 *   while (!signal.aborted) await new Promise((resolve) => setTimeout(resolve, 100));
 * }, { holder: "manager-0", signal: stop.signal });
 * await storage[Symbol.asyncDispose]();
 * ```
 *
 * @param lead What to do while leading. It should end soon after its signal fires: that of the
 * options, or because the lock was lost. What it throws after that is dropped
 * @throws what `lead` throws while it leads; what {@linkcode acquireLock} throws, but for
 * `"aborted"`, as the election is over when its signal fires, and for `"unavailable"` once it led
 */
export async function elect(
  place: LockPlace,
  name: string,
  lead: (lock: Lock, signal: AbortSignal) => void | Promise<void>,
  options: LockOptions = {},
): Promise<void> {
  const { signal } = options;
  for (let led = false;; led = true) {
    let lock: Lock;
    try {
      lock = await acquireLock(place, name, options);
    } catch (error) {
      if (signal?.aborted) return;
      // It was lost because the store is away, most likely, which won't last.
      if (!led || !isStorageError(error, "unavailable")) throw error;
      await pause(PAUSE_MS, signal);
      continue;
    }
    const end = signal ? AbortSignal.any([signal, lock.lost]) : lock.lost;
    try {
      await lead(lock, end);
      if (!lock.lost.aborted) return;
    } catch (error) {
      if (!end.aborted) throw error;
    } finally {
      // It runs out by itself if the store is away. What `lead` said matters more.
      await lock.release().catch(() => {});
    }
    if (signal?.aborted) return;
    await pause(PAUSE_MS, signal);
  }
}
