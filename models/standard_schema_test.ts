import { OPackageSchema } from "@oprc/proto/package";
import { assert, assertEquals } from "@std/assert";
import { goodPackage } from "./_fixtures.ts";
import { toJsonValue } from "./json.ts";
import { standardSchema } from "./standard_schema.ts";

const { version, vendor, validate } = standardSchema(OPackageSchema)["~standard"];

Deno.test("standardSchema() states version and vendor", () => {
  assertEquals([version, vendor], [1, "oprc"]);
});

Deno.test("standardSchema() answers a right message as it is", () => {
  const pkg = goodPackage();
  const result = validate(pkg);
  assert(result.issues === undefined);
  assert(result.value === pkg);
});

Deno.test("standardSchema() makes a message of a JSON value", () => {
  assertEquals(validate(toJsonValue(OPackageSchema, goodPackage())), { value: goodPackage() });
});

Deno.test("standardSchema() answers issues with a message and a path in pieces", () => {
  const pkg = goodPackage();
  pkg.classes[0]!.functions[0]!.functionKey = "none";
  pkg.dependencies[0] = "";
  for (const value of [pkg, toJsonValue(OPackageSchema, pkg)]) {
    const { issues } = validate(value);
    assertEquals(issues?.map((issue) => issue.path), [
      ["classes", 0, "functions", 0, "function_key"],
      ["classes", 0, "functions", 1, "function_key"],
      ["dependencies", 0],
    ]);
    assert(issues?.every((issue) => issue.message.length > 0));
  }
});

Deno.test("standardSchema() answers issues for values of any type", () => {
  for (const value of [undefined, null, 1, "images", [], () => {}, { classes: 1 }]) {
    assert((validate(value).issues?.length ?? 0) > 0);
  }
});
