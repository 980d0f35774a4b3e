import { assertEquals } from "@std/assert";
import { Running } from "./_running.ts";

Deno.test("Running.idle() waits for all that was begun and kept", async () => {
  const running = new Running();
  await running.idle();
  running.begin();
  let fail!: (error: Error) => void;
  const kept = running.keep(new Promise<never>((_, reject) => fail = reject));
  let idle = false;
  const waiting = running.idle().then(() => idle = true);
  const turn = () => new Promise((resolve) => setTimeout(resolve, 0));
  running.end();
  await turn();
  assertEquals(idle, false);
  fail(new Error("work may fail"));
  await kept.catch(() => {});
  await turn();
  assertEquals(idle, true);
  await waiting;
});
