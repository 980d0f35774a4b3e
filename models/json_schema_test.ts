import { assert, assertEquals } from "@std/assert";
import { Ajv2020 } from "ajv/dist/2020.js";
import { type DescMessage, type MessageShape, toJson as toProtoJson } from "@bufbuild/protobuf";
import { DurationSchema, file_google_protobuf_struct } from "@bufbuild/protobuf/wkt";
import { OClassDeploymentSchema } from "@oprc/proto/deployment";
import {
  FunctionBindingSchema,
  GetPackageResponseSchema,
  OPackageSchema,
} from "@oprc/proto/package";
import { RuntimeStateSchema } from "@oprc/proto/runtime";
import {
  allMessages,
  goodDeployment,
  goodPackage,
  goodState,
  random,
  randomMessage,
} from "./_fixtures.ts";
import { allRules } from "./_rules.ts";
import { canSay } from "./_schema_rules.ts";
import type { IssueCode } from "./issue.ts";
import { fromJson, toJsonValue } from "./json.ts";
import { jsonSchema } from "./json_schema.ts";
import { isValidationError } from "./validation_error.ts";

// deno-lint-ignore no-explicit-any
type Loose = any;

const ajv = new Ajv2020({ allowUnionTypes: true });

Deno.test("jsonSchema() makes a schema of every message that ajv takes in its strict mode", () => {
  for (const schema of allMessages) {
    const strict = new Ajv2020({ allowUnionTypes: true });
    assert(strict.validateSchema(jsonSchema(schema)), schema.typeName);
    strict.compile(jsonSchema(schema));
    strict.compile(jsonSchema(schema, { format: "yaml", unknownFields: "ignore" }));
  }
});

Deno.test("jsonSchema() knows of every rule whether it can say it", () => {
  for (const { schema, fields } of allRules) {
    for (const [name, { own, each }] of fields) {
      for (const rule of [...own, ...each]) {
        assert(canSay(rule) !== undefined, `${schema.typeName}.${name}: ${rule.must}`);
      }
    }
  }
});

Deno.test("jsonSchema() carries titles, the .proto files' comments, and the rules in words", () => {
  const schema: Loose = jsonSchema(OPackageSchema);
  assertEquals(schema.title, "OPackage");
  assert(schema.description.startsWith("A package: the unit in which classes"));
  assert(schema.properties.version.description.startsWith("Semantic version, such as `1.4.0`"));
  assert(schema.properties.version.description.includes("Must be a semantic version"));
  for (const message of allMessages) {
    const made: Loose = jsonSchema(message);
    assert(made.description?.length > 0, `${message.typeName} has no description`);
    for (const object of [made, ...Object.values<Loose>(made.$defs ?? {})]) {
      for (const [name, value] of Object.entries<Loose>(object.properties ?? {})) {
        assert(value.title === name && value.description?.length > 0, `${object.title}.${name}`);
      }
    }
  }
});

Deno.test("jsonSchema() offers one spelling of a key and takes both", () => {
  const schema: Loose = jsonSchema(FunctionBindingSchema);
  assertEquals(Object.keys(schema.properties), ["function_key", "access_modifier", "parameters"]);
  assert(ajv.validate(schema, { function_key: "a" }));
  assert(ajv.validate(schema, { functionKey: "a" }));
  assert(!ajv.validate(schema, { function_key: "a", functionKey: "a" }));
  assert(!ajv.validate(schema, {}));
});

Deno.test("jsonSchema() offers the values of a status and takes any letter case", () => {
  const schema: Loose = jsonSchema(FunctionBindingSchema);
  assertEquals(schema.properties.access_modifier.anyOf[0].enum, [
    "PUBLIC",
    "INTERNAL",
    "PRIVATE",
    "",
  ]);
  for (const access_modifier of ["PUBLIC", "public", "Private", "", null]) {
    assert(ajv.validate(schema, { function_key: "a", access_modifier }), `${access_modifier}`);
  }
  assert(!ajv.validate(schema, { function_key: "a", access_modifier: "PROTECTED" }));
});

Deno.test("jsonSchema() for YAML takes plain numbers and booleans for texts", () => {
  const pkg = { name: "images", version: 1.1, metadata: { author: true } };
  assert(!ajv.validate(jsonSchema(OPackageSchema), pkg));
  assert(ajv.validate(jsonSchema(OPackageSchema, { format: "yaml" }), pkg));
  const binding = { function_key: 1, access_modifier: true };
  assert(!ajv.validate(jsonSchema(FunctionBindingSchema, { format: "yaml" }), binding));
  assert(ajv.validate(jsonSchema(FunctionBindingSchema, { format: "yaml" }), { function_key: 1 }));
});

Deno.test("jsonSchema() lets unknown keys and enum values pass where they are ignored", () => {
  const options = { unknownFields: "ignore" } as const;
  const response = { status: "LATER", colour: 1, package: { name: "a", colour: 1 } };
  assert(!ajv.validate(jsonSchema(GetPackageResponseSchema), response));
  assert(ajv.validate(jsonSchema(GetPackageResponseSchema, options), response));
  fromJson(GetPackageResponseSchema, JSON.stringify(response), options);
});

Deno.test("jsonSchema() takes anything where a message is not of the contract's kind", () => {
  for (const schema of [DurationSchema, ...file_google_protobuf_struct.messages]) {
    assert(ajv.validate(jsonSchema(schema), "1s"));
  }
});

/** Issues of which JSON Schema may know nothing. */
const mayPass: ReadonlySet<IssueCode> = new Set<IssueCode>([
  "DuplicateBinding",
  "DuplicateClassKey",
  "DuplicateFunctionKey",
  "PackageMismatch",
  "UnknownFunction",
]);

function agree(schema: DescMessage, isAccepted: boolean, value: unknown): boolean {
  const text = JSON.stringify(value);
  try {
    fromJson(schema, text);
    assert(isAccepted, `the schema refuses ${text}`);
    return true;
  } catch (error) {
    if (!isValidationError(error)) throw error;
    if (!isAccepted) return true;
    const sayable = error.issues.filter(({ code, message }) =>
      !mayPass.has(code) && !message.includes("below the") &&
      // Numbers in quotes have no bounds in JSON Schema.
      !/^\S+ is (?:NaN|-?Infinity|"?-?\d[\d.e]*"?): expected a (?:whole |64-bit )?/.test(message)
    );
    assertEquals(sayable, [], text);
    return false;
  }
}

Deno.test("jsonSchema() agrees with the rules on random messages of every type", () => {
  const next = random(11);
  for (const schema of allMessages) {
    const validate = ajv.compile(jsonSchema(schema));
    for (let i = 0; i < 100; i++) {
      const message = randomMessage(schema, next) as MessageShape<DescMessage>;
      for (const useProtoFieldName of [true, false]) {
        const value = toProtoJson(schema, message, { useProtoFieldName });
        agree(schema, validate(value), value);
      }
    }
  }
});

const EDGES: readonly unknown[] = [
  undefined,
  null,
  "",
  " ",
  "a",
  "A",
  "a/b",
  "a-",
  "a".repeat(253),
  "a".repeat(254),
  "1.0",
  "1",
  "01",
  "-1",
  "1e3",
  "1e999",
  "1e1000",
  "100m",
  "public",
  "running",
  "2026-01-31T12:00:00Z",
  0,
  1,
  -1,
  0.5,
  2 ** 32,
  2 ** 53,
  true,
  [],
  [1],
  [null],
  ["a"],
  {},
  { a: "b" },
];

function placesOf(value: Loose, found: [Loose, string][] = []): [Loose, string][] {
  for (const key of Object.keys(value)) {
    found.push([value, key]);
    if (typeof value[key] === "object" && value[key] !== null) placesOf(value[key], found);
  }
  return found;
}

for (
  const [schema, good] of [
    [OPackageSchema, toJsonValue(OPackageSchema, goodPackage())],
    [OClassDeploymentSchema, toJsonValue(OClassDeploymentSchema, goodDeployment())],
    [RuntimeStateSchema, toJsonValue(RuntimeStateSchema, goodState())],
  ] as const
) {
  Deno.test(`jsonSchema() agrees with the rules wherever a ${schema.name} is changed`, () => {
    const validate = ajv.compile(jsonSchema(schema));
    assert(validate(good));
    for (let i = 0; i < placesOf(good).length; i++) {
      for (const value of EDGES) {
        const document = structuredClone(good);
        const [holder, key] = placesOf(document)[i]!;
        holder[key] = value;
        const given = JSON.parse(JSON.stringify(document));
        agree(schema, validate(given), given);
      }
    }
  });
}
