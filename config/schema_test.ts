import { assertEquals, assertThrows } from "@std/assert";
import {
  enumSchema,
  type Infer,
  integerSchema,
  listSchema,
  mapSchema,
  objectSchema,
  type Schema,
  stringSchema,
  urlSchema,
} from "./mod.ts";

const messages = (schema: Schema<unknown>, value: unknown): string[] => {
  const result = schema["~standard"].validate(value);
  if (result instanceof Promise) throw new Error("a schema of this package answers at once");
  return result.issues?.map(({ message }) => message) ?? [];
};

const refused: [schema: Schema<unknown>, value: unknown, message: string][] = [
  [stringSchema({ min: 1 }), "", 'must be a string of at least 1 character, found ""'],
  [stringSchema({ min: 1, max: 2 }), "abc", 'must be a string of 1 to 2 characters, found "abc"'],
  [stringSchema({ pattern: /^a/g }), "b", 'must be a string that matches /^a/g, found "b"'],
  [stringSchema(), 1, "must be a string, found 1"],
  [stringSchema(), null, "must be a string, found nothing"],
  [stringSchema(), new Date(0), "must be a string, found a date; quote it to make it a string"],
  [stringSchema(), ["a"], "must be a string, found a list"],
  [stringSchema(), { a: 1 }, "must be a string, found a mapping"],
  [
    stringSchema({ max: 1 }),
    "x".repeat(99),
    `must be a string of at most 1 character, found "${"x".repeat(60)}…"`,
  ],
  [integerSchema({ min: 1 }), 0, "must be an integer of at least 1, found 0"],
  [integerSchema({ max: 1 }), 2, "must be an integer of at most 1, found 2"],
  [integerSchema({ min: 1, max: 2 }), 1.5, "must be an integer from 1 to 2, found 1.5"],
  [integerSchema(), "1", 'must be an integer, found "1"'],
  [integerSchema(), NaN, "must be an integer, found NaN"],
  [enumSchema(["a", "b"]), "c", 'must be one of a, b, found "c", did you mean a?'],
  [urlSchema(), "nope", 'must be a URL, found "nope"'],
  [
    urlSchema({ protocols: ["http", "https"] }),
    "ftp://a",
    'must be a URL that begins with http:// or https://, found "ftp://a"',
  ],
  [
    listSchema(stringSchema(), { min: 1 }),
    [],
    "must be a list of at least 1 value, found 0 values",
  ],
  [listSchema(stringSchema()), "a", "must be a list, found a string"],
  [
    mapSchema(stringSchema(), { max: 1 }),
    { a: "", b: "" },
    "must be a mapping of at most 1 key, found 2 keys",
  ],
  [objectSchema({}), [], "must be a mapping, found a list"],
  [objectSchema({ a: stringSchema() }), {}, "is required and must be a string"],
];

for (const [schema, value, message] of refused) {
  Deno.test(`a schema refuses ${Deno.inspect(value, { breakLength: Infinity }).slice(0, 40)}: ${message}`, () => {
    assertEquals(messages(schema, value), [message]);
  });
}

Deno.test("a pattern with the g flag gives the same answer each time", () => {
  const schema = stringSchema({ pattern: /a/g });
  assertEquals([messages(schema, "a"), messages(schema, "a")], [[], []]);
});

Deno.test("a builder refuses a default that breaks its own rules", () => {
  assertThrows(() => integerSchema({ default: 0, min: 1 }), TypeError, "the default must be");
  assertThrows(() => urlSchema({ default: "nope" }), TypeError);
  assertThrows(() => listSchema(integerSchema({ min: 1 }), { default: [0] }), TypeError);
});

Deno.test("a builder refuses rules that contradict each other", () => {
  assertThrows(() => integerSchema({ min: 2, max: 1 }), RangeError);
  assertThrows(() => enumSchema([]), TypeError, "no values");
  // @ts-expect-error the types refuse it as well
  assertThrows(() => stringSchema({ optional: true, default: "a" }), TypeError);
});

Deno.test("objectSchema() refuses names that a file or variable can't tell apart", () => {
  const a = stringSchema();
  assertThrows(
    () => objectSchema({ keyPrefix: a, key_prefix: a }),
    TypeError,
    "Cannot tell the fields keyPrefix and key_prefix apart: both are key_prefix",
  );
  for (const name of ["a__b", "_a", "a_", "1a", "a-b", "a.b", "", "__proto__"]) {
    assertThrows(() => objectSchema({ [name]: a }), TypeError, "as a field");
  }
});

Deno.test("objectSchema() asks its rule once all fields are right", () => {
  let asked = 0;
  const schema = objectSchema({ low: integerSchema(), high: integerSchema() }, {
    rule: ({ low, high }) => {
      asked++;
      return low <= high ? [] : [{ path: ["high"], message: `must be at least ${low}` }];
    },
  });
  assertEquals(messages(schema, { low: 1, high: 2 }), []);
  assertEquals(messages(schema, { low: 2, high: 1 }), ["must be at least 2"]);
  assertEquals(asked, 2);
  assertEquals(messages(schema, { low: 2, high: "x" }), ['must be an integer, found "x"']);
  assertEquals(asked, 2);
});

Deno.test("objectSchema() infers optional settings as optional properties", () => {
  const schema = objectSchema({
    name: stringSchema({ optional: true }),
    count: integerSchema({ default: 1 }),
    inner: objectSchema({ a: stringSchema() }, { optional: true }),
  });
  const least: Infer<typeof schema> = { count: 1 };
  const most: Infer<typeof schema> = { count: 1, name: "a", inner: { a: "b" } };
  // @ts-expect-error count has a value always
  const wrong: Infer<typeof schema> = { name: "a" };
  assertEquals([least, most, wrong].map((value) => messages(schema, value)), [[], [], []]);
});

Deno.test("a schema can't be changed by its users", () => {
  const schema = objectSchema({ a: stringSchema() });
  assertThrows(() => Object.assign(schema, { optional: true }), TypeError);
  assertThrows(() => Object.assign(schema.fields, { b: stringSchema() }), TypeError);
});
