import { assertEquals } from "@std/assert";
import { linesOf, loaderOf } from "./_testing.ts";
import type { Infer, StandardSchemaV1 } from "./standard_schema.ts";
import { integerSchema, objectSchema, serviceConfigSchema, stringSchema } from "./mod.ts";

interface Settings {
  readonly server: { readonly port: number; readonly maxConns: number };
}

/** A schema as another library would give it: asynchronous, coercing, with defaults. */
const foreign: StandardSchemaV1<unknown, Settings> = {
  "~standard": {
    version: 1,
    vendor: "another",
    validate: async (value) => {
      await Promise.resolve();
      const { port, maxConns = 10 } = (value as { server?: Record<string, unknown> }).server ?? {};
      if (port === undefined) {
        return { issues: [{ message: "Required", path: ["server", { key: "port" }] }] };
      }
      if (Number.isNaN(Number(port))) {
        return { issues: [{ message: "Expected\na number", path: ["server", "port"] }] };
      }
      return { value: { server: { port: Number(port), maxConns: Number(maxConns) } } };
    },
  },
};

Deno.test("load() takes the schema of another library, and infers its type", async () => {
  const loader = loaderOf({ "config/default.yaml": "server: {port: 80}" });
  const config: Settings = await loader.load(foreign);
  assertEquals(config, { server: { port: 80, maxConns: 10 } });
});

Deno.test("load() doesn't ask another library what broken files leave out", async () => {
  const lines = await linesOf(
    loaderOf({ "config/default.yaml": "server: {port: 80" }).load(foreign),
  );
  assertEquals(lines.length, 1);
  assertEquals(lines[0]!.includes("is not valid YAML"), true);
});

Deno.test("load() gives another library strings under lower-cased paths", async () => {
  let seen: unknown;
  const spy: StandardSchemaV1 = {
    "~standard": {
      version: 1,
      vendor: "another",
      validate: (value) => {
        seen = value;
        return { value };
      },
    },
  };
  const files = { "config/default.yaml": "server: {maxConns: 1}\nlist: [1]" };
  const env = { OAAS_SERVER__PORT: "80", OAAS_SERVER__MAX_CONNS: "5", OAAS_NEW_KEY: "a,b" };
  await loaderOf(files, env).load(spy);
  assertEquals(seen, { server: { maxConns: "5", port: "80" }, list: [1], new_key: "a,b" });
});

Deno.test("load() places the issues of another library", async () => {
  const wrong = loaderOf({ "config/default.yaml": "server:\n  port: x" });
  assertEquals(await linesOf(wrong.load(foreign)), [
    "config/default.yaml:2:9: server.port: Expected a number",
  ]);
  const missing = loaderOf({ "config/default.yaml": "server:\n  host: x" });
  assertEquals(await linesOf(missing.load(foreign)), [
    "config/default.yaml:1:1: server.port: Required",
  ]);
  const variable = loaderOf({}, { OAAS_SERVER__PORT: "x" });
  assertEquals(await linesOf(variable.load(foreign)), [
    "OAAS_SERVER__PORT: server.port: Expected a number",
  ]);
});

Deno.test("explain() shows what another library adds", async () => {
  const loader = loaderOf({ "config/default.yaml": "server: {port: 80}" });
  await loader.load(foreign);
  const { values } = await loader.explain();
  assertEquals(values.map(({ path, value, where }) => [path, value, where]), [
    ["server.port", 80, "config/default.yaml:1:16"],
    ["server.maxConns", 10, "schema"],
  ]);
});

Deno.test("a schema of this package is a Standard Schema for others", () => {
  const schema = objectSchema({ keyPrefix: stringSchema(), count: integerSchema({ default: 1 }) });
  const { validate, version, vendor } = schema["~standard"];
  assertEquals([version, vendor], [1, "@oprc/config"]);
  assertEquals(validate({ keyPrefix: "/" }), { value: { keyPrefix: "/", count: 1 } });
  assertEquals(validate({ key_prefix: 1, cuont: 1 }), {
    issues: [
      { message: "is not a known setting, did you mean count?", path: ["cuont"] },
      { message: "must be a string, found 1", path: ["key_prefix"] },
    ],
  });
  const loop: Record<string, unknown> = {};
  loop.keyPrefix = { loop };
  assertEquals("issues" in (validate(loop) as object), true);
});

Deno.test("a schema of another copy of this package is known as ours", async () => {
  const copy = { ...serviceConfigSchema };
  const config: Infer<typeof serviceConfigSchema> = await loaderOf({}, {
    OAAS_SERVICE_NAME: "pm",
    OAAS_SERVER__PORT: "80",
  }).load(copy);
  assertEquals(config.server.port, 80);
});
