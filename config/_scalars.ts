/** Reading and checking single values. */
import type { Schema } from "./schema.ts";

/** A checked value, or what it should have been. */
export type Checked = { readonly value: unknown } | { readonly expected: string };

/** Checks a value that has its own type. */
export function checkScalar(schema: Schema<unknown>, value: unknown): Checked {
  if (schema.kind === "duration" || schema.kind === "size") return checkQuantity(schema, value);
  return isRight(schema, value) ? { value } : { expected: expectation(schema) };
}

function isRight(schema: Schema<unknown>, value: unknown): boolean {
  switch (schema.kind) {
    case "string":
      return typeof value === "string" && inRange(schema, value.length) && matches(schema, value);
    case "enum":
      return typeof value === "string" && schema.values!.includes(value);
    case "url":
      return typeof value === "string" && isUrl(schema, value);
    case "boolean":
      return typeof value === "boolean";
    case "integer":
      return typeof value === "number" && Number.isSafeInteger(value) && inRange(schema, value);
    default:
      return typeof value === "number" && Number.isFinite(value) && inRange(schema, value);
  }
}

/** Checks a number of milliseconds or bytes, or a text with a unit. */
function checkQuantity(schema: Schema<unknown>, value: unknown): Checked {
  const parse = schema.kind === "duration" ? parseDuration : parseSize;
  const count = typeof value === "string" ? parse(value) : value;
  return typeof count === "number" && Number.isSafeInteger(count) && count >= 0 &&
      inRange(schema, count)
    ? { value: count }
    : { expected: expectation(schema) };
}

/** Reads a text as the schema's type, then checks it. */
export function checkText(schema: Schema<unknown>, text: string): Checked {
  const bare = text.trim();
  switch (schema.kind) {
    case "integer":
      return checkScalar(schema, /^[+-]?\d+$/.test(bare) ? Number(bare) : text);
    case "duration":
    case "size":
      return checkQuantity(schema, /^\d+$/.test(bare) ? Number(bare) : bare);
    case "number":
      return checkScalar(
        schema,
        /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(bare) ? Number(bare) : text,
      );
    case "boolean": {
      const word = bare.toLowerCase();
      if (word === "true" || word === "1") return { value: true };
      if (word === "false" || word === "0") return { value: false };
      return { expected: "true or false" };
    }
    case "enum":
    case "url":
      return checkScalar(schema, bare);
    default:
      return checkScalar(schema, text);
  }
}

/** What is right, in words that follow "must be". */
export function expectation(schema: Schema<unknown>): string {
  if (schema.expected !== undefined) return schema.expected;
  switch (schema.kind) {
    case "string":
      return `a string${bounds(schema, " of ", "character")}` +
        (schema.pattern ? ` that matches ${schema.pattern}` : "");
    case "enum":
      return `one of ${schema.values!.join(", ")}`;
    case "url":
      return schema.protocols
        ? `a URL that begins with ${schema.protocols.map((name) => `${name}://`).join(" or ")}`
        : "a URL";
    case "boolean":
      return "true or false";
    case "integer":
      return `an integer${bounds(schema, " of ", "")}`;
    case "number":
      return `a number${bounds(schema, " of ", "")}`;
    case "duration":
      return `a duration${amounts(schema, formatDuration)}, such as 30s or 250ms`;
    case "size":
      return `a size${amounts(schema, formatSize)}, such as 64MiB or 10MB`;
    case "list":
      return `a list${bounds(schema, " of ", "value")}`;
    case "map":
      return `a mapping${bounds(schema, " of ", "key")}`;
    case "object":
      return "a mapping";
  }
}

/** The bounds of a schema in words, or nothing when it has none. */
function bounds({ min, max }: Schema<unknown>, before: string, unit: string): string {
  const counted = (count: number) =>
    unit === "" ? `${count}` : `${count} ${unit}${count === 1 ? "" : "s"}`;
  if (min !== undefined && max !== undefined) {
    return `${unit === "" ? " from " : before}${min} to ${counted(max)}`;
  }
  if (min !== undefined) return `${before}at least ${counted(min)}`;
  if (max !== undefined) return `${before}at most ${counted(max)}`;
  return "";
}

function amounts({ min, max }: Schema<unknown>, format: (value: number) => string): string {
  if (min !== undefined && max !== undefined) return ` from ${format(min)} to ${format(max)}`;
  if (min !== undefined) return ` of at least ${format(min)}`;
  return max === undefined ? "" : ` of at most ${format(max)}`;
}

export function inRange({ min, max }: Schema<unknown>, value: number): boolean {
  return (min === undefined || value >= min) && (max === undefined || value <= max);
}

function matches({ pattern }: Schema<unknown>, value: string): boolean {
  if (pattern === undefined) return true;
  pattern.lastIndex = 0;
  return pattern.test(value);
}

function isUrl({ protocols }: Schema<unknown>, value: string): boolean {
  let url: URL;
  try {
    url = new URL(value);
  } catch {
    return false;
  }
  return protocols === undefined || protocols.includes(url.protocol.slice(0, -1));
}

const MS_IN: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

const BYTES_IN: Readonly<Record<string, number>> = {
  "": 1,
  B: 1,
  k: 1e3,
  kB: 1e3,
  KB: 1e3,
  M: 1e6,
  MB: 1e6,
  G: 1e9,
  GB: 1e9,
  T: 1e12,
  TB: 1e12,
  Ki: 2 ** 10,
  KiB: 2 ** 10,
  Mi: 2 ** 20,
  MiB: 2 ** 20,
  Gi: 2 ** 30,
  GiB: 2 ** 30,
  Ti: 2 ** 40,
  TiB: 2 ** 40,
};

/** What a duration is written as: the sources are also those of the JSON Schema. */
export const DURATION = String.raw`^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+$`;
/** What a size is written as. */
export const SIZE = String.raw`^\d+(?:\.\d+)? ?(?:[kMGT]B?|KB|[KMGT]iB?|B)?$`;

/** The milliseconds of `30s`, `1m30s` or `250ms`; undefined for anything else, or no whole number. */
export function parseDuration(text: string): number | undefined {
  if (!new RegExp(DURATION).test(text)) return undefined;
  let total = 0;
  let last = Infinity;
  for (const [, count, unit] of text.matchAll(/([\d.]+)(ms|[smhd])/g)) {
    const ms = MS_IN[unit!]!;
    // `30s1m` and `1s1s` are slips, not sums.
    if (ms >= last) return undefined;
    last = ms;
    total += Number(count) * ms;
  }
  return whole(total);
}

/** The bytes of `64MiB`, `64Mi`, `10MB`, `1.5 GiB` or `512`; undefined for anything else. */
export function parseSize(text: string): number | undefined {
  if (!new RegExp(SIZE).test(text)) return undefined;
  const [, count, unit] = /^([\d.]+) ?([A-Za-z]*)$/.exec(text)!;
  return whole(Number(count) * BYTES_IN[unit!]!);
}

/** `1.1s` is 1100, though 1.1 * 1000 is a little more. */
function whole(value: number): number | undefined {
  const rounded = Math.round(value);
  return Number.isSafeInteger(rounded) && Math.abs(value - rounded) < 1e-6 ? rounded : undefined;
}

/** Milliseconds as a person writes them: `1m30s`. */
export function formatDuration(ms: number): string {
  if (ms === 0) return "0s";
  let text = "";
  let left = ms;
  for (const [unit, size] of Object.entries(MS_IN).reverse()) {
    const count = Math.floor(left / size);
    if (count > 0) text += `${count}${unit}`;
    left -= count * size;
  }
  return text;
}

/** Bytes as a person writes them: `64MiB`, and plain where no unit fits. */
export function formatSize(bytes: number): string {
  for (const unit of ["TiB", "GiB", "MiB", "KiB"]) {
    const size = BYTES_IN[unit]!;
    if (bytes >= size && bytes % size === 0) return `${bytes / size}${unit}`;
  }
  return `${bytes}B`;
}
