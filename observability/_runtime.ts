/** All that this package asks of Deno or Node. */
import { writeSync } from "node:fs";
import { isatty } from "node:tty";
import { clearTimeout as nodeClearTimeout, setTimeout as nodeSetTimeout } from "node:timers";
import { LineWriter } from "./_line_writer.ts";
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

const WAIT_MS = 10;
const TRIES = 500;

/** Pipes block on Deno; on Node they may not, and a full one is waited for, five seconds. */
const stderr = new LineWriter({
  write: (bytes, offset) => writeSync(STDERR, bytes, offset),
  wait: () => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, WAIT_MS),
  tries: TRIES,
});

/**
 * Writes the whole line to standard error before it returns, so that no way of
 * ending the process loses it.
 */
export function writeStderr(line: string): void {
  stderr.write(line);
}
