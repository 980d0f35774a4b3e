/** The one place that knows @std/log: its levels, loggers and handlers carry our entries. */
import { BaseHandler, Logger as StdLogger, type LogRecord } from "@std/log";
import type { LogEntry } from "./_log_line.ts";
import type { LogLevel } from "./level.ts";

/** Takes each entry that is logged. */
export type Sink = (entry: LogEntry, timeMs: number) => void;

class SinkHandler extends BaseHandler {
  readonly #sink: Sink;

  constructor(sink: Sink) {
    // Levels are decided before: see logging.ts.
    super("NOTSET");
    this.#sink = sink;
  }

  /** The entry goes through whole: formatting a record to text first would lose its fields. */
  override handle(record: LogRecord): void {
    this.#sink(record.args[0] as LogEntry, record.datetime.getTime());
  }

  override log(): void {}
}

/** @std/log has no TRACE. */
const METHODS = {
  trace: "debug",
  debug: "debug",
  info: "info",
  warn: "warn",
  error: "error",
  critical: "critical",
} as const satisfies Record<LogLevel, string>;

/**
 * A function that logs entries of one target. Made here, not by @std/log's
 * `getLogger`, whose loggers drop everything unless `setup` named them before.
 */
export function createEmitter(target: string, sink: Sink): (entry: LogEntry) => void {
  const logger = new StdLogger(target, "NOTSET", { handlers: [new SinkHandler(sink)] });
  return (entry) => {
    // There may be one for each call: it goes without a record that copies it.
    if (entry.repeating !== undefined) return sink(entry, Date.now());
    logger[METHODS[entry.level]](entry.message, entry);
  };
}
