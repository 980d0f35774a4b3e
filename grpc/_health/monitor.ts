import { Code, ConnectError } from "@connectrpc/connect";
import type { HealthSource } from "../health.ts";

/** How often the source is asked while somebody watches, in milliseconds. */
const POLL_MS = 1000;

/** What a probe is answered. */
export type Serving = number;

/** The numbers of both health services. */
export const SERVING: Serving = 1;
export const NOT_SERVING: Serving = 2;
export const SERVICE_UNKNOWN: Serving = 3;

/** Whether a server can take calls, for all who ask. */
export interface HealthMonitor {
  /** The status now. */
  status(): Promise<Serving>;
  /** The status now, and again each time it changes, until `signal` aborts. */
  watch(signal: AbortSignal): AsyncGenerator<Serving>;
  /** From now on nothing is served; who watches is told so, and let go. */
  drain(): void;
}

/** Watches over a source, or over nothing but the shutdown. */
export function createHealthMonitor(
  source: HealthSource | undefined,
  pollMs: number = POLL_MS,
): HealthMonitor {
  let draining = false;
  const watchers = new Set<() => void>();
  let timer: ReturnType<typeof setInterval> | undefined;
  let seen: Serving | undefined;

  async function status(): Promise<Serving> {
    if (draining) return NOT_SERVING;
    if (source === undefined) return SERVING;
    let ok = false;
    try {
      ok = (await source.check("readiness")).ok;
    } catch {
      // A check that can't be made is one that failed; its owner logs it.
    }
    // The shutdown may have begun meanwhile.
    return ok && !draining ? SERVING : NOT_SERVING;
  }
  let polling = false;
  async function poll(): Promise<void> {
    // A check that hangs is not asked again on top.
    if (polling) return;
    polling = true;
    observe(await status());
    polling = false;
  }
  function observe(now: Serving): Serving {
    if (now !== seen) {
      seen = now;
      wakeAll();
    }
    return now;
  }
  function wakeAll(): void {
    for (const wake of watchers) wake();
  }
  function join(wake: () => void): void {
    watchers.add(wake);
    // Without a source only the shutdown changes anything, and that tells by itself.
    if (source !== undefined) timer ??= setInterval(poll, pollMs);
  }
  function leave(wake: () => void): void {
    watchers.delete(wake);
    if (watchers.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  }
  return {
    status,
    async *watch(signal) {
      let wake = () => {};
      let woken = false;
      const onChange = () => {
        woken = true;
        wake();
      };
      join(onChange);
      signal.addEventListener("abort", onChange);
      try {
        let told: Serving | undefined;
        let now = observe(await status());
        while (!signal.aborted) {
          if (now !== told) yield told = now;
          if (draining && told === NOT_SERVING) {
            throw new ConnectError("the server is shutting down", Code.Unavailable);
          }
          if (!woken && !draining) await new Promise<void>((resolve) => wake = resolve);
          woken = false;
          now = draining ? NOT_SERVING : seen!;
        }
      } finally {
        signal.removeEventListener("abort", onChange);
        leave(onChange);
      }
    },
    drain() {
      draining = true;
      wakeAll();
    },
  };
}
