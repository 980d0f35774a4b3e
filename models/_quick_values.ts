// What the generated readers ask of JSON values. `undefined` stands for anything
// out of the ordinary, which the full reader then looks at.
import { create } from "@bufbuild/protobuf";
import { type Timestamp, TimestampSchema } from "@oprc/proto/common";
import { parseRfc3339 } from "./_rfc3339.ts";

/** Counts what has been read. */
export interface Tally {
  /** Keys of objects. */
  keys: number;
}

/** A number of a uint32. */
export function isUint32(value: unknown): boolean {
  return typeof value === "number" && (value >>> 0) === value;
}

/** A number of an int32. */
export function isInt32(value: unknown): boolean {
  return typeof value === "number" && (value | 0) === value;
}

/** A bigint of an int64. */
export function isInt64(value: unknown): boolean {
  return typeof value === "bigint" && BigInt.asIntN(64, value) === value;
}

const INT64_TEXT = /^-?(?:0|[1-9]\d{0,17})$/;

/** A 64-bit number of a number or a text. */
export function int64Of(value: unknown): bigint | undefined {
  if (typeof value === "string") return INT64_TEXT.test(value) ? BigInt(value) : undefined;
  return Number.isSafeInteger(value) ? BigInt(value as number) : undefined;
}

/** A timestamp of an RFC 3339 text. */
export function timestampOf(text: string): Timestamp | undefined {
  const time = parseRfc3339(text);
  return time && create(TimestampSchema, time);
}

/** Whether a list holds texts and nothing else. */
export function isTextList(value: unknown): value is string[] {
  if (!Array.isArray(value)) return false;
  for (let i = 0; i < value.length; i++) if (typeof value[i] !== "string") return false;
  return true;
}

/** Whether an object holds texts and nothing else; its keys are counted. */
export function isTextMap(value: unknown, tally: Tally): value is Record<string, string> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const map = value as Record<string, unknown>;
  for (const key in map) {
    tally.keys++;
    // Copied elsewhere by assignment, this key would change a prototype.
    if (key === "__proto__" || typeof map[key] !== "string") return false;
  }
  return true;
}
