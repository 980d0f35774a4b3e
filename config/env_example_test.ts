import { assertEquals, assertStringIncludes } from "@std/assert";
import { loaderOf } from "./_testing.ts";
import {
  durationSchema,
  integerSchema,
  listSchema,
  mapSchema,
  objectSchema,
  serviceConfigSchema,
  sizeSchema,
  stringSchema,
  toEnvExample,
} from "./mod.ts";

const schema = objectSchema({
  server: objectSchema({ port: integerSchema({ default: 80, min: 1 }) }, { description: "Where" }),
  name: stringSchema({ description: "Its name\nin two lines" }),
  password: stringSchema({ optional: true }),
  token: stringSchema({ default: "s3cret" }),
});

Deno.test("toEnvExample() writes every variable with what it does", () => {
  assertEquals(toEnvExample(schema, { envPrefix: "MY" }).split("\n").slice(3), [
    "# Its name in two lines: a string; required",
    "MY_NAME=",
    "",
    "# a string; optional; a secret; MY_PASSWORD_FILE may name a file that holds it",
    "# MY_PASSWORD=",
    "",
    "# a string; a secret; MY_TOKEN_FILE may name a file that holds it",
    "# MY_TOKEN=",
    "",
    "# --- server: Where",
    "",
    "# an integer of at least 1",
    "# MY_SERVER__PORT=80",
    "",
  ]);
});

const defaults = objectSchema({
  plain: stringSchema({ default: "a-b/c" }),
  spaces: stringSchema({ default: " a # b $HOME " }),
  quotes: stringSchema({ default: "it's $HOME" }),
  lines: stringSchema({ default: 'a\n"b"' }),
  empty: stringSchema({ default: "" }),
  words: listSchema(stringSchema(), { default: ["a", "b,c", "it's"] }),
  numbers: listSchema(integerSchema(), { default: [1, 2] }),
  dots: listSchema(stringSchema(), { default: ["\\...", "..."] }),
  map: mapSchema(objectSchema({ maxItems: integerSchema() }), {
    default: { "a b": { maxItems: 1 } },
  }),
  timeoutMs: durationSchema({ default: 90_500 }),
  maxBytes: sizeSchema({ default: 3 * 1024 }),
});

Deno.test("toEnvExample() writes defaults that load as they are", async () => {
  const text = toEnvExample(defaults).replace(/^# (?=OAAS_)/gm, "");
  const loader = loaderOf({ ".env": text }, { HOME: "/root" });
  assertEquals(await loader.load(defaults), await loaderOf({}).load(defaults));
  const { values } = await loader.explain();
  assertEquals([...new Set(values.map(({ layer }) => layer))], ["dotenv"]);
});

Deno.test("toEnvExample() leaves only what must be set for a new user to fill in", async () => {
  const text = toEnvExample(serviceConfigSchema);
  assertEquals(text.split("\n").filter((line) => !line.startsWith("#") && line !== ""), [
    "OAAS_SERVICE_NAME=",
  ]);
  assertStringIncludes(text, "required with storage.etcd\n# OAAS_STORAGE__ETCD__ENDPOINTS=\n");
  const filled = text.replace("OAAS_SERVICE_NAME=", "OAAS_SERVICE_NAME=pm");
  assertEquals((await loaderOf({ ".env": filled }).load(serviceConfigSchema)).serviceName, "pm");
});

Deno.test("toEnvExample() leaves out what files give, also of a section", () => {
  const nested = objectSchema({ a: stringSchema(), b: objectSchema({ c: stringSchema() }) });
  const text = toEnvExample(nested, { given: ["b.c"] });
  assertEquals(text.split("\n").filter((line) => line.includes("OAAS_")), [
    "OAAS_A=",
    "# OAAS_B__C=",
  ]);
  assertStringIncludes(text, "# a string; given in the files\n# OAAS_B__C=");
});
