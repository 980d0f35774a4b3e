import { assertEquals, assertThrows } from "@std/assert";
import {
  compareQuantities,
  formatQuantity,
  isPlainAmount,
  parseQuantity,
  plainMillis,
} from "./quantity.ts";
import { isAmount, isPlainLimitOfCpu } from "./_values.ts";

interface Table {
  readonly right: readonly { text: string; amount: string; canonical: string }[];
  readonly wrong: readonly string[];
}

const { right, wrong }: Table = JSON.parse(
  await Deno.readTextFile(new URL("testdata/quantities.json", import.meta.url)),
);

/** Billionths of an amount that is written out: `-0.5` makes -500,000,000. */
function nanosOf(amount: string): bigint {
  const [whole, fraction = ""] = amount.split(".");
  return BigInt(whole + fraction.padEnd(9, "0"));
}

for (const { text, amount, canonical } of right) {
  Deno.test(`parseQuantity() reads ${text} as ${amount}`, () => {
    assertEquals(parseQuantity(text).nanos, nanosOf(amount));
  });

  Deno.test(`formatQuantity() of ${text} is ${canonical}`, () => {
    assertEquals(formatQuantity(text), canonical);
    assertEquals(formatQuantity(parseQuantity(text)), canonical);
    assertEquals(parseQuantity(canonical).nanos, nanosOf(amount), "the amount is the same");
    assertEquals(formatQuantity(canonical), canonical, "what is canonical stays as it is");
  });
}

for (const text of wrong) {
  Deno.test(`parseQuantity() refuses ${JSON.stringify(text).slice(0, 24)}`, () => {
    assertThrows(() => parseQuantity(text), SyntaxError, "Cannot parse quantity");
    assertEquals(isAmount(text), false);
  });
}

Deno.test("parseQuantity() tells the family of the suffix", () => {
  for (const text of ["1", "1m", "1E", "0.0001Ki"]) {
    assertEquals(parseQuantity(text).format, "DecimalSI", text);
  }
  for (const text of ["1Ki", "0Ki", "0.5Ki", "-1Ei"]) {
    assertEquals(parseQuantity(text).format, "BinarySI", text);
  }
  for (const text of ["1e3", "1E-3", "0e0"]) {
    assertEquals(parseQuantity(text).format, "DecimalExponent", text);
  }
});

Deno.test("parseQuantity() keeps every digit of 200", () => {
  const digits = "9".repeat(200);
  assertEquals(parseQuantity(digits).nanos, BigInt(digits) * 1_000_000_000n);
});

Deno.test("compareQuantities() agrees with the amounts of every pair", () => {
  for (const a of right) {
    for (const b of right) {
      const [left, other] = [nanosOf(a.amount), nanosOf(b.amount)];
      const expected = left < other ? -1 : left > other ? 1 : 0;
      assertEquals(compareQuantities(a.text, b.text), expected, `${a.text} and ${b.text}`);
      assertEquals(compareQuantities(parseQuantity(a.text), b.text), expected);
    }
  }
});

Deno.test("compareQuantities() sorts", () => {
  assertEquals(["1Gi", "5", "1m", "1G"].sort(compareQuantities), ["1m", "5", "1G", "1Gi"]);
});

Deno.test("compareQuantities() refuses what is no quantity", () => {
  assertThrows(() => compareQuantities("1", "one"), SyntaxError, `"one"`);
  assertThrows(() => compareQuantities("one", "1"), SyntaxError, `"one"`);
});

Deno.test("plainMillis() is exact or gives up", () => {
  let plain = 0;
  for (const { text, amount } of right) {
    const millis = plainMillis(text);
    if (millis < 0) continue;
    plain++;
    assertEquals(BigInt(millis) * 1_000_000n, nanosOf(amount), text);
  }
  assertEquals(plain > 40, true, `${plain}`);
  for (const text of wrong) assertEquals(plainMillis(text), -1, text);
  for (const text of ["9007199254741k", "8796093022208Ki", "0.5m", "1.2345", "1mi", "1n"]) {
    assertEquals(plainMillis(text), -1, text);
  }
});

Deno.test("isPlainAmount() is sure of nothing that isn't so", () => {
  let plain = 0;
  for (const { text, amount } of right) {
    if (!isPlainAmount(text)) continue;
    plain++;
    assertEquals(nanosOf(amount) >= 0n, true, text);
  }
  assertEquals(plain > 40, true, `${plain}`);
  for (const text of wrong) assertEquals(isPlainAmount(text), false, text);
});

Deno.test("isPlainLimitOfCpu() is sure of nothing that isn't so", () => {
  for (const limit of right) {
    for (const request of right) {
      const owner = { cpuRequest: request.text } as Parameters<typeof isPlainLimitOfCpu>[1];
      if (!isPlainLimitOfCpu(limit.text, owner)) continue;
      assertEquals(nanosOf(limit.amount) >= nanosOf(request.amount), true);
    }
  }
});
