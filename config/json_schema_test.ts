import { assertEquals, assertStringIncludes } from "@std/assert";
import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { loaderOf } from "./_testing.ts";
import { isConfigError } from "./values.ts";
import {
  booleanSchema,
  durationSchema,
  enumSchema,
  integerSchema,
  jsonSchema,
  listSchema,
  mapSchema,
  numberSchema,
  objectSchema,
  serviceConfigSchema,
  sizeSchema,
  stringSchema,
  urlSchema,
} from "./mod.ts";

const schema = objectSchema({
  name: stringSchema({ min: 1, max: 5, pattern: /^[a-z]/, description: "A name" }),
  free: stringSchema({ default: "x" }),
  loud: stringSchema({ default: "INFO", pattern: /^info$/i }),
  count: integerSchema({ default: 1, min: 0, max: 10 }),
  ratio: numberSchema({ default: 0.5, min: 0 }),
  on: booleanSchema({ default: true }),
  level: enumSchema(["low", "high"], { optional: true }),
  link: urlSchema({ optional: true, protocols: ["http", "https"] }),
  timeoutMs: durationSchema({ default: 1000, min: 1 }),
  maxBytes: sizeSchema({ optional: true }),
  password: stringSchema({ default: "s3cret" }),
  ports: listSchema(integerSchema({ min: 1 }), { default: [1], min: 1, max: 3 }),
  clusters: mapSchema(objectSchema({ keyPrefix: stringSchema({ default: "/" }) }), { default: {} }),
  tls: objectSchema({ certFile: stringSchema() }, { optional: true }),
});

/** What a value of any setting may be, right or wrong. */
const anything = fc.oneof(
  fc.constantFrom<unknown>(
    "a",
    "abc",
    "abcdef",
    "A",
    "",
    "info",
    "low",
    "high",
    "http://a",
    "ftp://a",
  ),
  fc.constantFrom<unknown>("1s", "5 s", "64MiB", "x", true, false, 0, 1, 2.5, -1, 11),
  fc.constantFrom<unknown>([], [1], [1, 2, 3, 4], [0], ["..."], ["..."].concat("a"), [[1]]),
  fc.constantFrom<unknown>({}, { a: {} }, { a: { key_prefix: "x" } }, { a: { key_prefix: 1 } }),
  fc.constantFrom<unknown>({ a: 1 }, { cert_file: "c" }, { cert_file: 1 }, { other: 1 }),
);
const settings = ["name", "free", "loud", "count", "ratio", "on", "level", "link", "timeout_ms"]
  .concat(["max_bytes", "password", "ports", "clusters", "tls", "unknown"]);

async function loads(value: object, strict: boolean): Promise<boolean> {
  const files = { "config/default.yaml": JSON.stringify(value) };
  try {
    await loaderOf(files, strict ? {} : { OAAS_NAME: "abc" }).load(schema);
    return true;
  } catch (error) {
    if (!isConfigError(error)) throw error;
    // What one file lacks, another may say.
    return !strict && error.issues.every(({ code }) => code === "missing");
  }
}

/** What JSON Schema can't say, or says of a file without what lies above it. */
function isBeyond(value: Record<string, unknown>): boolean {
  const long = Array.isArray(value.ports) && !(value.ports.length >= 1 && value.ports.length <= 3);
  return long || (typeof value.loud === "string" && value.loud !== "info");
}

const ajv = new Ajv2020({ allowUnionTypes: true, formats: { uri: true } });
const asLayer = ajv.compile(jsonSchema(schema));
const asWhole = ajv.compile(jsonSchema(schema, { complete: true }));

Deno.test("jsonSchema() takes one file of several as a loader does", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.dictionary(fc.constantFrom(...settings.filter((name) => name !== "name")), anything),
      async (value) => {
        fc.pre(!isBeyond(value) || !asLayer(value));
        assertEquals(asLayer(value), await loads(value, false));
      },
    ),
    { numRuns: 2000 },
  );
});

Deno.test("jsonSchema() takes a whole configuration as a loader does", async () => {
  const noRest = (value: unknown) => !JSON.stringify(value).includes("...");
  await fc.assert(
    fc.asyncProperty(
      fc.dictionary(fc.constantFrom(...settings), anything.filter(noRest)),
      async (value) => {
        fc.pre(typeof value.loud !== "string" || value.loud === "info");
        assertEquals(asWhole(value), await loads(value, true));
      },
    ),
    { numRuns: 2000 },
  );
});

Deno.test("jsonSchema() knows the bounds of durations and sizes", () => {
  const right = { name: "a", timeout_ms: 1, max_bytes: 0 };
  assertEquals(asWhole(right), true);
  for (const wrong of [{ timeout_ms: 0 }, { max_bytes: -1 }, { max_bytes: "1x" }]) {
    assertEquals(asWhole({ ...right, ...wrong }), false);
  }
});

Deno.test("jsonSchema() lets a file hold references, and sections that are left empty", () => {
  const value = {
    name: "${NAME}",
    count: "${COUNT:-3}",
    ports: "${PORTS}",
    clusters: null,
    tls: null,
  };
  assertEquals([asLayer(value), asWhole({ ...value, name: "a" })], [true, false]);
});

Deno.test("jsonSchema() carries descriptions and defaults, and keeps secrets to itself", () => {
  const { properties } = jsonSchema(schema, { complete: true, title: "Settings" }) as {
    properties: Record<string, Record<string, unknown>>;
  };
  assertEquals(properties.name, {
    description: "A name",
    type: "string",
    minLength: 1,
    maxLength: 5,
    pattern: "^[a-z]",
  });
  assertEquals(properties.password, { type: "string", writeOnly: true });
  assertEquals([properties.ports!.default, properties.timeout_ms!.default], [[1], 1000]);
  assertEquals(JSON.stringify(jsonSchema(schema)).includes("s3cret"), false);
  assertStringIncludes(JSON.stringify(jsonSchema(schema, { title: "T" })), '"title":"T"');
});

Deno.test("jsonSchema() writes the defaults of sections as files spell them", () => {
  const nested = objectSchema({
    rows: listSchema(objectSchema({ maxItems: integerSchema() }), { default: [{ maxItems: 1 }] }),
  });
  const { properties } = jsonSchema(nested) as { properties: { rows: { default: unknown } } };
  assertEquals(properties.rows.default, [{ max_items: 1 }]);
});

Deno.test("jsonSchema() of the platform's settings compiles in strict mode", () => {
  for (const complete of [false, true]) {
    const valid = ajv.compile(jsonSchema(serviceConfigSchema, { complete }));
    assertEquals(
      valid({ service_name: "pm", storage: { etcd: { endpoints: ["http://a"] } } }),
      true,
    );
    assertEquals(valid({ service_name: "pm", storage: { tpye: "etcd" } }), false);
  }
});
