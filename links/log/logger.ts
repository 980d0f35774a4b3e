import type { BaseHandler } from "./base_handler.ts";
import {
  getLevelByName,
  getLevelName,
  type LevelName,
  type LogLevel,
  LogLevels,
} from "./levels.ts";

// deno-lint-ignore no-explicit-any -- the signature is that of @std/log
export type GenericFunction = (...args: any[]) => any;

type Message<T> = (T extends GenericFunction ? never : T) | (() => T);

export interface LogRecordOptions {
  msg: string;
  args: unknown[];
  level: LogLevel;
  loggerName: string;
}

/** One message with its arguments and the time it was made. */
export class LogRecord {
  readonly msg: string;
  readonly level: number;
  readonly levelName: string;
  readonly loggerName: string;
  readonly #args: unknown[];
  readonly #time: number;

  constructor(options: LogRecordOptions) {
    this.msg = options.msg;
    this.level = options.level;
    this.levelName = getLevelName(options.level);
    this.loggerName = options.loggerName;
    this.#args = [...options.args];
    this.#time = Date.now();
  }

  /** A copy, so that one handler can't change what the next one sees. */
  get args(): unknown[] {
    return [...this.#args];
  }

  get datetime(): Date {
    return new Date(this.#time);
  }
}

export interface LoggerOptions {
  handlers?: BaseHandler[];
}

/** Hands records at or above its level to its handlers. */
export class Logger {
  handlers: BaseHandler[];
  #level: LogLevel;
  readonly #name: string;

  constructor(loggerName: string, levelName: LevelName, options: LoggerOptions = {}) {
    this.#name = loggerName;
    this.#level = getLevelByName(levelName);
    this.handlers = options.handlers ?? [];
  }

  get level(): LogLevel {
    return this.#level;
  }
  set level(level: LogLevel) {
    try {
      this.#level = getLevelByName(getLevelName(level));
    } catch {
      throw new TypeError(`Invalid log level: ${level}`);
    }
  }

  get levelName(): LevelName {
    return getLevelName(this.#level);
  }
  set levelName(levelName: LevelName) {
    this.#level = getLevelByName(levelName);
  }

  get loggerName(): string {
    return this.#name;
  }

  debug<T>(msg: () => T, ...args: unknown[]): T | undefined;
  debug<T>(msg: T extends GenericFunction ? never : T, ...args: unknown[]): T;
  debug<T>(msg: Message<T>, ...args: unknown[]): T | undefined {
    return this.#dispatch(LogLevels.DEBUG, msg, args);
  }

  info<T>(msg: () => T, ...args: unknown[]): T | undefined;
  info<T>(msg: T extends GenericFunction ? never : T, ...args: unknown[]): T;
  info<T>(msg: Message<T>, ...args: unknown[]): T | undefined {
    return this.#dispatch(LogLevels.INFO, msg, args);
  }

  warn<T>(msg: () => T, ...args: unknown[]): T | undefined;
  warn<T>(msg: T extends GenericFunction ? never : T, ...args: unknown[]): T;
  warn<T>(msg: Message<T>, ...args: unknown[]): T | undefined {
    return this.#dispatch(LogLevels.WARN, msg, args);
  }

  error<T>(msg: () => T, ...args: unknown[]): T | undefined;
  error<T>(msg: T extends GenericFunction ? never : T, ...args: unknown[]): T;
  error<T>(msg: Message<T>, ...args: unknown[]): T | undefined {
    return this.#dispatch(LogLevels.ERROR, msg, args);
  }

  critical<T>(msg: () => T, ...args: unknown[]): T | undefined;
  critical<T>(msg: T extends GenericFunction ? never : T, ...args: unknown[]): T;
  critical<T>(msg: Message<T>, ...args: unknown[]): T | undefined {
    return this.#dispatch(LogLevels.CRITICAL, msg, args);
  }

  /** Turns what was logged into a line, as @std/log does. */
  asString(data: unknown, isProperty = false): string {
    if (typeof data === "string") return isProperty ? `"${data}"` : data;
    if (data instanceof Error) return data.stack!;
    if (typeof data === "object" && data !== null) {
      const properties = Object.entries(data);
      return `{${properties.map(([k, v]) => `"${k}":${this.asString(v, true)}`).join(",")}}`;
    }
    return typeof data === "function" ? "undefined" : String(data);
  }

  /** A function is called only if its answer is logged; what was logged is returned. */
  #dispatch<T>(level: LogLevel, msg: Message<T>, args: unknown[]): T | undefined {
    const lazy = typeof msg === "function";
    if (level < this.#level) return lazy ? undefined : msg as T;
    const data = lazy ? (msg as () => T)() : msg as T;
    const record = new LogRecord({
      msg: this.asString(data),
      args,
      level,
      loggerName: this.#name,
    });
    for (const handler of this.handlers) handler.handle(record);
    return data;
  }
}
