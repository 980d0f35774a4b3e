// Documents that are made to cost time or memory, or to do harm. Sizes are such that
// anything worse than linear would not end.
import { OPackageSchema } from "@oprc/proto/package";
import { RuntimeStateSchema } from "@oprc/proto/runtime";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { createModel } from "./create.ts";
import type { ValidationIssue } from "./issue.ts";
import { fromJson, fromJsonValue } from "./json.ts";
import { parseQuantity } from "./quantity.ts";
import { validate } from "./validate.ts";
import { ValidationError } from "./validation_error.ts";
import { fromYaml } from "./yaml.ts";

const HUGE = 100_000_000;
const MANY = 1_000_000;

function jsonIssues(text: string): readonly ValidationIssue[] {
  return assertThrows(() => fromJson(OPackageSchema, text), ValidationError).issues;
}

async function yamlIssues(text: string): Promise<readonly ValidationIssue[]> {
  return (await assertRejects(() => fromYaml(OPackageSchema, text), ValidationError)).issues;
}

function assertShort(issues: readonly ValidationIssue[]): void {
  for (const { message, path } of issues) assert(message.length < 1000 && path.length < 200);
}

Deno.test("fromJson() bears a name, a key and a text of 100,000,000 characters", () => {
  const text = "a".repeat(HUGE);
  assertShort(jsonIssues(`{"name":"${text}"}`));
  assertShort(jsonIssues(`{"name":"a","${text}":1}`));
  const pkg = fromJson(OPackageSchema, `{"name":"a","metadata":{"author":"${text}"}}`);
  assertEquals(pkg.metadata?.author.length, HUGE);
});

Deno.test("fromJson() bears 100,000,000 blanks and escaped quotes", () => {
  assertEquals(jsonIssues(`{"name":"${" ".repeat(HUGE)}"}`)[0]?.code, "EmptyPackageName");
  assertShort(jsonIssues(`{"name":"${'\\"'.repeat(HUGE / 2)}"}`));
});

Deno.test("fromYaml() bears a name of 100,000,000 characters, and tells no place in it", async () => {
  const [issue, ...others] = await yamlIssues(`name: ${"a".repeat(HUGE)}`);
  assertEquals([issue?.code, issue?.line, others.length], ["InvalidName", undefined, 0]);
});

Deno.test("fromYaml() tells places in texts up to 1,000,000 characters", async () => {
  const long = (length: number) => `name: A\n# ${"x".repeat(length - 10)}`;
  assertEquals((await yamlIssues(long(MANY)))[0]?.line, 1);
  assertEquals((await yamlIssues(long(MANY + 1)))[0]?.line, undefined);
});

Deno.test("fromJson() bears 1,000,000 levels of objects and lists", () => {
  for (const [open, close] of [["[", "]"], [`{"metadata":`, "}"], [`{"classes":[`, "]}"]]) {
    const text = open!.repeat(MANY) + "1" + close!.repeat(MANY);
    assert(jsonIssues(text).length > 0);
  }
});

Deno.test("fromJson() finds a key that stands twice behind 1,000,000 levels", () => {
  const deep = "[".repeat(MANY) + "{}" + "]".repeat(MANY);
  const text = `{"x":${deep},"name":"a","name":"b"}`;
  const issues = assertThrows(
    () => fromJson(OPackageSchema, text, { unknownFields: "ignore" }),
    ValidationError,
  ).issues;
  assertEquals(issues.map(({ code, path }) => `${code} ${path}`), ["InvalidType name"]);
});

Deno.test("fromYaml() refuses 10,000 levels in either style", async () => {
  const flow = "[".repeat(10_000) + "]".repeat(10_000);
  const block = Array.from({ length: 10_000 }, (_, i) => `${" ".repeat(i)}a:`).join("\n");
  for (const text of [flow, block]) {
    assertEquals((await yamlIssues(text)).map(({ code }) => code), ["InvalidType"]);
  }
});

Deno.test("fromJson() and validate() keep 10,000 of 1,000,000 issues", () => {
  const dependencies = new Array(MANY).fill("A");
  assertEquals(jsonIssues(JSON.stringify({ name: "a", dependencies })).length, 10_000);
  assertEquals(
    validate(OPackageSchema, createModel(OPackageSchema, { dependencies })).length,
    10_000,
  );
  const unknown = Array.from({ length: 300_000 }, (_, i) => `"k${i}":1`).join();
  assertEquals(jsonIssues(`{"name":"a",${unknown}}`).length, 10_000);
});

Deno.test("fromJson() bears 300,000 classes and functions of one key", () => {
  const parts = new Array(300_000).fill({ key: "a" });
  const issues = jsonIssues(JSON.stringify({ name: "a", classes: parts, functions: parts }));
  assertEquals(issues.length, 10_000);
});

Deno.test("parseQuantity() refuses what would cost to compute", () => {
  for (const text of ["9".repeat(HUGE), `1e${"9".repeat(8)}`, `1e-${"9".repeat(9)}`, "1e1000"]) {
    assertThrows(() => parseQuantity(text), SyntaxError);
  }
});

const harmful = [
  `{"__proto__":{"polluted":1}}`,
  `{"constructor":{"prototype":{"polluted":1}}}`,
  `{"metadata":{"__proto__":{"author":"polluted"}}}`,
  `{"name":"a","functions":[{"__proto__":{"key":"f"}}]}`,
];
for (const text of harmful) {
  Deno.test(`fromJson() and fromYaml() let ${text} touch no prototype`, async () => {
    assert(jsonIssues(text).some(({ code }) => code === "UnknownField"));
    await yamlIssues(text);
    const read = fromJson(OPackageSchema, text, { unknownFields: "ignore", validate: false });
    for (const object of [{}, [], read, read.metadata ?? {}]) {
      assertEquals((object as { polluted?: unknown }).polluted, undefined);
    }
    assertEquals(read.functions[0]?.key ?? "", "");
  });
}

Deno.test("fromJson() refuses the key __proto__ in a map", () => {
  const text =
    `{"instance_id":"a","deployment_id":"b","status":"FAILED","metadata":{"__proto__":"x"}}`;
  const { issues } = assertThrows(() => fromJson(RuntimeStateSchema, text), ValidationError);
  assertEquals(issues.map(({ code, path }) => `${code} ${path}`), [
    "InvalidName metadata.__proto__",
  ]);
});

Deno.test("fromJsonValue() bears values that hold themselves", () => {
  const cyclic: Record<string, unknown> = { name: "a" };
  cyclic.metadata = cyclic;
  cyclic.classes = [cyclic];
  const error = assertThrows(() => fromJsonValue(OPackageSchema, cyclic), ValidationError);
  assert(error.issues.length > 0);
});
