import { jsonLine, type LineFormat, type LogEntry, textLine } from "./_log_line.ts";
import { tapLog } from "./_log_tap.ts";
import { createRedactor, type Redactor } from "./_redact.ts";
import { noColor, stderrIsTerminal, writeStderr } from "./_runtime.ts";
import { type LevelFilter, parseLevelFilter } from "./level.ts";

/** How logs are written. */
export interface LoggingOptions {
  /**
   * The least level that is logged, with exceptions by target:
   * `info,oprc.grpc=debug,noisy=off`. A target covers those below it
   * (`oprc.grpc` covers `oprc.grpc.client`), the longest match counts.
   * @default "info"
   */
  readonly level?: string;
  /**
   * `json`: one object a line; `text`: for people.
   * @default "text" on a terminal, else "json"
   */
  readonly format?: "json" | "text";
  /**
   * Takes each line, without a line break at its end. What it throws is caught.
   * @default standard error, written before the logging call returns
   */
  readonly write?: (line: string) => void;
  /**
   * Further keys whose values are hidden, beside passwords, secrets, tokens, API
   * keys, authorization headers, cookies and the like; `false` hides nothing.
   * @default []
   */
  readonly redact?: readonly string[] | false;
}

/** Logging as set up by {@linkcode setupLogging}. */
export interface LoggingHandle {
  /** Lines that could not be written, because the sink threw or kept logging itself. */
  readonly dropped: number;
  /**
   * Returns to the defaults, so that what is logged afterwards still reaches
   * standard error. Does nothing if another set-up has taken over since.
   */
  shutdown(): Promise<void>;
  /** The same as `shutdown()`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** What loggers look at on every call. */
export interface LoggingState {
  readonly filter: LevelFilter;
  readonly emit: (entry: LogEntry, time: Date) => void;
  dropped: number;
}

/**
 * Sets how all loggers write, those made earlier included. Without it, `info` and
 * above go to standard error. A later call replaces an earlier one.
 *
 * @example Lines into a list
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { getLogger, setupLogging } from "@oprc/observability";
 *
 * const lines: string[] = [];
 * const logging = setupLogging({ level: "debug", write: (line) => lines.push(line) });
 * getLogger("oprc.storage").debug("stored", { key: "a", token: "not for everyone" });
 * await logging.shutdown();
 *
 * assertEquals(JSON.parse(lines[0]!).fields, { key: "a", token: "[redacted]" });
 * ```
 *
 * @throws {TypeError} when `level` or `format` can't be read
 */
export function setupLogging(options: LoggingOptions = {}): LoggingHandle {
  const state = createState(options);
  current = state;
  const shutdown = (): Promise<void> => {
    if (current === state) current = createState({});
    return Promise.resolve();
  };
  return {
    get dropped() {
      return state.dropped;
    },
    shutdown,
    [Symbol.asyncDispose]: shutdown,
  };
}

const MAX_DEPTH = 2;

function createState(options: LoggingOptions): LoggingState {
  const { level = "info", write = writeStderr, redact = [] } = options;
  const hides: Redactor = redact === false ? () => false : createRedactor(redact);
  const format = lineFormat(options.format, options.write === undefined);
  let depth = 0;
  const state: LoggingState = {
    filter: parseLevelFilter(level),
    emit(entry, time) {
      // A sink, or a getter in the fields, may log in its turn; not for ever.
      if (depth >= MAX_DEPTH) return void state.dropped++;
      depth++;
      try {
        tapLog(entry, time, hides);
        write(format(entry, time, hides));
      } catch {
        // Logging never fails the caller; the loss is counted.
        state.dropped++;
      } finally {
        depth--;
      }
    },
    dropped: 0,
  };
  return state;
}

function lineFormat(format: string | undefined, toStderr: boolean): LineFormat {
  const terminal = toStderr && stderrIsTerminal();
  switch (format ?? (terminal ? "text" : "json")) {
    case "json":
      return jsonLine;
    case "text":
      return textLine(terminal && !noColor());
    default:
      throw new TypeError(`Cannot set up logging: format "${format}" is none of json, text`);
  }
}

let current: LoggingState | undefined;

/** The set-up in force. */
export function loggingState(): LoggingState {
  return current ??= createState({});
}
