import type { SpanContext } from "@opentelemetry/api";
import { activeSpan } from "./_own_span_context.ts";
import type { LogLevel } from "./level.ts";
import { type PlainError, toPlain, toPlainFields } from "./_plain.ts";
import type { Redactor } from "./_redact.ts";

/** What one call of a logger says, before it becomes a line. */
export interface LogEntry {
  readonly level: LogLevel;
  readonly target: string;
  readonly message: string;
  /** Fields of the logger and its parents, outermost first, then those of the call. */
  readonly fields: readonly object[];
  /** Where lines are the same but for one number: what `fields` are made of. */
  readonly repeating?: Repeating;
  /** That number. */
  readonly value?: number;
  /** Of such a line: the span that it belongs to. */
  readonly span?: SpanContext;
}

/** What lines have in common that differ in one number, which comes last. */
export interface Repeating {
  readonly fields: Readonly<Record<string, unknown>>;
  /** The number's name. */
  readonly last: string;
}

/** An entry of that kind; who doesn't know of it finds usual fields. */
export class RepeatingEntry implements LogEntry {
  readonly level: LogLevel;
  readonly target: string;
  readonly message: string;
  readonly repeating: Repeating;
  readonly value: number;
  readonly span: SpanContext | undefined;

  constructor(
    level: LogLevel,
    target: string,
    message: string,
    repeating: Repeating,
    value: number,
    span?: SpanContext,
  ) {
    this.level = level;
    this.target = target;
    this.message = message;
    this.repeating = repeating;
    this.value = value;
    this.span = span;
  }

  get fields(): readonly object[] {
    return [{ ...this.repeating.fields, [this.repeating.last]: this.value }];
  }
}

/** Turns an entry into the text of its line; `span` is the one that was active then. */
export type LineFormat = (
  entry: LogEntry,
  timeMs: number,
  redact: Redactor,
  span?: SpanContext,
) => string;

/** A line's fields, and its error as an object. */
export interface Parts {
  readonly fields: Record<string, unknown>;
  readonly error: object | undefined;
}

/** The field `error`, or an error in place of the fields, stands apart from the others. */
export function partsOf(entry: LogEntry, redact: Redactor): Parts {
  const fields: Record<string, unknown> = Object.create(null);
  let error: unknown;
  for (const part of entry.fields) {
    if (part instanceof Error) error = toPlain(part, redact);
    else Object.assign(fields, toPlainFields(part, redact));
  }
  error ??= fields.error;
  delete fields.error;
  return { fields, error: errorObject(error) };
}

/** Always an object, since log stores want one type for one field. */
function errorObject(error: unknown): object | undefined {
  if (error === undefined || error === null) return undefined;
  return typeof error === "object" ? error : { message: String(error) };
}

/** The span that `entry` belongs to, asked where it is logged. */
export function spanOf(entry: LogEntry): SpanContext | undefined {
  return entry.repeating === undefined ? activeSpan() : entry.span;
}

const COLORS: Readonly<Record<LogLevel, string>> = {
  trace: "\x1b[2m",
  debug: "\x1b[34m",
  info: "\x1b[32m",
  warn: "\x1b[33m",
  error: "\x1b[31m",
  critical: "\x1b[1;31m",
};

/** For people: time, level, target, message, `key=value`, and the error's stack below. */
export function textLine(colors: boolean): LineFormat {
  return (entry, timeMs, redact, span) => {
    const { fields, error } = partsOf(entry, redact);
    const level = entry.level.toUpperCase().padEnd(8);
    const parts = [
      new Date(timeMs).toISOString(),
      colors ? `${COLORS[entry.level]}${level}\x1b[0m` : level,
      oneLine(entry.target),
      oneLine(redact.text(entry.message)),
    ];
    for (const [key, value] of Object.entries(fields)) {
      if (value !== undefined) parts.push(`${oneLine(key)}=${shown(value)}`);
    }
    if (span !== undefined) parts.push(`trace_id=${span.traceId}`);
    const ending = error === undefined ? "" : errorText(error);
    return `${parts.join(" ")}${ending}`;
  };
}

function shown(value: unknown): string {
  if (typeof value !== "string") return oneLine(JSON.stringify(value));
  return /^[^\s"=]+$/.test(value) ? oneLine(value) : oneLine(JSON.stringify(value));
}

/** An error's stack on lines of its own; other data behind the fields. */
function errorText(error: unknown): string {
  const { stack, name, message, cause, errors } = Object(error) as Partial<PlainError>;
  if (name === undefined && message === undefined) return ` error=${shown(error)}`;
  if (name === undefined) return ` error=${shown(message)}`;
  const lines = (stack ?? `${name}: ${message}`).split("\n")
    .map((line) => `\n    ${oneLine(line)}`);
  for (const one of errors ?? []) lines.push("\n    one of:", errorText(one));
  if (cause !== undefined) lines.push("\n    caused by:", errorText(cause));
  return lines.join("");
}

/** Control characters would let a value forge lines or drive the terminal. */
function oneLine(text: string): string {
  // deno-lint-ignore no-control-regex -- these are the characters meant
  return text.replace(/[\x00-\x1f\x7f-\x9f\u2028\u2029]/g, (character) => {
    if (character === "\n") return "\\n";
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}
