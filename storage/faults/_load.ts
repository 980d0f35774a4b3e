import { isConflict, isStorageError, type KeyValueStore, put, type Revision } from "../mod.ts";

/** What a load and the faults during it came to. */
export interface Figures {
  acknowledged: number;
  /** Acknowledged commits that no watch or read shows. */
  lost: number;
  /** Commits of unknown outcome, and how many of them had been applied. */
  unknown: number;
  unknownApplied: number;
  /** Commits that failed for sure, all of which must have left nothing behind. */
  failed: number;
  failedApplied: number;
  /** The longest time without an acknowledged commit, in milliseconds. */
  longestGapMs: number;
  eventsMissing: number;
  eventsDoubled: number;
  eventsOutOfOrder: number;
}

/** The figures that must be zero, whatever happens. */
export const NEVER = [
  "lost",
  "failedApplied",
  "eventsMissing",
  "eventsDoubled",
  "eventsOutOfOrder",
] as const;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const encode = (text: string) => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** Watches a prefix from a revision on, and remembers all. */
export class Watcher {
  readonly #stop = new AbortController();
  readonly #done: Promise<void>;
  /** Each value seen, with how often and where. */
  readonly seen = new Map<string, Revision[]>();
  events = 0;
  outOfOrder = 0;
  reached: Revision = "";

  constructor(store: KeyValueStore, prefix: string, from: Revision) {
    this.reached = from;
    this.#done = (async () => {
      try {
        for await (const batch of store.watch(prefix, { from, signal: this.#stop.signal })) {
          if (batch.revision < this.reached) this.outOfOrder++;
          if (batch.revision === this.reached && batch.events.length > 0) this.outOfOrder++;
          this.reached = batch.revision;
          for (const event of batch.events) {
            this.events++;
            if (event.type !== "put") continue;
            const value = `${event.key}=${decode(event.value).slice(0, 40)}`;
            const found = this.seen.get(value) ?? [];
            found.push(event.revision);
            this.seen.set(value, found);
          }
        }
      } catch (error) {
        if (!isStorageError(error, "aborted")) throw error;
      }
    })();
    this.#done.catch(() => {});
  }

  /** Waits until the watch has seen a value, and ends it. */
  async end(value: string): Promise<void> {
    const failed = this.#done.then(() => {
      throw new Error("the watch has ended too early");
    });
    failed.catch(() => {});
    const deadline = Date.now() + 60_000;
    while (!this.seen.has(value)) {
      if (Date.now() > deadline) throw new Error(`the watch never saw ${value}`);
      await Promise.race([pause(20), failed]);
    }
    this.#stop.abort();
    await this.#done;
  }
}

/** What a load does, and to what. */
export interface LoadOptions {
  /** What the writers use. */
  readonly store: KeyValueStore;
  /** What the watch uses. */
  readonly watched: KeyValueStore;
  readonly prefix: string;
  /** @default {4} */
  readonly writers?: number;
  /** Runs beside the writers, which stop when it ends; gets the count of acknowledged commits. */
  readonly during: (acknowledged: () => number) => Promise<void>;
}

/** Writes under compare-and-set while something happens, and counts what became of it. */
export async function load(options: LoadOptions): Promise<Figures> {
  const { store, watched, prefix, writers = 4, during } = options;
  const from = (await store.list(prefix, { limit: 1 })).revision;
  const watcher = new Watcher(watched, prefix, from);
  const figures: Figures = {
    acknowledged: 0,
    lost: 0,
    unknown: 0,
    unknownApplied: 0,
    failed: 0,
    failedApplied: 0,
    longestGapMs: 0,
    eventsMissing: 0,
    eventsDoubled: 0,
    eventsOutOfOrder: 0,
  };
  const acknowledged = new Map<string, Revision>();
  const unknown = new Set<string>();
  const failed = new Set<string>();
  let last = performance.now();
  let running = true;
  const writer = async (name: number) => {
    const key = `${prefix}${name}`;
    let expect: Revision | null = null;
    for (let n = 0; running; n++) {
      const value = `${name}.${n}`;
      try {
        expect = await put(store, key, encode(value), { expect });
        acknowledged.set(`${key}=${value}`, expect);
        const now = performance.now();
        figures.longestGapMs = Math.max(figures.longestGapMs, now - last);
        last = now;
        continue;
      } catch (error) {
        if (isStorageError(error, "unknown")) unknown.add(`${key}=${value}`);
        else if (isStorageError(error, "unavailable")) failed.add(`${key}=${value}`);
        // After an unknown outcome only: the one before came through after it had been read.
        else if (!isConflict(error)) throw error;
        else failed.add(`${key}=${value}`);
      }
      // What the key is at has to be found out.
      for (;;) {
        try {
          const entry = await store.get(key);
          expect = entry?.revision ?? null;
          break;
        } catch (error) {
          if (!isStorageError(error, "unavailable")) throw error;
        }
      }
    }
  };
  const work = Array.from({ length: writers }, (_, name) => writer(name));
  try {
    await during(() => acknowledged.size);
  } finally {
    running = false;
    await Promise.all(work);
  }
  const end = `${prefix}end=end`;
  for (;;) {
    try {
      await put(store, `${prefix}end`, encode("end"));
      break;
    } catch (error) {
      if (!isStorageError(error, "unavailable") && !isStorageError(error, "unknown")) throw error;
    }
  }
  await watcher.end(end);
  figures.acknowledged = acknowledged.size;
  figures.unknown = unknown.size;
  figures.failed = failed.size;
  for (const [value, revision] of acknowledged) {
    const seen = watcher.seen.get(value);
    if (!seen) figures.eventsMissing++;
    else if (!seen.includes(revision)) figures.lost++;
  }
  for (const [value, revisions] of watcher.seen) {
    if (revisions.length > 1 && value !== end) figures.eventsDoubled++;
    if (unknown.has(value)) figures.unknownApplied++;
    if (failed.has(value)) figures.failedApplied++;
  }
  figures.eventsOutOfOrder = watcher.outOfOrder;
  for (let name = 0; name < writers; name++) {
    const key = `${prefix}${name}`;
    const entry = await store.get(key);
    const newest = [...acknowledged].filter(([value]) => value.startsWith(`${key}=`)).at(-1);
    if (newest && (!entry || entry.revision < newest[1])) figures.lost++;
  }
  return figures;
}

/** A line of figures for people. */
export function line(name: string, figures: Figures): string {
  const shown = Object.entries(figures)
    .map(([key, value]) => `${key} ${Math.round(value)}`);
  return `${name}: ${shown.join(", ")}`;
}
