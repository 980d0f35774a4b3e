import { assertEquals } from "@std/assert";
import { RateLimit } from "./_rate_limit.ts";
import { FakeClock } from "./testdata/fake_clock.ts";

const entry = (message: string, level: "info" | "warn" = "info", target = "t") => ({
  level,
  target,
  message,
  fields: [],
});

Deno.test("RateLimit.admit() lets so many of a message through a second, and tells of the others", () => {
  const clock = new FakeClock();
  const limit = new RateLimit(2, clock);
  const answers = Array.from({ length: 5 }, () => limit.admit(entry("m")));
  assertEquals(answers, [0, 0, undefined, undefined, undefined]);
  clock.advance(999);
  assertEquals(limit.admit(entry("m")), undefined);
  clock.advance(1);
  assertEquals([limit.admit(entry("m")), limit.admit(entry("m"))], [4, 0]);
});

Deno.test("RateLimit.admit() counts level, target and message apart", () => {
  const limit = new RateLimit(1, new FakeClock());
  assertEquals(limit.admit(entry("m")), 0);
  assertEquals(limit.admit(entry("m", "warn")), 0);
  assertEquals(limit.admit(entry("m", "info", "u")), 0);
  assertEquals(limit.admit(entry("n")), 0);
  assertEquals(limit.admit(entry("m")), undefined);
});

Deno.test("RateLimit.admit() forgets the oldest message when there are too many", () => {
  const limit = new RateLimit(1, new FakeClock());
  for (let i = 0; i < 1_001; i++) limit.admit(entry(`message ${i}`));
  assertEquals(limit.admit(entry("message 1000")), undefined);
  assertEquals(limit.admit(entry("message 0")), 0);
});
