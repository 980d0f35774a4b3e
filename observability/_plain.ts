import { REDACTED, type Redactor } from "./_redact.ts";

const MAX_DEPTH = 8;
/** How many entries of one object are written. */
export const MAX_ENTRIES = 200;
/** How much of one text is written. */
export const MAX_TEXT = 16_384;
/** What one set of fields may come to, roughly in characters. */
const MAX_TOTAL = 262_144;
/** What a value costs beside its text. */
const VALUE_COST = 16;

/** An error as data. */
export interface PlainError {
  name: string;
  message: string;
  code?: string | number;
  stack?: string;
  errors?: PlainError[];
  cause?: unknown;
}

/**
 * Turns any value into what JSON can carry, never throwing: big integers become
 * decimal strings, cycles and what is too deep or too long a note in brackets,
 * and the values of secret keys are hidden.
 */
export function toPlain(value: unknown, redact: Redactor): unknown {
  return new Plainer(redact).plain(value);
}

/** The same for the fields of a log line; one that is undefined is left out. */
export function toPlainFields(fields: unknown, redact: Redactor): Record<string, unknown> {
  const plain = new Plainer(redact).plain(fields);
  if (plain === null || plain === undefined) return {};
  return typeof plain === "object" && !Array.isArray(plain)
    ? plain as Record<string, unknown>
    : { value: plain };
}

class Plainer {
  readonly #redact: Redactor;
  /** The objects that hold the one being read: meeting one again is a cycle. */
  readonly #path: object[] = [];
  /** Wide and deep together grow without bound where each alone doesn't. */
  #room = MAX_TOTAL;

  constructor(redact: Redactor) {
    this.#redact = redact;
  }

  plain(value: unknown): unknown {
    if (this.#room <= 0) return "[too much]";
    this.#room -= VALUE_COST + (typeof value === "string" ? Math.min(value.length, MAX_TEXT) : 0);
    switch (typeof value) {
      case "string":
        return this.#text(value);
      case "number":
        return Number.isFinite(value) ? value : String(value);
      case "bigint":
        return clip(String(value));
      case "symbol":
        return String(value);
      case "function":
        return "[function]";
      case "object":
        return value === null ? null : this.#object(value);
      default:
        return value;
    }
  }

  /** Cut first: what a secret's pattern looks for ends there in the worst case. */
  #text(text: string): string {
    return this.#redact.text(clip(text));
  }

  #object(value: object): unknown {
    if (this.#path.includes(value)) return "[circular]";
    if (this.#path.length >= MAX_DEPTH) return "[too deep]";
    this.#path.push(value);
    try {
      return this.#open(value);
    } catch {
      // A getter, a proxy or toJSON threw.
      return "[unreadable]";
    } finally {
      this.#path.pop();
    }
  }

  #open(value: object): unknown {
    if (value instanceof Error) return this.#error(value);
    if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) {
      return `[${value.byteLength} bytes]`;
    }
    if (Array.isArray(value)) return this.#list(value);
    if (value instanceof Set) return this.#list([...value]);
    if (value instanceof Map || value instanceof Headers || value instanceof URLSearchParams) {
      return this.#entries([...value].map(([key, item]) => [String(key), item]));
    }
    const { toJSON } = value as { toJSON?: unknown };
    if (typeof toJSON === "function") return this.plain(toJSON.call(value));
    return this.#entries(Object.entries(value));
  }

  #list(items: readonly unknown[]): unknown[] {
    const list = items.slice(0, MAX_ENTRIES).map((item) => this.plain(item) ?? null);
    if (items.length > MAX_ENTRIES) list.push(`[${items.length - MAX_ENTRIES} more]`);
    return list;
  }

  #entries(entries: readonly (readonly [string, unknown])[]): Record<string, unknown> {
    // Without a prototype, so that a key called __proto__ is a key like others.
    const object: Record<string, unknown> = Object.create(null);
    for (const [key, item] of entries.slice(0, MAX_ENTRIES)) {
      object[key] = this.#redact.hides(key) && item !== undefined && item !== null
        ? REDACTED
        : this.plain(item);
    }
    if (entries.length > MAX_ENTRIES) object["..."] = `[${entries.length - MAX_ENTRIES} more]`;
    return object;
  }

  #error(error: Error): PlainError {
    const plain: PlainError = {
      name: clip(String(error.name)),
      message: this.#text(String(error.message)),
    };
    const { code } = error as { code?: unknown };
    if (typeof code === "string" || typeof code === "number") plain.code = code;
    if (typeof error.stack === "string") plain.stack = this.#text(error.stack);
    if (error instanceof AggregateError) {
      plain.errors = this.#list(error.errors) as PlainError[];
    }
    if (error.cause !== undefined) plain.cause = this.plain(error.cause);
    return plain;
  }
}

/** Cuts off what would make a line too long for log collectors. */
export function clip(text: string): string {
  return text.length <= MAX_TEXT
    ? text
    : `${text.slice(0, MAX_TEXT)}[${text.length - MAX_TEXT} more]`;
}
