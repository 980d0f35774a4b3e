import { assertEquals, assertInstanceOf } from "@std/assert";
import { errorOf, issuesOf, linesOf, loaderOf } from "./_testing.ts";
import { ConfigError, isConfigError } from "./values.ts";
import { integerSchema, objectSchema, serviceConfigSchema, stringSchema } from "./mod.ts";

Deno.test("load() gives five entries for five faults in three files and one variable", async () => {
  const loader = loaderOf({
    "config/default.yaml": [
      "service_name: pm",
      "server:",
      "  host: 0.0.0.0",
      "  port: abc",
      "  hosst: x",
      "",
    ].join("\n"),
    "config/development.yaml": "storage:\n  type: redis\n",
    ".env": "# local\nOAAS_OBSERVABILITY__LOG_LEVEL=loud\n",
  }, { OAAS_OBSERVABILITY__METRICS_PORT: "70000" });
  assertEquals(await issuesOf(loader.load(serviceConfigSchema)), [
    {
      code: "invalid_value",
      path: "server.port",
      message: 'must be an integer from 1 to 65535, found "abc"',
      where: "config/default.yaml:4:9",
    },
    {
      code: "unknown_key",
      path: "server.hosst",
      message: "is not a known setting, did you mean server.host?",
      where: "config/default.yaml:5:3",
      suggestion: "server.host",
    },
    {
      code: "invalid_value",
      path: "storage.type",
      message: 'must be one of memory, deno-kv, etcd, found "redis"',
      where: "config/development.yaml:2:9",
    },
    {
      code: "invalid_value",
      path: "observability.log_level",
      message:
        'must be trace, debug, info, warn, error, critical or off, as info or info,oprc.grpc=debug, found "loud"',
      where: ".env:2:1",
    },
    {
      code: "invalid_value",
      path: "observability.metrics_port",
      message: 'must be an integer from 1 to 65535, found "70000"',
      where: "OAAS_OBSERVABILITY__METRICS_PORT",
    },
  ]);
});

Deno.test("ConfigError says one line an issue: where, path, message", async () => {
  const error = await errorOf(
    loaderOf({ "config/default.yaml": "service_name: pm\nserver: {port: abc, tls: 1}" })
      .load(serviceConfigSchema),
  );
  assertEquals(error.message.split("\n"), [
    'config/default.yaml:2:16: server.port: must be an integer from 1 to 65535, found "abc"',
    "config/default.yaml:2:26: server.tls: must be a mapping, found 1",
  ]);
});

Deno.test("load() gives the same issues in the same order each time", async () => {
  const load = () =>
    issuesOf(
      loaderOf({ "config/default.yaml": "z: 1\na: 1\nserver: {b: 1, a: 1}" }, {
        OAAS_Z: "1",
        OAAS_A: "1",
      }).load(serviceConfigSchema),
    );
  const issues = await load();
  assertEquals(issues.map(({ where }) => where), [
    "config/default.yaml",
    "config/default.yaml:1:1",
    "config/default.yaml:2:1",
    "config/default.yaml:3:10",
    "config/default.yaml:3:16",
    "OAAS_A",
    "OAAS_Z",
  ]);
  assertEquals(await load(), issues);
});

Deno.test("load() checks the value that wins, not one it shadows", async () => {
  const loader = loaderOf({ "config/default.yaml": "service_name: pm\nserver: {port: abc}" }, {
    OAAS_SERVER__PORT: "80",
  });
  assertEquals((await loader.load(serviceConfigSchema)).server.port, 80);
});

const required = objectSchema({
  name: stringSchema(),
  section: objectSchema({ count: integerSchema({ min: 1 }) }),
});

Deno.test("load() says where a missing setting can be set", async () => {
  const lines = await linesOf(loaderOf({ "config/default.yaml": "section: {}" }).load(required));
  assertEquals(lines, [
    "config/default.yaml: name: is required and must be a string; set it in a file or as OAAS_NAME",
    "config/default.yaml:1:1: section.count: is required and must be an integer of at least 1; " +
    "set it in a file or as OAAS_SECTION__COUNT",
  ]);
});

Deno.test("load() doesn't report as missing what a misspelled key meant", async () => {
  const loader = loaderOf({ "config/default.yaml": "nmae: x" }, { OAAS_SECTION__CONT: "1" });
  assertEquals(await linesOf(loader.load(required)), [
    "config/default.yaml:1:1: nmae: is not a known setting, did you mean name?",
    "OAAS_SECTION__CONT: names no known setting, did you mean OAAS_SECTION__COUNT?",
  ]);
});

Deno.test("load() doesn't report as missing what a malformed file may hold", async () => {
  const loader = loaderOf({ "config/default.yaml": "name: 'x" });
  assertEquals((await issuesOf(loader.load(required))).map(({ code }) => code), ["malformed"]);
});

Deno.test("load() points at the place of a key that stands elsewhere", async () => {
  const loader = loaderOf({ "config/default.yaml": "name: x\ncount: 1" });
  assertEquals(
    (await linesOf(loader.load(required)))[0],
    "config/default.yaml:2:1: count: is not a known setting, did you mean section.count?",
  );
});

Deno.test("load() suggests nothing for a key like no other", async () => {
  const loader = loaderOf({
    "config/default.yaml": "name: x\nsection: {count: 1}\nkubernetes: {}",
  });
  assertEquals(await issuesOf(loader.load(required)), [{
    code: "unknown_key",
    path: "kubernetes",
    message: "is not a known setting",
    where: "config/default.yaml:3:1",
  }]);
});

Deno.test("load() suggests the enum's word that is nearest", async () => {
  const loader = loaderOf({ "config/default.yaml": "service_name: a\nstorage: {type: denokv}" });
  const [issue] = await issuesOf(loader.load(serviceConfigSchema));
  assertEquals(issue!.suggestion, "deno-kv");
});

Deno.test("isConfigError() knows the error of another copy by name and code", () => {
  const issue = { code: "missing", path: "a", message: "is required", where: "x" } as const;
  assertInstanceOf(new ConfigError([issue]), Error);
  const other = Object.assign(new Error(), { name: "ConfigError", code: "invalid_config" });
  assertEquals(
    [new ConfigError([issue]), other, new Error(), { name: "ConfigError" }, undefined]
      .map(isConfigError),
    [true, true, false, false, false],
  );
});

Deno.test("load() passes over what is unknown when told so, except in arguments", async () => {
  const files = { "config/default.yaml": "name: x\nsection: {count: 1, cuont: 2}\nother: 3" };
  const env = { OAAS_OTHER: "x", OAAS_SECTION__COUNT: "2" };
  const loader = loaderOf(files, env, { allowUnknown: true });
  assertEquals(await loader.load(required), { name: "x", section: { count: 2 } });
  assertEquals(await linesOf(loader.load(required, { args: ["--set", "nmae=x"] })), [
    "--set nmae: nmae: is not a known setting, did you mean name?",
  ]);
  const missing = loaderOf({ "config/default.yaml": "nmae: x" }, { OAAS_SECTION__COUNT: "2" }, {
    allowUnknown: true,
  });
  assertEquals((await issuesOf(missing.load(required))).map(({ code }) => code), ["missing"]);
});
