import { assert, assertEquals } from "@std/assert";
import { line, NEVER } from "./_load.ts";
import { kvFaults } from "./kv_faults.ts";

for (const [name, fault] of Object.entries(kvFaults)) {
  Deno.test(`denoKvStore() loses and doubles nothing: ${name}`, async () => {
    const figures = await fault(3000);
    console.log(line(name, figures));
    for (const figure of NEVER) assertEquals(figures[figure], 0, figure);
    assert(figures.acknowledged > 0);
  });
}
