// Arbitrary messages and documents for the fuzz tests; not published.
import { create, type DescField, type DescMessage, ScalarType } from "@bufbuild/protobuf";
import fc from "fast-check";

const { seeds }: { seeds: readonly number[] } = JSON.parse(
  Deno.readTextFileSync(new URL("testdata/seeds.json", import.meta.url)),
);

/** How many values each seed tries; more for a long search: `OPRC_FUZZ_RUNS=100000`. */
const runs = Number(Deno.env.get("OPRC_FUZZ_RUNS") ?? 200);

/** Tries a property with every kept seed. */
export async function hold<T>(
  arbitrary: fc.Arbitrary<T>,
  predicate: (value: T) => void | Promise<void>,
): Promise<void> {
  for (const seed of seeds) {
    await fc.assert(fc.asyncProperty(arbitrary, async (value) => await predicate(value)), {
      seed,
      numRuns: runs,
    });
  }
}

/** Well-formed texts: names, words that documents take for something else, any Unicode. */
const text: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom("", " ", "a", "null", "true", "1.0", "1e3", "~", "- a", "a: b", "# a", "<<"),
  fc.stringMatching(/^[a-z0-9][A-Za-z0-9._/-]{0,12}$/),
  fc.string({ unit: "binary", maxLength: 12 }),
);

/** Messages of a type: every value fits its field, few keep the rules. */
export function messageOf(schema: DescMessage): fc.Arbitrary<ReturnType<typeof create>> {
  const fields = Object.fromEntries(
    schema.fields.map((field) => [field.localName, valueOf(field)]),
  );
  return fc.record(fields, { requiredKeys: [] }).map((init) => create(schema, init));
}

function valueOf(field: DescField): fc.Arbitrary<unknown> {
  switch (field.fieldKind) {
    case "list":
      return fc.array(elementOf(field), { maxLength: 3 });
    case "map":
      // No map can hold this key, and the readers say so.
      return fc.dictionary(text.filter((key) => key !== "__proto__"), elementOf(field), {
        maxKeys: 3,
        noNullPrototype: true,
      });
    default:
      return elementOf(field);
  }
}

function elementOf(field: DescField): fc.Arbitrary<unknown> {
  if (field.message !== undefined) return messageOf(field.message);
  if (field.enum !== undefined) return fc.constantFrom(...field.enum.values.map((it) => it.number));
  switch (field.scalar) {
    case ScalarType.STRING:
      return text;
    case ScalarType.BOOL:
      return fc.boolean();
    case ScalarType.DOUBLE:
      return fc.double().map((it) => Object.is(it, -0) ? 0 : it);
    case ScalarType.UINT32:
      return fc.nat({ max: 0xffffffff });
    case ScalarType.INT32:
      return fc.integer();
    case ScalarType.INT64:
      return fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
    default:
      throw new Error(`no arbitrary value for scalar type ${field.scalar}`);
  }
}

/** JSON values in which names of fields, and of what is dangerous, are frequent. */
export function documentFor(schema: DescMessage): fc.Arbitrary<unknown> {
  const keys = schema.fields.flatMap(({ name, jsonName }) => [name, jsonName]);
  const key = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...keys, "key", "name", "package", "functions") },
    { weight: 1, arbitrary: fc.constantFrom("__proto__", "constructor", "prototype", "toString") },
    { weight: 1, arbitrary: fc.string() },
  );
  return fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 5, depthSize: "small" },
      fc.oneof(text, fc.double(), fc.integer(), fc.boolean(), fc.constant(null)),
      fc.array(tie("value"), { maxLength: 4 }),
      // Entries rather than a record, so that "__proto__" becomes a key of its own.
      fc.array(fc.tuple(key, tie("value")), { maxLength: 6 }).map(objectOf),
    ),
    root: fc.array(fc.tuple(key, tie("value")), { maxLength: 8 }).map(objectOf),
  })).root;
}

function objectOf(entries: readonly (readonly [string, unknown])[]): unknown {
  const object: Record<string, unknown> = {};
  for (const [key, value] of entries) {
    Object.defineProperty(object, key, {
      value,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return object;
}
