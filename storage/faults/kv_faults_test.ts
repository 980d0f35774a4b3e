import { assert, assertEquals } from "@std/assert";
import { line, NEVER } from "./_load.ts";
import { kvFaults } from "./kv_faults.ts";

for (const [name, fault] of Object.entries(kvFaults)) {
  if (!fault) console.log(`left out: ${name}, which takes rights or programs that aren't here`);
  Deno.test({
    name: `denoKvStore() loses and doubles nothing: ${name}`,
    ignore: !fault,
    async fn() {
      const figures = await fault!(1);
      console.log(line(name, figures));
      for (const figure of NEVER) assertEquals(figures[figure], 0, figure);
      assert(figures.acknowledged > 0);
      // Or nothing has happened.
      if (/disk|grow/.test(name)) assert(figures.failed + figures.unknown > 0);
    },
  });
}
