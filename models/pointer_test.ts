import { RuntimeStateSchema } from "@oprc/proto/runtime";
import { assertEquals, assertThrows } from "@std/assert";
import { formatPath } from "./_finding.ts";
import { fromJsonValue } from "./json.ts";
import { toJsonPointer } from "./pointer.ts";
import { ValidationError } from "./validation_error.ts";

const cases: readonly [segments: readonly (string | number)[], pointer: string][] = [
  [[], ""],
  [["name"], "/name"],
  [["classes", 2, "functions", 0, "function_key"], "/classes/2/functions/0/function_key"],
  [["metadata", "a b"], "/metadata/a b"],
  [["metadata", ""], "/metadata/"],
  [["metadata", "a/b~c"], "/metadata/a~1b~0c"],
  [["metadata", "~1"], "/metadata/~01"],
  [["metadata", `"]["`], `/metadata/"]["`],
  [["metadata", "back\\slash\n"], "/metadata/back\\slash\n"],
  [["metadata", "0"], "/metadata/0"],
  [["a.b"], "/a.b"],
  [["__proto__"], "/__proto__"],
];

for (const [segments, pointer] of cases) {
  const path = formatPath(segments);
  Deno.test(`toJsonPointer() of ${path} is ${pointer}`, () => {
    assertEquals(toJsonPointer(path), pointer);
  });
}

Deno.test("toJsonPointer() takes the paths of issues", () => {
  const error = assertThrows(
    () => fromJsonValue(RuntimeStateSchema, { metadata: { "a/b": 1 }, "x.y": 1 }),
    ValidationError,
  );
  assertEquals(error.issues.map(({ path }) => toJsonPointer(path)), [
    "/instance_id",
    "/deployment_id",
    "/status",
    "/metadata/a~1b",
    "/x.y",
  ]);
});

for (const path of [".", "a.", "a..b", "[", "[x]", "[-1]", `["a]`, "a b", "a[0]b"]) {
  Deno.test(`toJsonPointer() refuses ${path}`, () => {
    assertThrows(() => toJsonPointer(path), SyntaxError, "Cannot convert path");
  });
}
