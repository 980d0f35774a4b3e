import { addLogTap } from "./_log_tap.ts";
import { partsOf, spanOf } from "./_log_line.ts";
import type { PlainError } from "./_plain.ts";
import { type LogLevel, severities } from "./level.ts";

/** A log line that tells of trouble. */
export interface RecentError {
  readonly time: string;
  readonly level: LogLevel;
  readonly target: string;
  readonly message: string;
  readonly error?: string;
  readonly traceId?: string;
}

/** What {@linkcode watchErrors} keeps. */
export interface RecentErrors {
  /** Newest first. */
  list(): readonly RecentError[];
  end(): void;
}

const KEPT = 50;
/** Enough to recognise it; the whole is in the log. */
const MAX_TEXT = 500;

/** Keeps the latest log lines from `warn` up, redacted as the log is. */
export function watchErrors(): RecentErrors {
  const errors: RecentError[] = [];
  const end = addLogTap((entry, timeMs, redactor) => {
    if (severities[entry.level] < severities.warn) return;
    const error = partsOf(entry, redactor).error as Partial<PlainError> | undefined;
    errors.unshift({
      time: new Date(timeMs).toISOString(),
      level: entry.level,
      target: entry.target,
      message: redactor.text(entry.message).slice(0, MAX_TEXT),
      error: error?.message?.slice(0, MAX_TEXT),
      traceId: spanOf(entry)?.traceId,
    });
    if (errors.length > KEPT) errors.pop();
  });
  return { list: () => errors, end };
}
