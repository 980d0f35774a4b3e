import { assertEquals } from "@std/assert";
import { createDeadlines } from "./deadlines.ts";

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

Deno.test("createDeadlines() ends each in its time, in whatever order they come", async () => {
  const deadlines = createDeadlines();
  const ended: string[] = [];
  const now = Date.now();
  const over = new Promise<void>((resolve) => {
    deadlines.add(now + 60, () => {
      ended.push("late");
      resolve();
    });
  });
  deadlines.add(now + 20, () => ended.push("early"));
  deadlines.add(now - 5, () => ended.push("past"));
  await over;
  assertEquals(ended, ["past", "early", "late"]);
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
