import { create } from "@bufbuild/protobuf";
import { type Timestamp, TimestampSchema } from "@oprc/proto/common";

/** `Date` reaches 100,000,000 days to either side of 1970. */
const MAX_DATE_MS = 8.64e15;

/**
 * Makes a `Date` of a timestamp; what is finer than a millisecond is cut off.
 *
 * @example
 * ```ts
 * import { fromTimestamp, toTimestamp } from "@oprc/models";
 *
 * fromTimestamp(toTimestamp(new Date(0))); // 1970-01-01T00:00:00.000Z
 * ```
 *
 * @throws {RangeError} If the timestamp is outside the range of `Date`.
 */
export function fromTimestamp(timestamp: Timestamp): Date {
  const ms = Number(timestamp.seconds) * 1000 + Math.floor(timestamp.nanos / 1_000_000);
  if (!(Math.abs(ms) <= MAX_DATE_MS)) {
    throw new RangeError(
      `Cannot convert timestamp of ${timestamp.seconds} s, ${timestamp.nanos} ns: ` +
        `it is outside the range of Date`,
    );
  }
  return new Date(ms);
}

/**
 * Makes a timestamp of a `Date`.
 *
 * @throws {RangeError} If the date is invalid.
 */
export function toTimestamp(date: Date): Timestamp {
  const ms = date.getTime();
  if (Number.isNaN(ms)) throw new RangeError("Cannot convert date: it is invalid");
  const seconds = Math.floor(ms / 1000);
  return create(TimestampSchema, {
    seconds: BigInt(seconds),
    nanos: (ms - seconds * 1000) * 1_000_000,
  });
}
