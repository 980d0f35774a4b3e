import { assertEquals } from "@std/assert";
import { suggest } from "./_suggest.ts";

const fields = ["key", "name", "package", "functions", "state_spec", "disabled"];

const cases: readonly [word: string, expected: string | undefined][] = [
  ["fnctions", "functions"],
  ["function", "functions"],
  ["nmae", "name"],
  ["State-Spec", "state_spec"],
  ["stateSpecs", "state_spec"],
  ["keys", "key"],
  ["enabled", undefined],
  ["colour", undefined],
  ["x", undefined],
  ["", undefined],
  ["f".repeat(1_000_000), undefined],
];

for (const [word, expected] of cases) {
  Deno.test(`suggest() answers ${expected} for "${word.slice(0, 20)}"`, () => {
    assertEquals(suggest(word, fields), expected);
  });
}
