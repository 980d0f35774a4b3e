import type { DescMessage, MessageShape } from "@bufbuild/protobuf";
import { OClassDeploymentSchema } from "@oprc/proto/deployment";
import { OPackageSchema } from "@oprc/proto/package";
import { RuntimeStateSchema } from "@oprc/proto/runtime";
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { documentFor, hold, messageOf } from "./_arbitrary.ts";
import { allMessages } from "./_fixtures.ts";
import { isSurelyRight, readQuickly } from "./_quick.ts";
import { walk } from "./_walk.ts";
import { withDefaults } from "./create.ts";
import { fromJson, fromJsonValue, toJson } from "./json.ts";
import { toJsonPointer } from "./pointer.ts";
import { compareQuantities, formatQuantity, parseQuantity } from "./quantity.ts";
import { standardSchema } from "./standard_schema.ts";
import { validate } from "./validate.ts";
import { isValidationError } from "./validation_error.ts";
import { fromYaml, toYaml } from "./yaml.ts";

type Any = MessageShape<DescMessage>;

/** What every object inherits; no document may change it. */
const members = Reflect.ownKeys(Object.prototype).map(String);

function assertUntouched(): void {
  assertEquals(Reflect.ownKeys(Object.prototype).map(String), members);
  for (const key in {}) throw new Error(`every object has ${key} now`);
}

/** Runs a reader; it may refuse, but only in the one way that is documented. */
async function attempt(read: () => unknown): Promise<void> {
  try {
    await read();
  } catch (error) {
    if (!isValidationError(error)) throw error;
    assert(error.issues.length > 0);
    for (const { path, message } of error.issues) {
      toJsonPointer(path);
      assert(message.length > 0 && message.length < 2000, message);
    }
  }
  assertUntouched();
}

for (const schema of allMessages) {
  Deno.test(`fromJson(toJson()) of any ${schema.name} is the message`, async () => {
    await hold(messageOf(schema), (message) => {
      const text = toJson(schema, message as Any);
      assertEquals(fromJson(schema, text, { validate: false }), message as Any);
    });
  });
}

for (const schema of [OPackageSchema, OClassDeploymentSchema, RuntimeStateSchema]) {
  Deno.test(`fromYaml(toYaml()) of any ${schema.name} is the message`, async () => {
    await hold(messageOf(schema), async (message) => {
      const text = toYaml(schema, message as never);
      assertEquals(await fromYaml(schema, text, { validate: false }), message as never);
    });
  });

  Deno.test(`fromJson() and fromYaml() take or refuse any document for a ${schema.name}`, async () => {
    await hold(documentFor(schema), async (value) => {
      const text = JSON.stringify(value);
      for (const unknownFields of ["error", "ignore"] as const) {
        await attempt(() => fromJson(schema, text, { unknownFields }));
        await attempt(() => fromJsonValue(schema, value, { unknownFields, validate: false }));
        // JSON is YAML too.
        await attempt(() => fromYaml(schema, text, { unknownFields }));
      }
    });
  });

  Deno.test(`readQuickly() of any document for a ${schema.name} is what fromJsonValue() reads`, async () => {
    await hold(documentFor(schema), (value) => {
      const text = JSON.stringify(value);
      const quick = readQuickly(schema, text, JSON.parse(text));
      if (quick === undefined) return;
      assertEquals(quick as never, fromJsonValue(schema, JSON.parse(text), { validate: false }));
    });
  });

  Deno.test(`validate() of any ${schema.name} finds what the walk finds, before and after defaults`, async () => {
    await hold(messageOf(schema), (message) => {
      const { findings } = walk(schema, message);
      assertEquals(isSurelyRight(schema, message), findings.length === 0);
      assertEquals(validate(schema, message as never).length, findings.length);
      // Defaults make nothing wrong that was right.
      const filled = walk(schema, withDefaults(schema, message as never)).findings;
      assert(filled.length <= findings.length);
    });
  });
}

Deno.test("validate() and standardSchema() take or refuse any value at all", async () => {
  const anything = fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withNullPrototype: true,
    withSparseArray: true,
    withTypedArray: true,
    withObjectString: true,
  });
  const schema = OPackageSchema;
  const field = fc.constantFrom(...schema.fields.map(({ localName }) => localName));
  await hold(fc.tuple(anything, field, anything), ([value, name, inside]) => {
    for (const given of [value, { $typeName: schema.typeName, [name]: inside }]) {
      assert(validate(schema, given as never).length > 0);
      standardSchema(schema)["~standard"].validate(given);
      assertUntouched();
    }
  });
});

Deno.test("fromJson() and fromYaml() take or refuse any text", async () => {
  const texts = fc.oneof(
    fc.string({ unit: "binary", maxLength: 40 }),
    fc.array(
      fc.constantFrom(
        ..."{}[]:,\"'\\&*!|>#%@`-? \n\t",
        "name",
        ": ",
        "- ",
        "&a ",
        "*a",
        "<<: ",
        "!!int ",
        "\ud800",
        "\\ud800",
        "__proto__",
        "0x",
        "1e",
        "~",
        "---\n",
        "...\n",
      ),
      { maxLength: 30 },
    ).map((parts) => parts.join("")),
  );
  await hold(texts, async (text) => {
    await attempt(() => fromJson(OPackageSchema, text));
    await attempt(() => fromYaml(OPackageSchema, text));
  });
});

Deno.test("formatQuantity() keeps any amount and is canonical after one time", async () => {
  const quantities = fc.tuple(
    fc.constantFrom("", "-", "+"),
    fc.stringMatching(/^(?:\d{1,25}(?:\.\d{0,12})?|\.\d{1,12})$/),
    fc.constantFrom(..."numkMGTPE", "", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei", "e3", "E-7", "e+21"),
  ).map((parts) => parts.join(""));
  await hold(fc.tuple(quantities, quantities), ([a, b]) => {
    const canonical = formatQuantity(a);
    assertEquals(parseQuantity(canonical).nanos, parseQuantity(a).nanos);
    assertEquals(formatQuantity(canonical), canonical);
    assert(/^-?\d+(?:[numkMGTPE]|[KMGTPE]i|e-?\d+)?$/.test(canonical), canonical);
    const order = compareQuantities(a, b);
    const difference = parseQuantity(a).nanos - parseQuantity(b).nanos;
    assertEquals(order, difference < 0n ? -1 : difference > 0n ? 1 : 0);
    assertEquals(compareQuantities(b, a), order === 0 ? 0 : -order);
  });
});
