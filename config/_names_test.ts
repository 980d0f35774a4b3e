import { assertEquals } from "@std/assert";
import { remembered } from "./_names.ts";

Deno.test("remembered() asks once, and never keeps more than some answers", () => {
  let asked = 0;
  const length = remembered((text) => {
    asked++;
    return text.length;
  });
  assertEquals([length("abc"), length("abc"), asked], [3, 3, 1]);
  for (let i = 0; i < 5000; i++) length(`key ${i}`);
  assertEquals([length("abc"), asked], [3, 5002]);
});
