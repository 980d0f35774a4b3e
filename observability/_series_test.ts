import { assertEquals, assertNotStrictEquals, assertStrictEquals } from "@std/assert";
import { SeriesMap } from "./_series.ts";

const make = (names: string[], max = 10) => new SeriesMap(names, max, () => ({ value: 0 }));

Deno.test("SeriesMap.at() answers the same cell for the same labels", () => {
  const map = make(["a", "b"]);
  assertStrictEquals(map.at({ a: "1", b: 2 }), map.at({ b: "2", a: 1 }));
  assertEquals([...map.all()].map(({ labels }) => labels), ['a="1",b="2"']);
});

Deno.test("SeriesMap.at() takes a label that is left out for empty, and drops unknown ones", () => {
  const map = make(["a", "b"]);
  map.at({ a: "1", other: "x" });
  assertEquals([...map.all()].map(({ labels }) => labels), ['a="1",b=""']);
});

Deno.test("SeriesMap.at() tells labels apart whatever they hold", () => {
  const map = make(["a", "b"]);
  const values = [["1:x", ""], ["", "1:x"], ["1", ":x"], ["x1:y", "z"], ["x", "y1:z"]] as const;
  assertEquals(new Set(values.map(([a, b]) => map.at({ a, b }))).size, values.length);
});

Deno.test("SeriesMap.at() counts what is beyond the cap under other, for good", () => {
  const map = make(["a"], 2);
  const first = map.at({ a: "1" });
  map.at({ a: "2" });
  const beyond = map.at({ a: "3" });
  assertNotStrictEquals(beyond, first);
  assertStrictEquals(map.at({ a: "4" }), beyond);
  assertStrictEquals(map.at({ a: "1" }), first);
  assertEquals([...map.all()].map(({ labels }) => labels), ['a="1"', 'a="2"', 'a="other"']);
});
