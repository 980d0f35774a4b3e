import { create, createFileRegistry, type DescMessage } from "@bufbuild/protobuf";
import {
  FieldDescriptorProto_Label,
  FieldDescriptorProto_Type,
  FileDescriptorProtoSchema,
  StructSchema,
} from "@bufbuild/protobuf/wkt";
import { NfrRequirementsSchema, StatusCode, TimestampSchema } from "@oprc/proto/common";
import { GetDeploymentStatusResponseSchema } from "@oprc/proto/deployment";
import {
  DeletePackageResponseSchema,
  GetPackageRequestSchema,
  OClassSchema,
  type OPackage,
  OPackageSchema,
} from "@oprc/proto/package";
import { ListActiveInstancesRequestSchema, RuntimeStateSchema } from "@oprc/proto/runtime";
import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { allMessages, goodPackage, goodState, random, randomMessage } from "./_fixtures.ts";
import { fromJson, fromJsonValue, type ReadOptions, toJson, toJsonValue } from "./json.ts";
import { validate } from "./validate.ts";
import { ValidationError } from "./validation_error.ts";

const REPEATED = FieldDescriptorProto_Label.REPEATED;

/** The error that reading a text ends in. */
function errorOf(schema: DescMessage, text: string, options?: ReadOptions): ValidationError {
  return assertThrows(() => fromJson(schema, text, options), ValidationError);
}

/** `code path` of every issue. */
function issuesOf(schema: DescMessage, value: unknown, options?: ReadOptions): string[] {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return errorOf(schema, text, options).issues.map(({ code, path }) => `${code} ${path}`);
}

/** The good package as a JSON value that a test may change. */
// deno-lint-ignore no-explicit-any
function packageValue(): any {
  return toJsonValue(OPackageSchema, goodPackage());
}

Deno.test("toJson() writes the field names of the .proto files", () => {
  const json = toJson(OPackageSchema, goodPackage());
  assertStringIncludes(json, `"function_key":"resize","access_modifier":"PUBLIC"`);
  assertStringIncludes(json, `"created_at":{"seconds":"1700000000","nanos":5}`);
  assertEquals(json.includes("\n"), false);
});

Deno.test("toJson() indents on request", () => {
  const request = create(GetPackageRequestSchema, { name: "a" });
  assertEquals(toJson(GetPackageRequestSchema, request, { indent: 2 }), `{\n  "name": "a"\n}`);
});

Deno.test("toJson() refuses a message with content of wrong types", () => {
  const request = create(GetPackageRequestSchema, { name: 7 as unknown as string });
  assertThrows(
    () => toJson(GetPackageRequestSchema, request),
    TypeError,
    "Cannot write message oaas.package.GetPackageRequest",
  );
});

Deno.test("fromJson() reads back what toJson() writes, for every message", () => {
  const next = random(42);
  for (const schema of allMessages) {
    for (let i = 0; i < 60; i++) {
      const message = randomMessage(schema, next) as OPackage;
      const json = toJson(schema as typeof OPackageSchema, message);
      const again = fromJson(schema, json, { validate: false });
      assertEquals(again, message, `${schema.typeName}: ${json}`);
    }
  }
});

Deno.test("fromJson() reads keys in snake_case and camelCase", () => {
  const snake = toJson(OPackageSchema, goodPackage());
  const camel = snake.replaceAll(
    /"([a-z_]+)":/g,
    (_, key: string) => `"${key.replaceAll(/_([a-z])/g, (_, it: string) => it.toUpperCase())}":`,
  );
  assertStringIncludes(camel, `"functionKey"`);
  assertEquals(fromJson(OPackageSchema, camel), goodPackage());
});

Deno.test("fromJson() reads a timestamp as RFC 3339 or as seconds and nanos", () => {
  const expected = create(TimestampSchema, { seconds: 1_769_862_896n, nanos: 120_000_000 });
  for (
    const text of [
      `"2026-01-31T12:34:56.12Z"`,
      `"2026-01-31T14:34:56.12+02:00"`,
      `{"seconds":"1769862896","nanos":120000000}`,
      `{"seconds":1769862896,"nanos":1.2e8}`,
      `{"seconds":"1.769862896e9","nanos":"120000000"}`,
    ]
  ) assertEquals(fromJson(TimestampSchema, text), expected, text);
  assertEquals(issuesOf(TimestampSchema, `"yesterday"`), ["InvalidType "]);
  const value = packageValue();
  value.metadata.created_at = "2026-02-30T00:00:00Z";
  assertEquals(issuesOf(OPackageSchema, value), ["InvalidType metadata.created_at"]);
});

Deno.test("fromJson() keeps every digit of a 64-bit integer", () => {
  for (const seconds of ["9223372036854775807", "-9223372036854775808", "9007199254740993"]) {
    assertEquals(fromJson(TimestampSchema, `{"seconds":"${seconds}"}`).seconds, BigInt(seconds));
  }
  assertEquals(fromJsonValue(TimestampSchema, { seconds: 2n ** 60n }).seconds, 2n ** 60n);
});

Deno.test("fromJson() refuses a 64-bit integer that has lost digits or is out of range", () => {
  assertEquals(issuesOf(TimestampSchema, `{"seconds":9007199254740993}`), ["InvalidType seconds"]);
  assertEquals(issuesOf(TimestampSchema, `{"seconds":"9223372036854775808"}`), [
    "OutOfRange seconds",
  ]);
  assertEquals(issuesOf(TimestampSchema, `{"seconds":"12x"}`), ["InvalidType seconds"]);
});

Deno.test("fromJson() takes null for a field that is left out", () => {
  const request = fromJson(ListActiveInstancesRequestSchema, `{"deployment_id":null,"limit":null}`);
  assertEquals(request, create(ListActiveInstancesRequestSchema));
});

Deno.test("fromJson() reads enum values by name and by number", () => {
  for (const status of [`"NOT_FOUND"`, "2"]) {
    const response = fromJson(DeletePackageResponseSchema, `{"status":${status}}`);
    assertEquals(response.status, StatusCode.NOT_FOUND);
  }
  const error = errorOf(DeletePackageResponseSchema, `{"status":"NOTFOUND"}`);
  assertEquals(error.issues[0]!.code, "InvalidType");
  assertStringIncludes(error.issues[0]!.message, "did you mean NOT_FOUND?");
  assertEquals(issuesOf(DeletePackageResponseSchema, `{"status":1.5}`), ["OutOfRange status"]);
  assertEquals(issuesOf(DeletePackageResponseSchema, `{"status":true}`), ["InvalidType status"]);
});

Deno.test("fromJson() drops an enum value of a newer peer together with unknown fields", () => {
  const response = fromJson(DeletePackageResponseSchema, `{"status":"NEW"}`, {
    unknownFields: "ignore",
  });
  assertEquals(response.status, StatusCode.OK);
});

Deno.test("fromJson() tells the rules' issues with the path in the document", () => {
  const value = packageValue();
  value.classes[0].functions[1].function_key = "video/cut";
  value.functions[0].handler = "";
  assertEquals(issuesOf(OPackageSchema, value), [
    "UnknownFunction classes[0].functions[1].function_key",
    "EmptyField functions[0].handler",
  ]);
});

Deno.test("fromJson() tells wrong types, unknown keys and broken rules at once, in order", () => {
  const value = packageValue();
  value.version = 1;
  value.classes[0].key = "a/b";
  value.classes[1].colour = "red";
  value.functions[0].metadata.parameters = "width";
  value.functions[1].runtime = "";
  value.disabled = "no";
  value.extra = {};
  assertEquals(issuesOf(OPackageSchema, value), [
    "InvalidType version",
    "InvalidName classes[0].key",
    "UnknownField classes[1].colour",
    "InvalidType functions[0].metadata.parameters",
    "EmptyField functions[1].runtime",
    "InvalidType disabled",
    "UnknownField extra",
  ]);
});

Deno.test("fromJson() says what type each value should have", () => {
  const value = {
    name: 1,
    version: [],
    classes: {},
    functions: [null, 3, { metadata: "x" }],
    dependencies: [{}],
    disabled: 0,
  };
  const { issues } = errorOf(OPackageSchema, JSON.stringify(value));
  const messages = issues.filter((issue) => issue.code === "InvalidType").map((it) => it.message);
  assertEquals(messages, [
    "name is 1: expected a text, in double quotes",
    "version is a list: expected a text",
    "classes is an object: expected a list",
    "functions[0] is null: expected an object",
    "functions[1] is 3: expected an object",
    `functions[2].metadata is "x": expected an object`,
    "dependencies[0] is an object: expected a text",
    "disabled is 0: expected true or false",
  ]);
});

Deno.test("fromJson() makes one issue of one fault", () => {
  const lose: readonly [expected: string, (value: ReturnType<typeof packageValue>) => void][] = [
    ["InvalidType name", (v) => v.name = 5],
    ["UnknownField nmae", (v) => (v.nmae = v.name, delete v.name)],
    ["InvalidType functions", (v) => v.functions = "none"],
    ["UnknownField fnctions", (v) => (v.fnctions = v.functions, delete v.functions)],
    ["InvalidType functions[0]", (v) => v.functions[0] = null],
    ["InvalidType functions[0].key", (v) => v.functions[0].key = 7],
    [
      "UnknownField functions[0].kye",
      (v) => (v.functions[0].kye = "resize", delete v.functions[0].key),
    ],
    ["InvalidType dependencies", (v) => v.dependencies = "storage"],
    ["InvalidType dependencies[0]", (v) => v.dependencies[0] = 1],
    ["InvalidType classes[0].functions[0]", (v) => v.classes[0].functions[0] = 1],
    ["UnknownField classes[0].functoins", (v) => {
      v.classes[0].functoins = v.classes[0].functions;
      delete v.classes[0].functions;
    }],
  ];
  for (const [expected, change] of lose) {
    const value = packageValue();
    change(value);
    assertEquals(issuesOf(OPackageSchema, value), [expected]);
  }
});

Deno.test("fromJson() suggests the field that was meant", () => {
  const value = packageValue();
  value.classes[0].statespec = {};
  const [issue] = errorOf(OPackageSchema, JSON.stringify(value)).issues;
  assertEquals(
    issue?.message,
    "classes[0].statespec is not a field of OClass: did you mean state_spec?",
  );
  const [other] = errorOf(GetPackageRequestSchema, `{"name":"a","colour":1}`).issues;
  assertEquals(other?.message, "colour is not a field of GetPackageRequest: expected name");
});

Deno.test("fromJson() ignores unknown keys on request, whatever they hold", () => {
  const value = { name: "a", extra: { deep: [1, { name: 3 }] }, __proto__x: 1 };
  const options = { unknownFields: "ignore" } as const;
  assertEquals(
    fromJson(GetPackageRequestSchema, JSON.stringify(value), options),
    create(GetPackageRequestSchema, { name: "a" }),
  );
});

Deno.test("fromJson() leaves the rules out on request, but never the types", () => {
  const options = { validate: false } as const;
  assertEquals(fromJson(OPackageSchema, "{}", options), create(OPackageSchema));
  assertEquals(issuesOf(OPackageSchema, `{"name":1}`, options), ["InvalidType name"]);
  assertEquals(issuesOf(NfrRequirementsSchema, `{"max_latency_ms":-1}`, options), [
    "OutOfRange max_latency_ms",
  ]);
  assertEquals(issuesOf(NfrRequirementsSchema, `{"max_latency_ms":-1}`), [
    "InvalidNfrRequirement max_latency_ms",
  ]);
});

Deno.test("fromJson() refuses a key that is given twice", () => {
  const { issues } = errorOf(
    OPackageSchema,
    `{
  "name": "a", "classes": [],
  "classes": [
    {}, { "key": "c", "name": "c", "package": "a", "functions": [], "k\\u0065y": "d" }
  ]
}`,
    { validate: false },
  );
  assertEquals(issues.map(({ code, path, line, column }) => [code, path, line, column]), [
    ["InvalidType", "classes", 3, 3],
    ["InvalidType", "classes[1].key", 4, 69],
  ]);
});

Deno.test("fromJson() finds keys given twice behind quotes and brackets in texts", () => {
  const tricky = { 'a"b\\': '{[,:"name":', "}": ["]", { "\\": '\\"' }, []], name: "x" };
  const metadata = JSON.stringify(tricky).slice(0, -1) + `,"}":1}`;
  const { issues } = errorOf(GetPackageRequestSchema, `{"name":"a","x":${metadata}}`, {
    unknownFields: "ignore",
  });
  assertEquals(issues.map((issue) => issue.path), [`x["}"]`]);
});

Deno.test("fromJson() refuses both spellings of one key", () => {
  const text = `{"key":"c","name":"c","package":"p","functions":[{"function_key":"f"}],
    "stateSpec":{},"state_spec":null}`;
  const { issues } = errorOf(OClassSchema, text);
  assertEquals(issues.map(({ code, path }) => [code, path]), [["InvalidType", "state_spec"]]);
  assertStringIncludes(issues[0]!.message, "also as stateSpec");
});

Deno.test("fromJson() tells a field before what lies in it", () => {
  const text = `{"key":"c","name":"c","package":"p","functions":[{"function_key":"f"}],
    "state_spec":{"x":1},"stateSpec":{}}`;
  assertEquals(issuesOf(OClassSchema, text), [
    "InvalidType state_spec",
    "UnknownField state_spec.x",
  ]);
});

Deno.test("fromJson() still tells an unknown function when other parts can't be read", () => {
  const value = packageValue();
  value.classes[0].functions[0].function_key = "rotate";
  value.functions[0].metadata = "none";
  assertEquals(issuesOf(OPackageSchema, value), [
    "UnknownFunction classes[0].functions[0].function_key",
    "InvalidType functions[0].metadata",
  ]);
});

Deno.test("fromJson() reports a syntax error with its position", () => {
  const { issues, cause } = errorOf(OPackageSchema, `{\n  "name": "a",\n}`);
  assertEquals(issues.length, 1);
  const [{ code, path, line, column }] = issues as [typeof issues[0]];
  assertEquals([code, path, line, column], ["InvalidType", "", 3, 1]);
  assert(cause instanceof SyntaxError);
  assertEquals(errorOf(OPackageSchema, `{"name":`).issues[0]!.column, 9);
  for (const text of ["", "nope", "{'a':1}", '{"name":NaN}']) {
    assertEquals(issuesOf(OPackageSchema, text), ["InvalidType "], text);
  }
});

Deno.test("fromJson() refuses a document that is no object", () => {
  for (const text of ["null", "[]", "1", `"name: a"`, "true"]) {
    assertEquals(issuesOf(OPackageSchema, text), ["InvalidType "], text);
  }
});

Deno.test("fromJson() doesn't let a document touch prototypes", () => {
  const value =
    `{"name":"a","__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}`;
  assertEquals(issuesOf(GetPackageRequestSchema, value), [
    "UnknownField __proto__",
    "UnknownField constructor",
  ]);
  fromJson(GetPackageRequestSchema, value, { unknownFields: "ignore" });
  const state = toJson(RuntimeStateSchema, goodState())
    .replace(`"metadata":{`, `"metadata":{"__proto__":"x",`);
  assertEquals(issuesOf(RuntimeStateSchema, state), ["InvalidName metadata.__proto__"]);
  assertEquals(({} as { polluted?: unknown }).polluted, undefined);
});

Deno.test("fromJson() bears documents that nest deeply", () => {
  const deep = "[".repeat(100_000) + "]".repeat(100_000);
  assertEquals(issuesOf(OPackageSchema, deep), ["InvalidType "]);
  assertEquals(issuesOf(GetPackageRequestSchema, `{"name":${deep}}`), ["InvalidType name"]);
  fromJson(GetPackageRequestSchema, `{"name":"a","x":${deep}}`, { unknownFields: "ignore" });
});

Deno.test("fromJson() keeps a bounded number of issues, and says each in few words", () => {
  const keys = Array.from({ length: 50_000 }, (_, i) => `"k${i}":0`).join();
  const { issues } = errorOf(OPackageSchema, `{"name":"","functions":[{}],${keys}}`);
  assertEquals(issues.length, 10_000);
  const twice = errorOf(GetPackageRequestSchema, `{"name":"a"${`,"name":"a"`.repeat(20_000)}}`);
  assertEquals(twice.issues.length, 10_000);
  const [issue] = errorOf(GetPackageRequestSchema, `{"${"k".repeat(100_000)}":1}`, {
    validate: false,
  }).issues;
  assert(issue!.message.length < 300 && issue!.path.length < 300);
});

Deno.test("fromJson() bears values of every type in every field", () => {
  const next = random(7);
  const odd = [
    null,
    true,
    0,
    -1,
    1e400,
    "",
    "x",
    "NaN",
    [],
    [[]],
    [null],
    {},
    { "": {} },
    "\ud800",
  ];
  const oddOf = () => odd[Math.floor(next() * odd.length)];
  for (const schema of allMessages) {
    for (let i = 0; i < 30; i++) {
      const value = Object.fromEntries(schema.fields.map((field) => {
        const it = oddOf();
        return [next() < 0.5 ? field.name : field.jsonName, next() < 0.3 ? [it, oddOf()] : it];
      }));
      try {
        const message = fromJson(schema, JSON.stringify(value));
        assertEquals(validate(schema, message), []);
      } catch (error) {
        assert(error instanceof ValidationError, `${schema.typeName}: ${error}`);
      }
    }
  }
});

Deno.test("fromJson() reads special numbers and leaves them to the rules", () => {
  for (const value of [`"NaN"`, `"Infinity"`, `"-Infinity"`, "1.5", `"1.5"`]) {
    assertEquals(issuesOf(NfrRequirementsSchema, `{"availability":${value}}`), [
      "InvalidNfrRequirement availability",
    ]);
  }
  assertEquals(fromJson(NfrRequirementsSchema, `{"availability":"9e-1"}`).availability, 0.9);
  for (const value of [`""`, `" 1"`, `"0x1"`, `"nan"`, "[]", "true"]) {
    assertEquals(issuesOf(NfrRequirementsSchema, `{"availability":${value}}`), [
      "InvalidType availability",
    ]);
  }
});

Deno.test("fromJson() refuses lone surrogates", () => {
  assertEquals(issuesOf(GetPackageRequestSchema, `{"name":"\\ud800"}`), ["InvalidType name"]);
});

Deno.test("fromJson() reads lists and maps of every kind of value", () => {
  const file = create(FileDescriptorProtoSchema, {
    name: "other.proto",
    package: "other",
    syntax: "proto3",
    messageType: [{
      name: "Other",
      field: [
        { name: "numbers", number: 1, label: REPEATED, type: FieldDescriptorProto_Type.INT32 },
        {
          name: "colours",
          number: 2,
          label: REPEATED,
          type: FieldDescriptorProto_Type.ENUM,
          typeName: ".other.Colour",
        },
        {
          name: "favourite",
          number: 3,
          label: FieldDescriptorProto_Label.OPTIONAL,
          type: FieldDescriptorProto_Type.ENUM,
          typeName: ".other.Colour",
          oneofIndex: 0,
          proto3Optional: true,
        },
      ],
      oneofDecl: [{ name: "_favourite" }],
    }],
    enumType: [{
      name: "Colour",
      value: [{ name: "RED", number: 0 }, { name: "BLUE", number: 1 }],
    }],
  });
  const registry = createFileRegistry(file, () => undefined);
  const schema = registry.getMessage("other.Other")!;
  const text = `{"numbers":[1,"2",-3],"colours":["BLUE",0]}`;
  assertEquals(
    toJson(schema, fromJson(schema, text)),
    `{"numbers":[1,2,-3],"colours":["BLUE","RED"]}`,
  );
  assertEquals(issuesOf(schema, `{"numbers":[1,"x",null],"colours":["GREEN"]}`), [
    "InvalidType numbers[1]",
    "InvalidType numbers[2]",
    "InvalidType colours[0]",
  ]);
  const lenient = fromJson(schema, `{"colours":["GREEN","BLUE"]}`, { unknownFields: "ignore" });
  assertEquals(toJson(schema, lenient), `{"colours":["BLUE"]}`);
});

Deno.test("fromJson() leaves messages from outside the contract to the protobuf runtime", () => {
  const struct = fromJson(StructSchema, `{"a":[1,{"b":null}]}`);
  assertEquals(toJson(StructSchema, struct), `{"a":[1,{"b":null}]}`);
  assertEquals(issuesOf(StructSchema, "[]"), ["InvalidType "]);
});

Deno.test("fromJsonValue() reads what toJsonValue() makes and changes nothing in it", () => {
  const value = packageValue();
  const before = structuredClone(value);
  assertEquals(fromJsonValue(OPackageSchema, value), goodPackage());
  assertEquals(value, before);
});

Deno.test("fromJsonValue() refuses what no JSON text can hold", () => {
  for (const name of [undefined, () => {}, Symbol("x"), new Date(0), NaN]) {
    assertThrows(() => fromJsonValue(GetPackageRequestSchema, { name }), ValidationError);
  }
  assertThrows(
    () => fromJsonValue(GetDeploymentStatusResponseSchema, { deployment: 1n }),
    ValidationError,
  );
});
