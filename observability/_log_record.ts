import { type LogEntry, partsOf, spanOf } from "./_log_line.ts";
import type { PlainError } from "./_plain.ts";
import type { Redactor } from "./_redact.ts";
import type { LogLevel } from "./level.ts";

/** A log line on its way to a collector. */
export interface LogRecord {
  readonly timeMs: number;
  readonly level: LogLevel;
  readonly target: string;
  readonly message: string;
  /** What JSON can carry. */
  readonly fields: Readonly<Record<string, unknown>>;
  readonly span?: {
    readonly traceId: string;
    readonly spanId: string;
    readonly traceFlags: number;
  };
}

/** A log line for a collector, its error under the names that OpenTelemetry gives. */
export function recordOf(entry: LogEntry, timeMs: number, redactor: Redactor): LogRecord {
  const { fields, error } = partsOf(entry, redactor);
  const span = spanOf(entry);
  if (error !== undefined) {
    const { name, message, stack, cause } = error as Partial<PlainError>;
    fields["exception.type"] = name;
    fields["exception.message"] = message;
    fields["exception.stacktrace"] = stack;
    if (cause !== undefined) fields["exception.cause"] = cause;
  }
  const { level, target } = entry;
  const message = redactor.text(entry.message);
  return { timeMs, level, target, message, fields, span };
}
