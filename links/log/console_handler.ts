import { BaseHandler, type BaseHandlerOptions } from "./base_handler.ts";
import { type LevelName, LogLevels } from "./levels.ts";
import type { LogRecord } from "./logger.ts";

export interface ConsoleHandlerOptions extends BaseHandlerOptions {
  useColors?: boolean;
}

// As @std/log, it runs on Node too.
const enabled = typeof Deno === "undefined" || !Deno.noColor;
const sgr = (open: number, close: number) => (text: string) =>
  enabled ? `\x1b[${open}m${text}\x1b[${close}m` : text;
const blue = sgr(34, 39);
const yellow = sgr(33, 39);
const red = sgr(31, 39);
const bold = sgr(1, 22);

/** Writes records with `console.log`, coloured by level. */
export class ConsoleHandler extends BaseHandler {
  readonly #useColors: boolean;

  constructor(levelName: LevelName, options: ConsoleHandlerOptions = {}) {
    super(levelName, options);
    this.#useColors = options.useColors ?? true;
  }

  override format(logRecord: LogRecord): string {
    const msg = super.format(logRecord);
    return this.#useColors ? this.applyColors(msg, logRecord.level) : msg;
  }

  applyColors(msg: string, level: number): string {
    if (level === LogLevels.INFO) return blue(msg);
    if (level === LogLevels.WARN) return yellow(msg);
    if (level === LogLevels.ERROR) return red(msg);
    if (level === LogLevels.CRITICAL) return bold(red(msg));
    return msg;
  }

  log(msg: string): void {
    console.log(msg);
  }
}
