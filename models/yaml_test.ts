import { create, type DescMessage } from "@bufbuild/protobuf";
import { NfrRequirementsSchema, TimestampSchema } from "@oprc/proto/common";
import { OClassDeploymentSchema } from "@oprc/proto/deployment";
import { GetPackageRequestSchema, OClassSchema, OPackageSchema } from "@oprc/proto/package";
import { RuntimeStateSchema } from "@oprc/proto/runtime";
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { allMessages, goodPackage, goodState, random, randomMessage } from "./_fixtures.ts";
import type { ReadOptions } from "./json.ts";
import { ValidationError } from "./validation_error.ts";
import { fromYaml, toYaml } from "./yaml.ts";

/** `line:column code path` of every issue. */
async function issuesOf(
  schema: DescMessage,
  text: string,
  options?: ReadOptions,
): Promise<string[]> {
  const { issues } = await assertRejects(() => fromYaml(schema, text, options), ValidationError);
  return issues.map(({ code, path, line, column }) => `${line}:${column} ${code} ${path}`);
}

Deno.test("toYaml() writes the field names of the .proto files", () => {
  const yaml = toYaml(OPackageSchema, goodPackage());
  assertStringIncludes(yaml, "name: images\nversion: 1.4.0\nclasses:\n");
  assertStringIncludes(yaml, "function_key: resize\n");
});

Deno.test("toYaml() quotes texts that are no texts to YAML", () => {
  const pkg = create(OPackageSchema, { name: "no", version: "1.0", dependencies: ["1e3", "null"] });
  assertEquals(
    toYaml(OPackageSchema, pkg),
    "name: 'no'\nversion: '1.0'\ndependencies:\n  - '1e3'\n  - 'null'\n",
  );
});

Deno.test("fromYaml() reads back what toYaml() writes, for every message", async () => {
  const next = random(42);
  for (const schema of allMessages) {
    for (let i = 0; i < 40; i++) {
      const message = randomMessage(schema, next) as never;
      const yaml = toYaml(schema, message);
      const again = await fromYaml(schema, yaml, { validate: false });
      assertEquals(again, message, `${schema.typeName}: ${yaml}`);
    }
  }
});

Deno.test("fromYaml() takes a plain number or boolean for the text it is written as", async () => {
  const pkg = await fromYaml(
    OPackageSchema,
    `
name: 007
version: 1.10
dependencies: [1e3, 0x1F, 1_000]
metadata:
  author: true
  description: "3"
  tags: &tags [.5, ~x]
functions:
  - { key: f, name: F, package: 007, runtime: 20, handler: h, metadata: { parameters: *tags,
      resource_requirements: { cpu_request: 2, cpuLimit: 2.50, memory_request: 1Gi } } }
`,
    { validate: false },
  );
  assertEquals([pkg.name, pkg.version], ["007", "1.10"]);
  assertEquals(pkg.dependencies, ["1e3", "0x1F", "1_000"]);
  assertEquals([pkg.metadata?.author, pkg.metadata?.description], ["true", "3"]);
  const { runtime, metadata } = pkg.functions[0]!;
  assertEquals([runtime, metadata?.parameters], ["20", [".5", "~x"]]);
  const { cpuRequest, cpuLimit } = metadata!.resourceRequirements!;
  assertEquals([cpuRequest, cpuLimit], ["2", "2.50"]);
});

Deno.test("fromYaml() keeps every digit of a 64-bit integer", async () => {
  const { seconds } = await fromYaml(TimestampSchema, "seconds: 9007199254740993");
  assertEquals(seconds, 9_007_199_254_740_993n);
});

Deno.test("fromYaml() asks for quotes where the text of a value can't be had", async () => {
  // A tag stands in the way of reading the document as nothing but texts.
  const { issues } = await assertRejects(
    () => fromYaml(GetPackageRequestSchema, "# a comment\nname: !!float 3"),
    ValidationError,
  );
  assertEquals(issues, [{
    code: "InvalidType",
    path: "name",
    message: "name is 3: expected a text, in quotes",
    line: 2,
    column: 15,
  }]);
});

Deno.test("fromYaml() takes an empty value for a field that is left out", async () => {
  const pkg = await fromYaml(OPackageSchema, "name: a\nversion:\nclasses: ~\nmetadata: null\n");
  assertEquals(pkg, create(OPackageSchema, { name: "a" }));
});

Deno.test("fromYaml() reads a plain time as a timestamp", async () => {
  const state = await fromYaml(
    RuntimeStateSchema,
    "{instance_id: a, deployment_id: b, status: running, last_heartbeat: 1970-01-01T00:00:01.5Z}",
  );
  assertEquals(state.lastHeartbeat, create(TimestampSchema, { seconds: 1n, nanos: 500_000_000 }));
});

Deno.test("fromYaml() reads aliases, multi-line texts and keys in camelCase", async () => {
  const cls = await fromYaml(
    OClassSchema,
    `
key: &name thumbnail
name: |
  Two
  lines
package: *name
functions:
  - functionKey: >-
      fold
`,
    { validate: false },
  );
  assertEquals([cls.key, cls.name, cls.package], ["thumbnail", "Two\nlines\n", "thumbnail"]);
  assertEquals(cls.functions[0]!.functionKey, "fold");
});

Deno.test("fromYaml() tells line and column of every issue, in order", async () => {
  const text = `# A package with faults
name: Images
version: one
classes:
  - key: thumbnail
    name: Thumbnail
    package: image
    functions:
      - functionKey: resize
        accessModifier: open
      - function_key: resize
    colour: red
  - name: Empty
    package: Images
    functions: []
functions:
  - {key: resize, name: Resize, package: Images, runtime: , handler: mod.ts}
dependencies: [storage, ""]
disabled: maybe
`;
  assertEquals(await issuesOf(OPackageSchema, text), [
    "2:7 InvalidName name",
    "3:10 InvalidVersion version",
    "7:14 PackageMismatch classes[0].package",
    "10:25 InvalidStatus classes[0].functions[0].access_modifier",
    "11:23 DuplicateBinding classes[0].functions[1].function_key",
    "12:5 UnknownField classes[0].colour",
    "13:5 EmptyClassKey classes[1].key",
    "15:16 EmptyFunctionBindings classes[1].functions",
    "17:50 EmptyField functions[0].runtime",
    "18:25 EmptyDependencyName dependencies[1]",
    "19:11 InvalidType disabled",
  ]);
});

Deno.test("fromYaml() finds the place behind an alias", async () => {
  const text = `metadata: { tags: &list [a, [b]] }
name: a
dependencies: *list
`;
  assertEquals(await issuesOf(OPackageSchema, text), [
    "1:29 InvalidType dependencies[1]",
    "1:29 InvalidType metadata.tags[1]",
  ]);
});

Deno.test("fromYaml() finds the place of a key with Windows line ends and wide characters", async () => {
  assertEquals(await issuesOf(GetPackageRequestSchema, "# 🎉\r\nname: a\r\nc: 1\r\n"), [
    "3:1 UnknownField c",
  ]);
});

const syntax: readonly [name: string, text: string, at: string][] = [
  ["an unclosed list", "name: a\nclasses: [", "2:11"],
  ["an unclosed quote", 'name: "a', "1:9"],
  ["a key given twice", "name: a\nname: b", "2:1"],
  ["an unknown alias", "name: *a", "1:9"],
  ["an unknown tag", "name: !custom a", "1:16"],
  ["a second document", "name: a\n---\nname: b", "2:1"],
  ["bad indentation", "name: a\n  version: 1", "2:10"],
];

for (const [name, text, at] of syntax) {
  Deno.test(`fromYaml() reports ${name} with its position`, async () => {
    const error = await assertRejects(() => fromYaml(OPackageSchema, text), ValidationError);
    assertEquals(error.issues.length, 1);
    const { code, path, line, column, message } = error.issues[0]!;
    assertEquals([code, path, `${line}:${column}`], ["InvalidType", "", at]);
    assert(message.startsWith("the text is no YAML: ") && !message.includes("\n"), message);
    assert(error.cause instanceof SyntaxError);
  });
}

Deno.test("fromYaml() refuses a document that is no mapping", async () => {
  for (const text of ["", "# only a comment", "~", "- name: a", "name", "3"]) {
    const { issues } = await assertRejects(() => fromYaml(OPackageSchema, text), ValidationError);
    assertEquals(issues.map(({ code, path }) => `${code} ${path}`), ["InvalidType "], text);
  }
});

Deno.test("fromYaml() refuses both spellings of one key", async () => {
  assertEquals(
    await issuesOf(GetPackageRequestSchema, "name: a\nfoo: 1\n"),
    ["2:1 UnknownField foo"],
  );
  const text = "key: a\nname: a\npackage: a\nfunctions: [{function_key: f, functionKey: f}]\n";
  assertEquals(await issuesOf(OClassSchema, text), [
    "4:28 InvalidType functions[0].function_key",
  ]);
});

Deno.test("fromYaml() explains that there are no merge keys", async () => {
  const text = "base: &base {name: a}\n<<: *base\nname: b\n";
  const { issues } = await assertRejects(
    () => fromYaml(GetPackageRequestSchema, text),
    ValidationError,
  );
  assertEquals(issues.map((issue) => issue.path), ["base", `["<<"]`]);
  assertStringIncludes(issues[1]!.message, "no merge keys");
});

Deno.test("fromYaml() takes the options of fromJson()", async () => {
  const text = "name: Not a name\nfuture: {a: [1]}\n";
  const pkg = await fromYaml(OPackageSchema, text, { validate: false, unknownFields: "ignore" });
  assertEquals(pkg, create(OPackageSchema, { name: "Not a name" }));
  assertEquals(await issuesOf(OPackageSchema, text, { unknownFields: "ignore" }), [
    "1:7 InvalidName name",
  ]);
});

Deno.test("fromYaml() reads the special numbers of YAML", async () => {
  assertEquals(await issuesOf(NfrRequirementsSchema, "availability: .nan\n"), [
    "1:15 InvalidNfrRequirement availability",
  ]);
  const deployment = await fromYaml(
    OClassDeploymentSchema,
    "nfr_requirements: {max_latency_ms: 0x10, availability: .5}",
    { validate: false },
  );
  assertEquals(deployment.nfrRequirements?.maxLatencyMs, 16);
  assertEquals(deployment.nfrRequirements?.availability, 0.5);
});

Deno.test("fromYaml() bounds what aliases expand to", async () => {
  const text = `name: a
metadata: { tags: &f [${"{},".repeat(2000)}] }
classes: [${"{functions: *f},".repeat(2000)}]
`;
  const { issues } = await assertRejects(() => fromYaml(OPackageSchema, text), ValidationError);
  assert(issues.some((issue) => issue.message.includes("aliases expand to more than")));
});

Deno.test("fromYaml() bears aliases of aliases and mappings that hold themselves", async () => {
  const bomb = Array.from(
    { length: 30 },
    (_, i) => `k${i}: &k${i} [${i === 0 ? "x" : Array(9).fill(`*k${i - 1}`).join()}]`,
  ).join("\n");
  const ignore = { unknownFields: "ignore" } as const;
  await fromYaml(GetPackageRequestSchema, `name: a\n${bomb}`, ignore);
  assertEquals(
    await issuesOf(GetPackageRequestSchema, `${bomb}\nname: *k29`, ignore),
    ["31:7 InvalidType name"],
  );
  assertEquals(await issuesOf(OPackageSchema, "&a\nname: a\nclasses: [*a]\n", ignore), [
    "3:11 EmptyClassKey classes[0].key",
    "3:11 EmptyField classes[0].package",
    "3:11 EmptyFunctionBindings classes[0].functions",
  ]);
});

Deno.test("fromYaml() refuses documents that nest too deeply", async () => {
  for (const text of ["[".repeat(100_000), "- ".repeat(100_000), "{a: ".repeat(100_000)]) {
    const { issues } = await assertRejects(() => fromYaml(OPackageSchema, text), ValidationError);
    assertEquals(issues.length, 1);
    assertEquals(issues[0]!.message, "the text is no YAML to read: it nests too deeply");
  }
});

Deno.test("fromYaml() doesn't let a document touch prototypes", async () => {
  assertEquals(await issuesOf(GetPackageRequestSchema, "name: a\n__proto__: {polluted: 1}\n"), [
    "2:1 UnknownField __proto__",
  ]);
  const state = toYaml(RuntimeStateSchema, goodState())
    .replace("metadata:\n", "metadata:\n  __proto__: x\n");
  const [issue] = await issuesOf(RuntimeStateSchema, state);
  assertStringIncludes(issue!, "InvalidName metadata.__proto__");
  assertEquals(({} as { polluted?: unknown }).polluted, undefined);
});

Deno.test({
  name: "fromYaml() finds places with no permission but for two variables",
  permissions: { env: ["LOG_STREAM", "LOG_TOKENS"] },
  fn: async () => {
    assertEquals(await issuesOf(GetPackageRequestSchema, "name: A"), ["1:7 InvalidName name"]);
  },
});

Deno.test({
  name: "fromYaml() tells the issues without places where it has no permission",
  permissions: "none",
  fn: async () => {
    const { name } = await fromYaml(GetPackageRequestSchema, "name: a");
    assertEquals(name, "a");
    assertEquals(await issuesOf(GetPackageRequestSchema, "name: A"), [
      "undefined:undefined InvalidName name",
    ]);
    assertEquals(await issuesOf(GetPackageRequestSchema, "name: ["), ["1:8 InvalidType "]);
  },
});
