import { assertEquals, assertThrows } from "@std/assert";
import { compareQuantities, parseQuantity } from "./quantity.ts";

const BILLION = 1_000_000_000n;

const right: readonly [text: string, nanos: bigint][] = [
  ["0", 0n],
  ["-0", 0n],
  ["1", BILLION],
  ["+1", BILLION],
  ["-1", -BILLION],
  ["1.", BILLION],
  [".5", BILLION / 2n],
  ["0.5", BILLION / 2n],
  ["007", 7n * BILLION],
  ["1n", 1n],
  ["1u", 1_000n],
  ["100m", 100_000_000n],
  ["1k", 1_000n * BILLION],
  ["1M", 10n ** 6n * BILLION],
  ["1G", 10n ** 9n * BILLION],
  ["1T", 10n ** 12n * BILLION],
  ["1P", 10n ** 15n * BILLION],
  ["1E", 10n ** 18n * BILLION],
  ["1Ki", 2n ** 10n * BILLION],
  ["1Mi", 2n ** 20n * BILLION],
  ["1.5Gi", 3n * 2n ** 29n * BILLION],
  ["1Ti", 2n ** 40n * BILLION],
  ["1Pi", 2n ** 50n * BILLION],
  ["1Ei", 2n ** 60n * BILLION],
  ["0.001Ki", 1_024_000_000n],
  ["1e3", 1_000n * BILLION],
  ["1E3", 1_000n * BILLION],
  ["1e+3", 1_000n * BILLION],
  ["1.5e-3", 1_500_000n],
  ["12E", 12n * 10n ** 27n],
  ["0.1n", 1n],
  ["-0.1n", -1n],
  ["1.0000000001", BILLION + 1n],
  ["1e-30", 1n],
  ["0e999", 0n],
  ["9".repeat(200), BigInt("9".repeat(200)) * BILLION],
];

for (const [text, nanos] of right) {
  Deno.test(`parseQuantity() reads ${text.slice(0, 24)}`, () => {
    assertEquals(parseQuantity(text).nanos, nanos);
  });
}

const wrong = [
  "",
  " ",
  ".",
  "+",
  "-.",
  "m",
  "1 ",
  " 1",
  "1 m",
  "1K",
  "1ki",
  "1mi",
  "1mm",
  "1Kib",
  "1e",
  "1e1.5",
  "1e3Ki",
  "1e3m",
  "e3",
  "1,5",
  "1_000",
  "0x10",
  "--1",
  "1.2.3",
  "NaN",
  "Infinity",
  "1e1000",
  "1e-1000",
  "1e99999999999",
  "١",
  "1\n",
  "9".repeat(257),
];

for (const text of wrong) {
  Deno.test(`parseQuantity() refuses ${JSON.stringify(text).slice(0, 24)}`, () => {
    assertThrows(() => parseQuantity(text), SyntaxError, "Cannot parse quantity");
  });
}

const order: readonly [a: string, b: string, expected: -1 | 0 | 1][] = [
  ["1000m", "1", 0],
  ["1024Ki", "1Mi", 0],
  ["0.5Gi", "512Mi", 0],
  ["1e3", "1k", 0],
  ["1Gi", "1G", 1],
  ["999m", "1", -1],
  ["-1", "0", -1],
  ["9007199254740993", "9007199254740992", 1],
  ["1Ei", "1152921504606846977", -1],
];

for (const [a, b, expected] of order) {
  Deno.test(`compareQuantities() of ${a} and ${b} is ${expected}`, () => {
    assertEquals(compareQuantities(a, b), expected);
    assertEquals(compareQuantities(parseQuantity(b), a), expected === 0 ? 0 : -expected);
  });
}

Deno.test("compareQuantities() sorts", () => {
  assertEquals(["1Gi", "5", "1m", "1G"].sort(compareQuantities), ["1m", "5", "1G", "1Gi"]);
});

Deno.test("compareQuantities() refuses what is no quantity", () => {
  assertThrows(() => compareQuantities("1", "one"), SyntaxError, `"one"`);
});
