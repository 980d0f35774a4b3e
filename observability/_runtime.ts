/** All that this package asks of Deno or Node. */
import { Buffer } from "node:buffer";
import { writeSync } from "node:fs";
import { isatty } from "node:tty";
import { clearTimeout as nodeClearTimeout, setTimeout as nodeSetTimeout } from "node:timers";
import type { Clock } from "./clock.ts";

/** Node's global, which Deno has too. */
const { process } = globalThis as unknown as {
  process: {
    env: Record<string, string | undefined>;
    memoryUsage(): { rss: number; heapTotal: number; heapUsed: number };
  };
};

const STDERR = 2;

/** The clock of the process. */
export const systemClock: Clock = {
  now: () => performance.now(),
  setTimer(callback, delayMs) {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};

/** The same for work beside the real one: its timers don't keep the process alive. */
export const backgroundClock: Clock = {
  now: systemClock.now,
  setTimer(callback, delayMs) {
    const timer = nodeSetTimeout(callback, delayMs);
    timer.unref();
    return () => nodeClearTimeout(timer);
  },
};

/** Whether a person reads standard error. */
export function stderrIsTerminal(): boolean {
  return isatty(STDERR);
}

/** Whether colours are unwanted (https://no-color.org). */
export function noColor(): boolean {
  if (typeof Deno !== "undefined") return Deno.noColor;
  return (process.env.NO_COLOR ?? "") !== "";
}

/** Bytes of memory in use; `rss` is 0 where it can't be read. */
export function memoryUsage(): { rss: number; heapTotal: number; heapUsed: number } {
  return process.memoryUsage();
}

const FULL_PIPE_WAIT_MS = 10;
const FULL_PIPE_TRIES = 500;

/** Whether a part of a line stands at the end of standard error. */
let torn = false;
/** Whether nobody seems to read standard error any more. */
let stuck = false;

/**
 * Writes the whole line to standard error before it returns, so that no way of
 * ending the process loses it. Pipes block on Deno; on Node they may not, and one
 * that is full is waited for: five seconds, then this throws, and goes on throwing
 * without a wait until the pipe takes something again.
 */
export function writeStderr(line: string): void {
  const bytes = Buffer.from(`${torn ? "\n" : ""}${line}\n`);
  let written = 0;
  let tries = 0;
  while (written < bytes.length) {
    try {
      written += writeSync(STDERR, bytes, written);
      tries = 0;
      stuck = false;
    } catch (error) {
      const full = (error as { code?: string }).code === "EAGAIN";
      stuck ||= full && ++tries > FULL_PIPE_TRIES;
      if (stuck || !full) {
        torn ||= written > 0;
        throw error;
      }
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, FULL_PIPE_WAIT_MS);
    }
  }
  torn = false;
}
