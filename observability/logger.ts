import type { SpanContext } from "@opentelemetry/api";
import { type LogEntry, type Repeating, RepeatingEntry } from "./_log_line.ts";
import { clip } from "./_plain.ts";
import { createEmitter } from "./_std_log.ts";
import { type LevelFilter, type LogLevel, severities, thresholdOf } from "./level.ts";
import { loggingState } from "./logging.ts";

/** Data of a log line, by name. An error goes under `error`. */
export type LogFields = Readonly<Record<string, unknown>>;

/**
 * Logs for one target. No call ever throws, whatever its fields hold, and a call
 * below the target's level costs next to nothing.
 */
export interface Logger {
  /** What the lines are about, with dots from general to special: `oprc.grpc.client`. */
  readonly target: string;
  /** Says whether a line of this level would be written, to spare preparing it. */
  enabled(level: LogLevel): boolean;
  /** A logger of the same target that adds `fields` to each line. */
  child(fields: LogFields): Logger;
  /** Each step, for following one case through the code. */
  trace(message: string, fields?: LogFields | Error): void;
  /** For finding out why something went wrong. */
  debug(message: string, fields?: LogFields | Error): void;
  /** What an operator wants to know of a healthy service. */
  info(message: string, fields?: LogFields | Error): void;
  /** Something is odd, and the service goes on. */
  warn(message: string, fields?: LogFields | Error): void;
  /** Something failed. */
  error(message: string, fields?: LogFields | Error): void;
  /** The service can't go on. */
  critical(message: string, fields?: LogFields | Error): void;
}

/**
 * The logger of a target. It may be made at any time, before `setupLogging` too:
 * each call follows the set-up in force.
 *
 * @param target what the lines are about, with dots from general to special
 *
 * @example
 * ```ts
 * import { getLogger } from "@oprc/observability";
 *
 * const logger = getLogger("oprc.storage").child({ store: "etcd" });
 * logger.info("connected", { endpoints: ["http://127.0.0.1:2379"] });
 * logger.error("cannot store package", { name: "images", error: new Error("disk full") });
 * ```
 */
export function getLogger(target: string): Logger {
  const emit = createEmitter(target, (entry, timeMs) => loggingState().emit(entry, timeMs));
  return new TargetLogger({ target, emit, seen: undefined, threshold: 0 }, []);
}

/** Shared by a logger and its children. */
interface Target {
  readonly target: string;
  readonly emit: (entry: LogEntry) => void;
  /** What `threshold` was worked out for. */
  seen: LevelFilter | undefined;
  threshold: number;
}

class TargetLogger implements Logger {
  readonly #shared: Target;
  readonly #fields: readonly object[];

  constructor(shared: Target, fields: readonly object[]) {
    this.#shared = shared;
    this.#fields = fields;
  }

  get target(): string {
    return this.#shared.target;
  }

  enabled(level: LogLevel): boolean {
    const { filter } = loggingState();
    if (this.#shared.seen !== filter) {
      this.#shared.seen = filter;
      this.#shared.threshold = thresholdOf(filter, this.#shared.target);
    }
    return severities[level] >= this.#shared.threshold;
  }

  child(fields: LogFields): Logger {
    return new TargetLogger(this.#shared, [...this.#fields, fields]);
  }

  trace(message: string, fields?: LogFields | Error): void {
    this.#log("trace", message, fields);
  }

  debug(message: string, fields?: LogFields | Error): void {
    this.#log("debug", message, fields);
  }

  info(message: string, fields?: LogFields | Error): void {
    this.#log("info", message, fields);
  }

  warn(message: string, fields?: LogFields | Error): void {
    this.#log("warn", message, fields);
  }

  error(message: string, fields?: LogFields | Error): void {
    this.#log("error", message, fields);
  }

  critical(message: string, fields?: LogFields | Error): void {
    this.#log("critical", message, fields);
  }

  /** Answers whether it did: fields of the logger's own are for the usual way. */
  logRepeating(
    level: LogLevel,
    message: string,
    repeating: Repeating,
    value: number,
    span: SpanContext | undefined,
  ): boolean {
    if (this.#fields.length > 0) return false;
    const { target, emit } = this.#shared;
    emit(new RepeatingEntry(level, target, message, repeating, value, span));
    return true;
  }

  #log(level: LogLevel, message: string, fields: LogFields | Error | undefined): void {
    if (!this.enabled(level)) return;
    this.#shared.emit({
      level,
      target: this.#shared.target,
      message: textOf(message),
      fields: fields === undefined ? this.#fields : [...this.#fields, fields],
    });
  }
}

/**
 * Logs `message` with the fields of `repeating` and its number, for lines that are written
 * for each call, at a level that is enabled. The span counts, not the one that is active here.
 */
export function logRepeating(
  logger: Logger,
  level: LogLevel,
  message: string,
  repeating: Repeating,
  value: number,
  span?: SpanContext,
): void {
  if (
    logger instanceof TargetLogger && logger.logRepeating(level, message, repeating, value, span)
  ) return;
  logger[level](message, { ...repeating.fields, [repeating.last]: value });
}

/** Not every caller is type-checked. */
function textOf(message: unknown): string {
  try {
    return clip(String(message));
  } catch {
    return "[unreadable]";
  }
}
