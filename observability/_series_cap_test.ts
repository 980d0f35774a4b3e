import { assertEquals, assertStrictEquals } from "@std/assert";
import { SeriesCap } from "./_series_cap.ts";

Deno.test("SeriesCap.admit() answers the same series for the same labels", () => {
  const cap = new SeriesCap(["a", "b"], 10);
  const series = cap.admit({ a: "1", b: 2 });
  assertEquals(series, { a: "1", b: "2" });
  assertStrictEquals(cap.admit({ b: "2", a: 1 }), series);
});

Deno.test("SeriesCap.admit() takes a label that is left out for empty, and drops unknown ones", () => {
  const cap = new SeriesCap(["a", "b"], 10);
  assertEquals(cap.admit({ a: "1", other: "x" }), { a: "1", b: "" });
});

Deno.test("SeriesCap.admit() tells labels apart whatever they hold", () => {
  const cap = new SeriesCap(["a", "b"], 10);
  const values = [["1:x", ""], ["", "1:x"], ["1", ":x"], ["x1:y", "z"], ["x", "y1:z"]] as const;
  const series = new Set(values.map(([a, b]) => cap.admit({ a, b })));
  assertEquals(series.size, values.length);
});

Deno.test("SeriesCap.admit() counts what is beyond the cap under other, for good", () => {
  const cap = new SeriesCap(["a"], 2);
  cap.admit({ a: "1" });
  cap.admit({ a: "2" });
  assertEquals(cap.admit({ a: "3" }), { a: "other" });
  assertEquals(cap.admit({ a: "2" }), { a: "2" });
  assertEquals(cap.admit({ a: "3" }), { a: "other" });
});
