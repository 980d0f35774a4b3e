import { type LineFormat, type LogEntry, partsOf, type Repeating } from "./_log_line.ts";
import { MAX_ENTRIES, MAX_TEXT } from "./_plain.ts";
import { REDACTED, type Redactor } from "./_redact.ts";
import type { LogLevel } from "./level.ts";

/** What is kept of texts that repeat from line to line; the bound is against data. */
const MAX_KNOWN = 1_000;

/** Three digits each. */
const MILLIS: readonly string[] = Array.from(
  { length: 1_000 },
  (_, millis) => String(millis).padStart(3, "0"),
);

interface Known<T> {
  get(text: string): T;
}

function remember<T>(make: (text: string) => T): Known<T> {
  const known = new Map<string, T>();
  return {
    get(text) {
      let value = known.get(text);
      if (value === undefined) {
        value = make(text);
        if (known.size < MAX_KNOWN && text.length < 200) known.set(text, value);
      }
      return value;
    },
  };
}

/**
 * One JSON object a line. Fields that are a plain object of plain values, as nearly
 * all are, go straight into the text; others are made plain first.
 */
export function jsonLine(): LineFormat {
  const heads = new Map<LogLevel, Known<string>>();
  const headOf = (level: LogLevel): Known<string> => {
    const made = remember((target) =>
      `Z","level":"${level.toUpperCase()}","target":${JSON.stringify(target)},"message":`
    );
    heads.set(level, made);
    return made;
  };
  let redactor: Redactor | undefined;
  let messages: Known<string>;
  let keys: Known<Key>;
  let starts: WeakMap<Repeating, Start>;
  const startOf = ({ level, target, message }: LogEntry): string =>
    `${(heads.get(level) ?? headOf(level)).get(target)}${messages.get(message)}`;
  /** What follows the time of a line that is the same as others but for a number. */
  const repeated = (entry: LogEntry, redact: Redactor): string | undefined => {
    const { level, target, message, repeating, value } = entry;
    if (repeating === undefined || !Number.isFinite(value)) return undefined;
    let start = starts.get(repeating);
    if (start === undefined) {
      const body = bodyBefore(repeating, keys, redact);
      const text = body === undefined ? undefined : `${startOf(entry)}${body}`;
      starts.set(repeating, start = { level, target, message, text });
    }
    if (start.text === undefined) return undefined;
    if (start.level !== level || start.target !== target || start.message !== message) {
      return undefined;
    }
    return `${start.text}${value}}`;
  };
  const stampOf = stamps();
  return (entry, timeMs, redact, span) => {
    if (redactor !== redact) {
      redactor = redact;
      messages = remember((message) => JSON.stringify(redact.text(message)));
      starts = new WeakMap();
      keys = remember((key) => ({ json: JSON.stringify(key), hidden: redact.hides(key) }));
    }
    const rest = repeated(entry, redact) ?? `${startOf(entry)}${bodyOf(entry, keys, redact)}`;
    const line = `${stampOf(timeMs)}${rest}`;
    return span === undefined
      ? `${line}}`
      : `${line},"trace_id":"${span.traceId}","span_id":"${span.spanId}"}`;
  };
}

/** The beginning of a line up to its milliseconds: many lines have the same. */
function stamps(): (timeMs: number) => string {
  let last = NaN;
  let stamp = "";
  let second = NaN;
  let prefix = "";
  return (now) => {
    if (now === last) return stamp;
    last = now;
    const whole = Math.floor(now / 1_000);
    if (whole !== second) {
      second = whole;
      prefix = `{"timestamp":"${new Date(now).toISOString().slice(0, -4)}`;
    }
    return stamp = `${prefix}${MILLIS[now - whole * 1_000]}`;
  };
}

/** What lines that repeat have in common, from the time to the number. */
interface Start {
  readonly level: LogLevel;
  readonly target: string;
  readonly message: string;
  /** None where the number is hidden, or there are more than plain values. */
  readonly text: string | undefined;
}

interface Key {
  readonly json: string;
  readonly hidden: boolean;
}

function bodyOf(entry: LogEntry, keys: Known<Key>, redact: Redactor): string {
  const { fields } = entry;
  if (fields.length === 0) return "";
  return simpleFields(fields, keys, redact) ?? anyFields(entry, redact);
}

/** The body of a line that repeats, up to its number. */
function bodyBefore(
  { fields, last }: Repeating,
  keys: Known<Key>,
  redact: Redactor,
): string | undefined {
  const body = simpleFields([{ ...fields, [last]: 0 }], keys, redact);
  return body?.endsWith(":0}") ? body.slice(0, -2) : undefined;
}

/** `,"fields":{...}`, or `undefined` if they are more than plain values. */
function simpleFields(
  parts: readonly object[],
  keys: Known<Key>,
  redact: Redactor,
): string | undefined {
  try {
    for (const part of parts) {
      const proto = Object.getPrototypeOf(part);
      if (proto !== Object.prototype && proto !== null) return undefined;
    }
    const fields = parts.length === 1 ? parts[0] : merged(parts);
    let text = "";
    let count = 0;
    for (const key in fields) {
      const value: unknown = (fields as Record<string, unknown>)[key];
      if (value === undefined) continue;
      if (key === "error" || key === "toJSON" || ++count > MAX_ENTRIES) return undefined;
      const { json, hidden } = keys.get(key);
      if (hidden && value !== null) {
        text += `,${json}:"${REDACTED}"`;
        continue;
      }
      switch (typeof value) {
        case "string":
          if (value.length > MAX_TEXT) return undefined;
          text += `,${json}:${JSON.stringify(redact.text(value))}`;
          break;
        case "number":
          text += Number.isFinite(value) ? `,${json}:${value}` : `,${json}:"${value}"`;
          break;
        case "boolean":
          text += `,${json}:${value}`;
          break;
        default:
          if (value !== null) return undefined;
          text += `,${json}:null`;
      }
    }
    return text === "" ? "" : `,"fields":{${text.slice(1)}}`;
  } catch {
    // A getter threw; the long way says which.
    return undefined;
  }
}

/** The same, with an error beside, for whatever fields there are. */
function anyFields(entry: LogEntry, redact: Redactor): string {
  const { fields, error } = partsOf(entry, redact);
  let text = "";
  const json = JSON.stringify(fields);
  if (json !== "{}") text += `,"fields":${json}`;
  if (error !== undefined) text += `,"error":${JSON.stringify(error)}`;
  return text;
}

/** The fields of a logger and its parents with those of the call; later ones win. */
function merged(parts: readonly object[]): object {
  let all: object = {};
  // By spreading, so that a key called __proto__ is a key like others.
  for (const part of parts) all = { ...all, ...part };
  return all;
}
