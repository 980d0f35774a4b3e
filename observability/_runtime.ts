/** All that this package asks of Deno or Node. */
import { Buffer } from "node:buffer";
import { readdirSync, readFileSync, writeSync } from "node:fs";
import { PerformanceObserver } from "node:perf_hooks";
import { isatty } from "node:tty";
import {
  clearTimeout as nodeClearTimeout,
  setImmediate,
  setTimeout as nodeSetTimeout,
} from "node:timers";
import { LineWriter } from "./_line_writer.ts";
import type { Clock } from "./clock.ts";

/** Node's global, which Deno has too. */
const { process } = globalThis as unknown as {
  process: {
    env: Record<string, string | undefined>;
    version: string;
    cpuUsage(): { user: number; system: number };
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

/** Calls back in the next turn of the event loop. */
export function nextTurn(callback: () => void): void {
  setImmediate(callback);
}

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

/** A reader needs less to take what a pipe holds, some 400 lines; to sleep longer costs them. */
const WAIT_MS = 1;
const TRIES = 5_000;

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

/** A variable of the environment; `undefined` as well where it may not be read. */
export function readEnv(name: string): string | undefined {
  if (typeof Deno !== "undefined") {
    const { state } = Deno.permissions.querySync({ name: "env", variable: name });
    if (state !== "granted") return undefined;
  }
  return process.env[name];
}

/** Whether Deno records spans by itself (`OTEL_DENO=true`). */
export function hasDenoTelemetry(): boolean {
  return typeof Deno !== "undefined" && readEnv("OTEL_DENO") === "true";
}

/** What OpenTelemetry calls this process. */
export function runtimeAttributes(): Record<string, string> {
  const deno = typeof Deno !== "undefined";
  return {
    "process.runtime.name": deno ? "deno" : "nodejs",
    "process.runtime.version": deno ? Deno.version.deno : process.version.slice(1),
    "service.instance.id": crypto.randomUUID(),
  };
}

/** Bytes as hexadecimal digits. */
export function hexOf(bytes: Uint8Array<ArrayBuffer>): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex");
}

/** Seconds of processor time used so far. */
export function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** How many files are open; `undefined` where the system doesn't say, or may not be asked. */
export function openFiles(): number | undefined {
  if (!mayReadProc()) return undefined;
  try {
    // Reading the folder opens one more.
    return readdirSync("/proc/self/fd").length - 1;
  } catch {
    return undefined;
  }
}

/** How many may be open. */
export function maxOpenFiles(): number | undefined {
  if (!mayReadProc()) return undefined;
  try {
    const limits = readFileSync("/proc/self/limits", "utf8");
    const soft = Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1]);
    return Number.isNaN(soft) ? undefined : soft;
  } catch {
    return undefined;
  }
}

/** Deno wants all permissions for /proc, and would ask the person at the terminal. */
function mayReadProc(): boolean {
  if (typeof Deno === "undefined") return true;
  const names = ["env", "ffi", "net", "read", "run", "sys", "write"] as const;
  return names.every((name) => Deno.permissions.querySync({ name }).state === "granted");
}

/** Node's numbers for what was collected. */
const GC_KINDS: Readonly<Record<number, string>> = {
  1: "minor",
  4: "major",
  8: "incremental",
  16: "weakcb",
};

/** Tells of each collection of garbage, where the runtime does; the answer ends it. */
export function onGarbageCollected(callback: (kind: string, seconds: number) => void): () => void {
  if (!PerformanceObserver.supportedEntryTypes.includes("gc")) return () => {};
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const { detail } = entry as { detail?: { kind?: number } };
      callback(GC_KINDS[detail?.kind ?? 0] ?? "other", entry.duration / 1_000);
    }
  });
  observer.observe({ entryTypes: ["gc"] });
  return () => observer.disconnect();
}
