import { assertEquals } from "@std/assert";
import { errorOf, loaderOf } from "./_testing.ts";
import { integerSchema, listSchema, mapSchema, objectSchema, stringSchema } from "./mod.ts";

const schema = objectSchema({
  serverPort: integerSchema({ default: 8080, description: "Port to listen on" }),
  password: stringSchema({ optional: true }),
  items: listSchema(integerSchema(), { default: [] }),
  clusters: mapSchema(objectSchema({ url: stringSchema() }), { default: {} }),
  tls: objectSchema({ certFile: stringSchema() }, { optional: true }),
});

Deno.test("explain() gives every value with its layer, place and what it shadowed", async () => {
  const loader = loaderOf({
    "config/default.yaml": "server_port: 1\nclusters:\n  eu-west: {url: a}\n",
    "config/development.yaml": "server_port: 2\nitems: [1]",
    ".env": "OAAS_SERVER_PORT=3\nOAAS_PASSWORD=abcd",
  }, { OAAS_SERVER_PORT: "4" });
  await loader.load(schema, { args: ["--set", "server_port=5"] });
  const { values, sources } = await loader.explain();
  assertEquals(values, [
    {
      path: "server_port",
      value: 5,
      layer: "arguments",
      where: "--set server_port",
      secret: false,
      description: "Port to listen on",
      variable: "OAAS_SERVER_PORT",
      shadowed: [
        { value: 4, layer: "variables", where: "OAAS_SERVER_PORT" },
        { value: 3, layer: "dotenv", where: ".env:1:1" },
        { value: 2, layer: "environment", where: "config/development.yaml:1:14" },
        { value: 1, layer: "base", where: "config/default.yaml:1:14" },
        { value: 8080, layer: "defaults", where: "schema" },
      ],
    },
    {
      path: "password",
      value: "[secret]",
      layer: "dotenv",
      where: ".env:2:1",
      secret: true,
      variable: "OAAS_PASSWORD",
      shadowed: [],
    },
    {
      path: "items",
      value: [1],
      layer: "environment",
      where: "config/development.yaml:2:8",
      secret: false,
      variable: "OAAS_ITEMS",
      shadowed: [{ value: [], layer: "defaults", where: "schema" }],
    },
    {
      path: "clusters.eu-west.url",
      value: "a",
      layer: "base",
      where: "config/default.yaml:3:18",
      secret: false,
      variable: "OAAS_CLUSTERS__EU_WEST__URL",
      shadowed: [],
    },
  ]);
  assertEquals(sources, [
    { layer: "base", where: "config/default.yaml", state: "read" },
    { layer: "environment", where: "config/development.yaml", state: "read" },
    { layer: "dotenv", where: ".env", state: "read" },
    { layer: "variables", where: "OAAS_*", state: "read" },
    { layer: "arguments", where: "--set", state: "read" },
  ]);
});

Deno.test("explain() prints a table", async () => {
  const loader = loaderOf({ "config/default.yaml": "server_port: 1" }, {
    OAAS_PASSWORD: "abcd",
    OAAS_ITEMS: "1,2",
  }, { overrides: { serverPort: 2 } });
  await loader.load(schema);
  assertEquals(String(await loader.explain()).split("\n"), [
    "SETTING      VALUE     FROM           INSTEAD OF",
    "server_port  2         overrides      1 (config/default.yaml:1:14), 8080 (schema)",
    "password     [secret]  OAAS_PASSWORD",
    "items        [1,2]     OAAS_ITEMS     [] (schema)",
    "clusters     {}        schema",
  ]);
});

Deno.test("explain() explains a load that failed", async () => {
  const loader = loaderOf({ "config/default.yaml": "server_port: x" });
  await errorOf(loader.load(schema));
  const { values } = await loader.explain();
  assertEquals([values[0]!.value, values[0]!.where], ["x", "config/default.yaml:1:14"]);
});

Deno.test("explain() says which files weren't there", async () => {
  const loader = loaderOf({});
  await loader.load(schema);
  assertEquals((await loader.explain()).sources.map(({ where, state }) => [where, state]), [
    ["config/default.yaml", "absent"],
    ["config/development.yaml", "absent"],
    [".env", "absent"],
    ["OAAS_*", "read"],
  ]);
});
