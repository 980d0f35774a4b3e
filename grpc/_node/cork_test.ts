import { assertEquals } from "@std/assert";
import { setImmediate } from "node:timers";
import { createCork } from "./cork.ts";

Deno.test("createCork() joins what is written within its turns, time and again", async () => {
  for (const turns of [1, 3]) {
    const told: string[] = [];
    const cork = createCork({
      cork: () => void told.push("cork"),
      uncork: () => void told.push("uncork"),
    }, turns);
    const expected: string[] = [];
    for (let batch = 0; batch < 2; batch++) {
      cork();
      expected.push("cork");
      for (let turn = 1; turn < turns; turn++) {
        await new Promise((resolve) => setImmediate(resolve));
        // What is written meanwhile belongs to the batch.
        cork();
        assertEquals(told, expected);
      }
      await new Promise((resolve) => setImmediate(resolve));
      expected.push("uncork");
      assertEquals(told, expected);
    }
  }
});
