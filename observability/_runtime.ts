/** All that this package asks of Deno or Node. */
import { Buffer } from "node:buffer";
import { writeSync } from "node:fs";
import process from "node:process";
import { clearTimeout as nodeClearTimeout, setTimeout as nodeSetTimeout } from "node:timers";
import type { Clock } from "./clock.ts";

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
  return process.stderr.isTTY === true;
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

const STDERR = 2;
const FULL_PIPE_WAIT_MS = 10;
const FULL_PIPE_TRIES = 100;

/**
 * Writes the whole line to standard error before it returns, so that no way of
 * ending the process loses it. A pipe that is full and doesn't block is waited
 * for, one second at most; then it throws.
 */
export function writeStderr(line: string): void {
  const bytes = Buffer.from(`${line}\n`);
  let written = 0;
  let tries = 0;
  while (written < bytes.length) {
    try {
      written += writeSync(STDERR, bytes, written);
      tries = 0;
    } catch (error) {
      if ((error as { code?: string }).code !== "EAGAIN" || ++tries > FULL_PIPE_TRIES) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, FULL_PIPE_WAIT_MS);
    }
  }
}
