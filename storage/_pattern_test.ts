import { assertEquals } from "@std/assert";
import { namePattern } from "./_pattern.ts";

Deno.test("namePattern() matches as shells do", () => {
  const cases: [string, string, boolean][] = [
    ["a", "a", true],
    ["a", "ab", false],
    ["*", "", true],
    ["*", "abc", true],
    ["a*", "abc", true],
    ["a*", "ba", false],
    ["*c", "abc", true],
    ["*c", "cb", false],
    ["a*c", "ac", true],
    ["a*c", "abcc", true],
    ["ab*bc", "abc", false],
    ["a*b*c", "axxbxxc", true],
    ["a*b*c", "axxc", false],
    ["*b*b*", "ab", false],
    ["*b*b*", "abb", true],
    ["a**c", "abc", true],
    ["a*bc*c", "abc", false],
    ["a.c", "abc", false],
    ["a?c", "abc", false],
  ];
  for (const [pattern, name, wanted] of cases) {
    assertEquals(namePattern(pattern).matches(name), wanted, `${pattern} on ${name}`);
  }
  assertEquals(namePattern("image-*-x").prefix, "image-");
});

Deno.test("namePattern() takes no time on patterns that make others backtrack", () => {
  const pattern = namePattern("*a".repeat(60) + "*b");
  assertEquals(pattern.matches("a".repeat(5000)), false);
});
