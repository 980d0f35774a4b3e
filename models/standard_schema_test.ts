import { OPackageSchema } from "@oprc/proto/package";
import { assert, assertEquals } from "@std/assert";
import { type } from "arktype";
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

Deno.test("standardSchema() goes into a type of ArkType, which takes any Standard Schema", () => {
  const Upload = type({ sender: "string", package: standardSchema(OPackageSchema) });

  const good = Upload({ sender: "ada", package: { name: "images", version: "1.0.0" } });
  assert(!(good instanceof type.errors));
  // The compiler knows that it is a message.
  const name: string = good.package.name;
  assertEquals([name, good.package.$typeName], ["images", "oaas.package.OPackage"]);

  const bad = Upload({ sender: 1, package: { name: "images", dependencies: ["", "B"] } });
  assert(bad instanceof type.errors);
  assertEquals(bad.map((error) => [...error.path]), [
    ["sender"],
    ["package", "dependencies", 0],
    ["package", "dependencies", 1],
  ]);
  assert(bad.summary.includes("dependencies[0] is empty"));
});
