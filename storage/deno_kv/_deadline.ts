import { StorageError } from "../errors.ts";
import type { DenoKvAtomic, DenoKvClient, DenoKvEntry } from "./client.ts";

/** Waits for work, but not for longer than so many milliseconds; the work goes on then. */
export async function within<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    const why = `there was no answer within ${ms} ms`;
    timer = setTimeout(() => reject(new Error(why)), ms);
  });
  // Whoever loses the race may fail later, unheard.
  work.catch(() => {});
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** A database of which each call has a deadline: Deno itself asks a remote one for ever. */
export function withDeadline(kv: DenoKvClient, ms: number): DenoKvClient {
  return {
    get: (key) => within(kv.get(key), ms),
    getMany: (keys) => within(kv.getMany(keys), ms),
    async *list(selector, options): AsyncGenerator<DenoKvEntry> {
      const inner = kv.list(selector, options)[Symbol.asyncIterator]();
      for (;;) {
        const next = await within(inner.next(), ms);
        if (next.done) return;
        yield next.value;
      }
    },
    atomic() {
      const inner = kv.atomic();
      const outer: DenoKvAtomic = {
        check: (...checks) => (inner.check(...checks), outer),
        set: (key, value) => (inner.set(key, value), outer),
        delete: (key) => (inner.delete(key), outer),
        commit: () => within(inner.commit(), ms),
      };
      return outer;
    },
    close: () => kv.close(),
  };
}

/** Refuses a deadline that can't be one. */
export function checkDeadline(timeoutMs: number, remote: boolean): number {
  const refuse = (why: string) => new StorageError("invalid", `Cannot open Deno KV: ${why}`);
  if (!(timeoutMs > 0 && Number.isFinite(timeoutMs))) {
    throw refuse(`timeoutMs ${timeoutMs} is no positive number`);
  }
  if (!remote) throw refuse("timeoutMs is for remote databases, and this is a file or memory");
  return timeoutMs;
}
