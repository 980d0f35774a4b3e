import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { linesOf, loaderOf } from "./_testing.ts";
import { formatDuration, formatSize, parseDuration, parseSize } from "./values.ts";
import { durationSchema, objectSchema, sizeSchema } from "./mod.ts";

const durations: [text: string, ms: number | undefined][] = [
  ["30s", 30_000],
  ["250ms", 250],
  ["1m30s", 90_000],
  ["2h", 7_200_000],
  ["1d", 86_400_000],
  ["1.5s", 1500],
  ["1.1s", 1100],
  ["0s", 0],
  ["1d2h3m4s5ms", 93_784_005],
  ["0.5ms", undefined],
  ["30", undefined],
  ["30 s", undefined],
  ["-1s", undefined],
  ["30S", undefined],
  ["1s1m", undefined],
  ["1s1s", undefined],
  ["1us", undefined],
  ["", undefined],
  ["s", undefined],
  ["1.s", undefined],
  ["99999999999999999d", undefined],
];

for (const [text, ms] of durations) {
  Deno.test(`parseDuration() reads ${JSON.stringify(text)}`, () => {
    assertEquals(parseDuration(text), ms);
  });
}

const sizes: [text: string, bytes: number | undefined][] = [
  ["64MiB", 67_108_864],
  ["64Mi", 67_108_864],
  ["10MB", 10_000_000],
  ["10M", 10_000_000],
  ["1k", 1000],
  ["1kB", 1000],
  ["1KB", 1000],
  ["1KiB", 1024],
  ["1.5 GiB", 1_610_612_736],
  ["2TiB", 2 * 2 ** 40],
  ["512", 512],
  ["512B", 512],
  ["3 GB", 3e9],
  ["1T", 1e12],
  ["0", 0],
  ["1K", undefined],
  ["64mb", undefined],
  ["64 M iB", undefined],
  ["-1", undefined],
  ["1.5", undefined],
  ["0.0001Ki", undefined],
  ["9007199254740993", undefined],
  ["1e3", undefined],
  ["", undefined],
];

for (const [text, bytes] of sizes) {
  Deno.test(`parseSize() reads ${JSON.stringify(text)}`, () => {
    assertEquals(parseSize(text), bytes);
  });
}

Deno.test("formatDuration() and formatSize() write what is read again", () => {
  fc.assert(fc.property(fc.nat({ max: Number.MAX_SAFE_INTEGER }), (value) => {
    assertEquals(parseDuration(formatDuration(value)), value);
    assertEquals(parseSize(formatSize(value)), value);
  }));
  assertEquals([formatDuration(90_000), formatSize(3 * 2 ** 20)], ["1m30s", "3MiB"]);
});

const schema = objectSchema({
  timeoutMs: durationSchema({ default: 3000, min: 1, max: 60_000 }),
  maxBytes: sizeSchema({ default: 1024, max: 2 ** 30 }),
});

Deno.test("load() reads durations and sizes from every kind of layer", async () => {
  const files = {
    "config/default.yaml": "timeout_ms: 5s\nmax_bytes: 2KiB",
    "config/development.yaml": "timeout_ms: 700\nmax_bytes: 4096",
  };
  const load = async (env: Record<string, string>, overrides?: object) => {
    const { timeoutMs, maxBytes } = await loaderOf(files, env, { overrides }).load(schema);
    return [timeoutMs, maxBytes];
  };
  assertEquals(await load({}), [700, 4096]);
  assertEquals(await load({ OAAS_TIMEOUT_MS: "30s", OAAS_MAX_BYTES: "64MiB" }), [30_000, 2 ** 26]);
  assertEquals(await load({ OAAS_TIMEOUT_MS: " 40 ", OAAS_MAX_BYTES: "8" }), [40, 8]);
  assertEquals(await load({}, { timeoutMs: "1m", maxBytes: 9 }), [60_000, 9]);
});

Deno.test("explain() shows durations and sizes as numbers, whatever they were written as", async () => {
  const loader = loaderOf({ "config/default.yaml": "timeout_ms: 5s\nmax_bytes: 2KiB" }, {
    OAAS_TIMEOUT_MS: "6s",
  });
  await loader.load(schema);
  const { values } = await loader.explain();
  assertEquals(values.map(({ value }) => value), [6000, 2048]);
  assertEquals(values[0]!.shadowed.map(({ value }) => value), [5000, 3000]);
});

Deno.test("load() refuses durations and sizes that are none, or out of bounds", async () => {
  const loader = loaderOf({ "config/default.yaml": "timeout_ms: 2h\nmax_bytes: 64mb" }, {});
  assertEquals(await linesOf(loader.load(schema)), [
    'config/default.yaml:1:13: timeout_ms: must be a duration from 1ms to 1m, such as 30s or 250ms, found "2h"',
    'config/default.yaml:2:12: max_bytes: must be a size of at most 1GiB, such as 64MiB or 10MB, found "64mb"',
  ]);
  const numbers = loaderOf({ "config/default.yaml": "timeout_ms: 1.5\nmax_bytes: -5" });
  assertEquals((await linesOf(numbers.load(schema))).length, 2);
  const variables = loaderOf({}, { OAAS_TIMEOUT_MS: "1.5", OAAS_MAX_BYTES: "-5" });
  assertEquals((await linesOf(variables.load(schema))).length, 2);
});

Deno.test("durationSchema() refuses a default out of its bounds", () => {
  assertThrows(() => durationSchema({ default: 0, min: 1 }), TypeError, "the default must be");
});
