import { jsonLine } from "./_json_line.ts";
import { type LineFormat, type LogEntry, spanOf, textLine } from "./_log_line.ts";
import { bufferedOutput, directOutput, type LogOutput, threadOutput } from "./_log_output.ts";
import { tapLog } from "./_log_tap.ts";
import { RateLimit } from "./_rate_limit.ts";
import { createRedactor, noRedactor } from "./_redact.ts";
import { noColor, readEnv, stderrIsTerminal, systemClock, writeStderr } from "./_runtime.ts";
import type { Clock } from "./clock.ts";
import { type LevelFilter, parseLevelFilter, parseRustLog, severities } from "./level.ts";
import { registryOf } from "./metrics_registry.ts";
import type { PrometheusRegistry } from "./prometheus_registry.ts";

/** How logs are written. */
export interface LoggingOptions {
  /**
   * The least level that is logged, with exceptions by target:
   * `info,oprc.grpc=debug,noisy=off`. A target covers those below it
   * (`oprc.grpc` covers `oprc.grpc.client`), the longest match counts.
   * @default the variable `RUST_LOG` in the same form, else "info"
   */
  readonly level?: string;
  /**
   * `json`: one object a line; `text`: for people.
   * @default "text" on a terminal, else "json"
   */
  readonly format?: "json" | "text";
  /**
   * Takes each line, without a line break at its end. What it throws is caught.
   * @default standard error
   */
  readonly write?: (line: string) => void;
  /**
   * When a line reaches standard error. `direct`: before the call returns;
   * `buffered`: with the others of the same turn of the event loop, from `error` up at
   * once, and before the process ends; `thread`: the same, by a thread, so that a reader who is
   * slow or stuck costs lines, counted, and never holds the service up.
   * @default "buffered" for JSON, "direct" for text
   */
  readonly output?: "direct" | "buffered" | "thread";
  /**
   * Further keys whose values are hidden, beside passwords, secrets, tokens, API
   * keys, authorization headers, cookies and the like; `false` hides nothing, nor
   * by pattern.
   * @default []
   */
  readonly redact?: readonly string[] | false;
  /**
   * Further patterns of what is hidden in texts, beside credentials in URLs, bearer
   * tokens, JWTs, private keys, and keys of well-known services.
   * @default []
   */
  readonly redactPatterns?: readonly RegExp[];
  /**
   * How many lines with the same level, target and message are written a second; the
   * next one after tells in its field `suppressed` how many were left out.
   * @default no limit
   */
  readonly maxPerSecond?: number;
  /**
   * Gets `log_lines_lost_total` by reason.
   * @default nowhere
   */
  readonly registry?: PrometheusRegistry;
  /**
   * Times the limit.
   * @default the clock of the process
   */
  readonly clock?: Clock;
}

/** Logging as set up by {@linkcode setupLogging}. */
export interface LoggingHandle {
  /** Lines that could not be written, because the sink threw or kept logging itself. */
  readonly dropped: number;
  /** Lines left out because of `maxPerSecond`. */
  readonly suppressed: number;
  /**
   * Changes what is logged, from the next line on.
   *
   * @param level in the form of {@linkcode LoggingOptions.level}
   * @throws {TypeError} when it can't be read; then nothing changes
   */
  setLevel(level: string): void;
  /**
   * Writes what waits and returns to the defaults, so that what is logged afterwards
   * still reaches standard error. Does nothing if another set-up has taken over since.
   */
  shutdown(): Promise<void>;
  /** The same as `shutdown()`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** What loggers look at on every call. */
export interface LoggingState {
  filter: LevelFilter;
  readonly emit: (entry: LogEntry, timeMs: number) => void;
  readonly dropped: number;
  readonly suppressed: number;
  readonly end: () => Promise<void>;
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
 * @throws {TypeError} when `level`, `format` or `output` can't be read
 * @throws {RangeError} when `maxPerSecond` isn't an integer from 1 on
 */
export function setupLogging(options: LoggingOptions = {}): LoggingHandle {
  const state = createState(options);
  const last = current;
  current = state;
  // What the one before still holds goes first.
  void last?.end();
  const shutdown = (): Promise<void> => {
    if (current === state) current = undefined;
    return state.end();
  };
  return {
    get dropped() {
      return state.dropped;
    },
    get suppressed() {
      return state.suppressed;
    },
    setLevel: (level) => void (state.filter = parseLevelFilter(level)),
    shutdown,
    [Symbol.asyncDispose]: shutdown,
  };
}

const MAX_DEPTH = 2;

function createState(options: LoggingOptions): LoggingState {
  const { redact = [], redactPatterns, maxPerSecond, clock = systemClock } = options;
  const redactor = redact === false ? noRedactor : createRedactor(redact, redactPatterns);
  const limit = maxPerSecond === undefined
    ? undefined
    : new RateLimit(checkLimit(maxPerSecond), clock);
  const { filter, warning } = filterOf(options.level);
  const terminal = options.write === undefined && stderrIsTerminal();
  const json = isJson(options.format, terminal);
  const format: LineFormat = json ? jsonLine() : textLine(terminal && !noColor());
  const output = outputOf(options, json);
  let depth = 0;
  let dropped = 0;
  let suppressed = 0;
  let ending: Promise<void> | undefined;
  const lost = options.registry && registryOf(options.registry).counter("log_lines_lost_total", {
    help: "Log lines that were not written.",
    labels: ["reason"],
  });
  const drop = (reason: string): void => {
    dropped++;
    lost?.inc({ reason });
  };
  /** Loses are noticed late: what the output has lost since is added before each reading. */
  let seen = 0;
  const settle = (): void => {
    const more = output.lost - seen;
    if (more <= 0) return;
    seen += more;
    dropped += more;
    lost?.inc({ reason: "output" }, more);
  };
  const state: LoggingState = {
    filter,
    emit(entry, timeMs) {
      let said = entry;
      if (limit !== undefined) {
        const left = limit.admit(entry);
        if (left === undefined) {
          suppressed++;
          return lost?.inc({ reason: "rate_limit" });
        }
        if (left > 0) {
          const fields = [...entry.fields, { suppressed: left }];
          said = { ...entry, fields, repeating: undefined };
        }
      }
      // A sink, or a getter in the fields, may log in its turn; not for ever.
      if (depth >= MAX_DEPTH) return drop("nested");
      depth++;
      try {
        const span = spanOf(entry);
        const urgent = severities[entry.level] >= severities.error;
        // Nothing of a line that repeats can change or fail until it is written.
        if (said.repeating !== undefined) {
          output.write(() => format(said, timeMs, redactor, span), urgent);
        } else output.write(format(said, timeMs, redactor, span), urgent);
      } catch {
        // Logging never fails the caller; the loss is counted.
        drop("output");
      } finally {
        tapLog(said, timeMs, redactor);
        depth--;
      }
      if (output.lost !== seen) settle();
    },
    get dropped() {
      settle();
      return dropped;
    },
    get suppressed() {
      return suppressed;
    },
    end: () => ending ??= output.end(),
  };
  if (warning !== undefined) {
    const fields = [{ reason: warning }];
    const message = "RUST_LOG is ignored";
    state.emit({ level: "warn", target: "oprc.observability", message, fields }, Date.now());
  }
  return state;
}

/** What the caller says must be right; a variable that is wrong stops no service. */
function filterOf(level: string | undefined): { filter: LevelFilter; warning?: string } {
  if (level !== undefined) return { filter: parseLevelFilter(level) };
  try {
    return { filter: parseRustLog(readEnv("RUST_LOG") ?? "") };
  } catch (error) {
    return { filter: parseLevelFilter("info"), warning: (error as Error).message };
  }
}

function checkLimit(maxPerSecond: number): number {
  if (Number.isInteger(maxPerSecond) && maxPerSecond >= 1) return maxPerSecond;
  throw new RangeError(
    `Cannot set up logging: maxPerSecond is ${maxPerSecond}, not an integer from 1 on`,
  );
}

function isJson(format: string | undefined, terminal: boolean): boolean {
  if (format === undefined) return !terminal;
  if (format === "json" || format === "text") return format === "json";
  throw new TypeError(`Cannot set up logging: format "${format}" is none of json, text`);
}

function outputOf({ write, output }: LoggingOptions, json: boolean): LogOutput {
  if (write !== undefined) {
    if (output === undefined) return directOutput(write);
    throw new TypeError(
      `Cannot set up logging: output "${output}" is for standard error, not write`,
    );
  }
  switch (output ?? (json ? "buffered" : "direct")) {
    case "direct":
      return directOutput(writeStderr);
    case "buffered":
      return bufferedOutput();
    case "thread":
      return threadOutput();
    default: {
      const known = "direct, buffered, thread";
      throw new TypeError(`Cannot set up logging: output "${output}" is none of ${known}`);
    }
  }
}

let current: LoggingState | undefined;
let fallback: LoggingState | undefined;

/** The set-up in force. */
export function loggingState(): LoggingState {
  return current ?? (fallback ??= createState({}));
}
