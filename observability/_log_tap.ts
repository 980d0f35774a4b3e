import type { LogEntry } from "./_log_line.ts";
import type { Redactor } from "./_redact.ts";

/** Sees each line that is logged, beside where it is written. */
export type LogTap = (entry: LogEntry, timeMs: number, redactor: Redactor) => void;

const taps = new Set<LogTap>();

/** Adds a tap; the function answered takes it away. */
export function addLogTap(tap: LogTap): () => void {
  taps.add(tap);
  return () => void taps.delete(tap);
}

/** Shows a line to all taps. */
export function tapLog(entry: LogEntry, timeMs: number, redactor: Redactor): void {
  if (taps.size === 0) return;
  for (const tap of taps) {
    try {
      tap(entry, timeMs, redactor);
    } catch {
      // The line is written all the same.
    }
  }
}
