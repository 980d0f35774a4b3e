/** Reading and checking single values. */
import type { Schema } from "./schema.ts";
import { formatDuration, formatSize, parseDuration, parseSize } from "./_units.ts";

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
