import { assertEquals } from "@std/assert";
import { createResetGuard } from "./reset_guard.ts";

Deno.test("createResetGuard() forgives 33 a second", () => {
  let now = 0;
  const tooMany = createResetGuard(() => now);
  const count = (times: number) => Array.from({ length: times }, tooMany).filter(Boolean).length;
  assertEquals(count(1000), 0);
  assertEquals(count(1), 1);
  now += 1000;
  assertEquals(count(32), 0);
  assertEquals(count(5) > 0, true);
});
