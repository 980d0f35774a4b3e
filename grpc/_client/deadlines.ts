/** Ends what is not over in time. */
export interface Deadlines {
  /** Calls `expire` at a time by `Date.now()`, unless what it answers is called before. */
  add(at: number, expire: () => void): () => void;
}

interface Entry {
  readonly at: number;
  readonly expire: () => void;
}

/** The longest that a timer can wait. */
const LONGEST_MS = 0x7fff_ffff;

/**
 * Deadlines that share one timer. Most calls are over long before theirs, and a timer for
 * each would be the dearest part of a small call.
 */
export function createDeadlines(): Deadlines {
  const entries = new Set<Entry>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** When the timer is due; never later than the first deadline. */
  let due = Infinity;

  function schedule(at: number): void {
    clearTimeout(timer);
    due = at;
    timer = setTimeout(fire, Math.min(LONGEST_MS, Math.max(0, at - Date.now())));
  }
  function rest(): void {
    clearTimeout(timer);
    timer = undefined;
    due = Infinity;
  }
  function fire(): void {
    const now = Date.now();
    for (const entry of entries) {
      if (entry.at > now) continue;
      entries.delete(entry);
      entry.expire();
    }
    let next = Infinity;
    for (const { at } of entries) next = Math.min(next, at);
    if (next === Infinity) rest();
    else schedule(next);
  }
  return {
    add(at, expire) {
      const entry = { at, expire };
      entries.add(entry);
      if (at < due) schedule(at);
      return () => {
        if (entries.delete(entry) && entries.size === 0) rest();
      };
    },
  };
}
