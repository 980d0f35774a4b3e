/** The last moments of the process, on Deno and Node. */

interface Emitter {
  on(event: string, listener: () => void): void;
  off(event: string, listener: () => void): void;
}

/** Node's global, which Deno has too. */
const { process } = globalThis as unknown as { process: Emitter & { exit(code: number): never } };

const callbacks = new Set<() => void>();

function runAll(): void {
  for (const callback of [...callbacks]) {
    try {
      callback();
    } catch {
      // The others get their turn, and the process its end.
    }
  }
}

/** Node tells of each end by `exit`; Deno of Deno.exit by `unload`, of errors by neither. */
const EVENTS = ["exit", "uncaughtExceptionMonitor"];

/**
 * Calls `callback` when the process ends by itself: at the end of the program, by
 * Deno.exit or process.exit, or by an error that nobody caught. It has to do its
 * work before it returns, and may be called more than once. The function answered
 * takes it back.
 */
export function onExit(callback: () => void): () => void {
  if (callbacks.size === 0) {
    for (const event of EVENTS) process.on(event, runAll);
    if (typeof Deno !== "undefined") globalThis.addEventListener("unload", runAll);
  }
  callbacks.add(callback);
  return () => {
    if (!callbacks.delete(callback) || callbacks.size > 0) return;
    for (const event of EVENTS) process.off(event, runAll);
    if (typeof Deno !== "undefined") globalThis.removeEventListener("unload", runAll);
  };
}

/** What a process that SIGTERM ended answers with: 128 + 15. */
const TERMINATED = 143;

/** Calls `callback` on SIGTERM and ends the process when it is done. */
export function endOnSigterm(callback: () => Promise<void>): () => void {
  const listener = (): void => {
    callback().finally(() => process.exit(TERMINATED));
  };
  process.on("SIGTERM", listener);
  return () => process.off("SIGTERM", listener);
}
