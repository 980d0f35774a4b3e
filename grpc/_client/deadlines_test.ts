import { assertEquals } from "@std/assert";
import { createDeadlines } from "./deadlines.ts";

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

Deno.test("createDeadlines() ends each, none before its time, in whatever order they come", async () => {
  const deadlines = createDeadlines();
  const now = Date.now();
  const early = await Promise.all([60, 20, -5, 40].map((ms) =>
    new Promise<boolean>((resolve) => {
      deadlines.add(now + ms, () => resolve(Date.now() < now + ms));
    })
  ));
  assertEquals(early, [false, false, false, false]);
});

Deno.test("createDeadlines() leaves alone what was over before, and no timer behind", async () => {
  const deadlines = createDeadlines();
  const ended: string[] = [];
  const cancel = deadlines.add(Date.now() + 10, () => ended.push("first"));
  const cancelSecond = deadlines.add(Date.now() + 100_000, () => ended.push("second"));
  cancel();
  await wait(30);
  cancelSecond();
  cancelSecond();
  assertEquals(ended, []);
});

Deno.test("createDeadlines() takes a deadline that is set when another ends", async () => {
  const deadlines = createDeadlines();
  await new Promise<void>((resolve) => {
    deadlines.add(Date.now() + 5, () => deadlines.add(Date.now() + 5, resolve));
  });
});
