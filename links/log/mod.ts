/**
 * Stand-in for jsr:@std/log 0.224.14 where JSR can't be reached: written anew to
 * the same interface, as far as this repository uses it. Never published.
 *
 * Left out: the file handlers, and the module-level `debug()` to `critical()`.
 *
 * @module
 */
export {
  getLevelByName,
  getLevelName,
  type LevelName,
  type LogLevel,
  LogLevelNames,
  LogLevels,
} from "./levels.ts";
export { type GenericFunction, Logger, LogRecord } from "./logger.ts";
export type { LoggerOptions, LogRecordOptions } from "./logger.ts";
export { BaseHandler, type BaseHandlerOptions, type FormatterFunction } from "./base_handler.ts";
export { ConsoleHandler, type ConsoleHandlerOptions } from "./console_handler.ts";
export { formatters, jsonFormatter } from "./formatters.ts";
export { getLogger, type LogConfig, type LoggerConfig, setup } from "./setup.ts";
