import type { BaseHandler } from "./base_handler.ts";
import { ConsoleHandler } from "./console_handler.ts";
import type { LevelName } from "./levels.ts";
import { Logger } from "./logger.ts";

export interface LoggerConfig {
  level?: LevelName;
  handlers?: string[];
}

export interface LogConfig {
  handlers?: Record<string, BaseHandler>;
  loggers?: Record<string, LoggerConfig>;
}

const defaults = {
  handlers: { default: new ConsoleHandler("INFO") },
  loggers: { default: { level: "INFO", handlers: ["default"] } as LoggerConfig },
};

let handlers: Record<string, BaseHandler> = {};
let loggers = new Map<string, Logger>();

/** Replaces all handlers and loggers; earlier handlers are destroyed first. */
export function setup(config: LogConfig): void {
  for (const handler of Object.values(handlers)) handler.destroy();
  handlers = { ...defaults.handlers, ...config.handlers };
  for (const handler of Object.values(handlers)) handler.setup();
  loggers = new Map();
  for (const [name, entry] of Object.entries({ ...defaults.loggers, ...config.loggers })) {
    const own = (entry.handlers ?? []).flatMap((handler) => handlers[handler] ?? []);
    loggers.set(name, new Logger(name, entry.level ?? "INFO", { handlers: own }));
  }
}

/** An unknown name answers a logger without handlers, as in @std/log. */
export function getLogger(name?: string): Logger {
  const known = loggers.get(name || "default");
  if (known !== undefined) return known;
  const logger = new Logger(name!, "NOTSET", { handlers: [] });
  loggers.set(name!, logger);
  return logger;
}

setup(defaults);
