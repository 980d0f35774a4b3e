import { create } from "@bufbuild/protobuf";
import { TimestampSchema } from "@oprc/proto/common";
import { assertEquals, assertThrows } from "@std/assert";
import { parseRfc3339 } from "./_rfc3339.ts";
import { fromTimestamp, toTimestamp } from "./timestamp.ts";

const dates: readonly [iso: string, seconds: bigint, nanos: number][] = [
  ["1970-01-01T00:00:00.000Z", 0n, 0],
  ["1969-12-31T23:59:59.999Z", -1n, 999_000_000],
  ["2026-01-31T12:34:56.789Z", 1_769_862_896n, 789_000_000],
  ["0001-01-01T00:00:00.000Z", -62_135_596_800n, 0],
  ["+275760-09-13T00:00:00.000Z", 8_640_000_000_000n, 0],
];

for (const [iso, seconds, nanos] of dates) {
  Deno.test(`toTimestamp() and fromTimestamp() agree on ${iso}`, () => {
    const timestamp = toTimestamp(new Date(iso));
    assertEquals(timestamp, create(TimestampSchema, { seconds, nanos }));
    assertEquals(fromTimestamp(timestamp).toISOString(), iso);
  });
}

Deno.test("fromTimestamp() cuts off what is finer than a millisecond", () => {
  const date = fromTimestamp(create(TimestampSchema, { seconds: -1n, nanos: 1_999_999 }));
  assertEquals(date.getTime(), -999);
});

Deno.test("fromTimestamp() refuses what Date can't hold", () => {
  for (const seconds of [8_640_000_000_001n, -(2n ** 63n)]) {
    assertThrows(() => fromTimestamp(create(TimestampSchema, { seconds })), RangeError, "Date");
  }
  assertThrows(() => fromTimestamp(create(TimestampSchema, { nanos: NaN })), RangeError);
});

Deno.test("toTimestamp() refuses an invalid date", () => {
  assertThrows(() => toTimestamp(new Date(NaN)), RangeError, "invalid");
});

const times: readonly [text: string, seconds: bigint, nanos: number][] = [
  ["1970-01-01T00:00:00Z", 0n, 0],
  ["1970-01-01t00:00:00z", 0n, 0],
  ["1969-12-31T23:59:59.5Z", -1n, 500_000_000],
  ["2026-01-31T12:34:56.123456789Z", 1_769_862_896n, 123_456_789],
  ["2026-01-31T14:34:56+02:00", 1_769_862_896n, 0],
  ["2026-01-31T07:04:56-05:30", 1_769_862_896n, 0],
  ["2024-02-29T00:00:00Z", 1_709_164_800n, 0],
  ["0001-01-01T00:00:00Z", -62_135_596_800n, 0],
  ["9999-12-31T23:59:59Z", 253_402_300_799n, 0],
];

for (const [text, seconds, nanos] of times) {
  Deno.test(`parseRfc3339() reads ${text}`, () => {
    assertEquals(parseRfc3339(text), { seconds, nanos });
  });
}

const noTimes = [
  "",
  "2026-01-31",
  "2026-01-31T12:34:56",
  "2026-01-31 12:34:56Z",
  "2026-02-29T00:00:00Z",
  "2026-13-01T00:00:00Z",
  "2026-00-01T00:00:00Z",
  "2026-01-00T00:00:00Z",
  "2026-01-01T24:00:00Z",
  "2026-01-01T00:60:00Z",
  "2026-01-01T00:00:60Z",
  "2026-01-01T00:00:00+24:00",
  "2026-01-01T00:00:00.Z",
  "2026-01-01T00:00:00.1234567890Z",
  "02026-01-01T00:00:00Z",
  "2026-01-01T00:00:00Z\n",
];

for (const text of noTimes) {
  Deno.test(`parseRfc3339() refuses ${JSON.stringify(text)}`, () => {
    assertEquals(parseRfc3339(text), undefined);
  });
}
