import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import {
  makeLater,
  makeSchema,
  type ObjectSchema,
  type Schema,
  type SchemaFields,
} from "./schema.ts";
import { linesOf, loaderOf } from "./_testing.ts";
import {
  etcdConfigSchema,
  serverConfigSchema,
  serviceConfigSchema,
  storageConfigSchema,
  tlsConfigSchema,
} from "./service_config.ts";

const load = (yaml: string) =>
  loaderOf({ "config/default.yaml": `service_name: pm\n${yaml}` }).load(serviceConfigSchema);

Deno.test("serviceConfigSchema has the platform's defaults", async () => {
  assertEquals(await load(""), {
    serviceName: "pm",
    server: { host: "127.0.0.1", port: 8080, workers: 1 },
    observability: {
      logLevel: "info",
      logFormat: "auto",
      metricsHost: "127.0.0.1",
      metricsPort: 9090,
      samplingRatio: 1,
    },
    storage: { type: "deno-kv", path: "data/oprc.kv", keyPrefix: "/oaas" },
  });
});

Deno.test("serviceConfigSchema has no name, no default and no bound that is wrong", () => {
  // The sections are made without these checks, so they are asked for here.
  let asked = 0;
  const ask = (schema: Schema<unknown>): void => {
    makeSchema(schema.kind, schema);
    asked++;
    if (schema.item !== undefined) ask(schema.item);
    const { fields } = schema as ObjectSchema<Record<string, unknown>>;
    if (fields !== undefined) Object.values(fields as SchemaFields).forEach(ask);
  };
  ask(serviceConfigSchema);
  assertEquals(asked > 25, true);
});

Deno.test("serviceConfigSchema makes the fields of a section that few have once, when asked", () => {
  for (
    const [section, own] of [
      [storageConfigSchema.fields.etcd, etcdConfigSchema],
      [serverConfigSchema.fields.tls, tlsConfigSchema],
    ] as [ObjectSchema<unknown>, ObjectSchema<unknown>][]
  ) {
    assertStrictEquals(section.fields, own.fields);
    assertEquals(Object.isFrozen(section.fields), true);
    assertEquals(Object.keys({ ...section }.fields), Object.keys(own.fields));
  }
});

Deno.test("serviceConfigSchema leaves the checks of other schemas on", () => {
  const wrong = () => makeSchema("integer", { default: 1, min: 2 });
  assertThrows(wrong, TypeError, "Cannot make");
  const section = makeLater(() => ({ port: makeSchema("integer", { default: 1, min: 2 }) }), {});
  assertEquals(Object.keys(section.fields), ["port"]);
  assertThrows(wrong, TypeError, "Cannot make");
});

Deno.test("serviceConfigSchema takes everything", async () => {
  const config = await loaderOf(
    {
      "config/default.yaml": `
service_name: pm
server: {host: "::", port: 1, tls: {cert_file: c.pem, key_file: k.pem, ca_file: ca.pem}}
observability: {log_level: "warn,oprc.grpc=debug", log_format: json, metrics_host: 0.0.0.0, metrics_port: 65535}
storage:
  type: etcd
  etcd:
    endpoints: ["https://a:2379"]
    key_prefix: /pm
    username: u
    password: p
    timeout_ms: 1s
    tls: {ca_file: ca.pem, cert_file: c.pem, key_file: k.pem, server_name: etcd}
`,
    },
    {},
    { checkFiles: false },
  ).load(serviceConfigSchema);
  assertEquals(config.observability.logLevel, "warn,oprc.grpc=debug");
  assertEquals(config.server.tls, { certFile: "c.pem", keyFile: "k.pem", caFile: "ca.pem" });
  assertEquals(config.storage.etcd, {
    endpoints: ["https://a:2379"],
    keyPrefix: "/pm",
    username: "u",
    password: "p",
    timeoutMs: 1000,
    tls: { caFile: "ca.pem", certFile: "c.pem", keyFile: "k.pem", serverName: "etcd" },
  });
});

Deno.test("serviceConfigSchema takes a key prefix for etcd from OAAS_STORAGE__ETCD__KEY_PREFIX", async () => {
  const { storage } = await loaderOf({
    "config/default.yaml": "service_name: pm\nstorage: {type: etcd, key_prefix: /a}",
  }, {
    OAAS_STORAGE__ETCD__KEY_PREFIX: "/b",
    OAAS_STORAGE__ETCD__ENDPOINTS: "http://a:2379,http://b:2379",
  }).load(serviceConfigSchema);
  assertEquals([storage.keyPrefix, storage.etcd?.keyPrefix], ["/a", "/b"]);
  assertEquals(storage.etcd?.endpoints, ["http://a:2379", "http://b:2379"]);
});

const wrong: [yaml: string, lines: string[]][] = [
  ["server: {port: 65536}", [
    "config/default.yaml:2:16: server.port: must be an integer from 1 to 65535, found 65536",
  ]],
  ["server: {port: 0}", [
    "config/default.yaml:2:16: server.port: must be an integer from 1 to 65535, found 0",
  ]],
  ["server: {workers: 0}", [
    "config/default.yaml:2:19: server.workers: must be an integer from 1 to 1024, found 0",
  ]],
  ["observability: {metrics_port: 0}", [
    "config/default.yaml:2:31: observability.metrics_port: must be an integer from 1 to 65535, found 0",
  ]],
  ["server: {tls: {cert_file: a}}", [
    "config/default.yaml:2:10: server.tls.key_file: is required and must be a string of at least 1 character; " +
    "set it in a file or as OAAS_SERVER__TLS__KEY_FILE",
  ]],
  ["storage: {type: etcd}", [
    "config/default.yaml:2:17: storage.type: is etcd, which needs a section etcd with endpoints",
  ]],
  ["storage: {type: etcd, ectd: {}}", [
    "config/default.yaml:2:23: storage.ectd: is not a known setting, did you mean storage.etcd?",
  ]],
  ["storage: {etcd: {endpoints: []}}", [
    "config/default.yaml:2:29: storage.etcd.endpoints: must be a list of at least 1 value, found 0 values",
  ]],
  ["storage: {etcd: {endpoints: [a:2379]}}", [
    "config/default.yaml:2:30: storage.etcd.endpoints[0]: must be a URL that begins with http:// or https://, " +
    'found "a:2379"',
  ]],
  ["storage: {etcd: {endpoints: [http://a], password: x}}", [
    "config/default.yaml:2:11: storage.etcd.username: is required when a password is given",
  ]],
  ["storage: {etcd: {endpoints: [http://a], timeout_ms: 0}}", [
    "config/default.yaml:2:53: storage.etcd.timeout_ms: must be a duration of at least 1ms, such as 30s or 250ms, found 0",
  ]],
  ["storage: {etcd: {endpoints: [http://a], key_prefix: a b}}", [
    "config/default.yaml:2:53: storage.etcd.key_prefix: must be at most 128 printable ASCII characters " +
    'without spaces, found "a b"',
  ]],
  ["storage: {etcd: {endpoints: [http://a, https://b]}}", [
    "config/default.yaml:2:29: storage.etcd.endpoints: must be all http: or all https:",
  ]],
  ["storage: {etcd: {endpoints: [http://a], tls: {}}}", [
    "config/default.yaml:2:46: storage.etcd.tls: needs endpoints that begin with https://",
  ]],
  ["storage: {etcd: {endpoints: [https://a], tls: {cert_file: c}}}", [
    "config/default.yaml:2:42: storage.etcd.tls.key_file: is required when a cert file is given",
    "config/default.yaml:2:59: storage.etcd.tls.cert_file: names no file that exists",
  ]],
  ["storage: {etcd: {endpoints: [https://a], tls: {key_file: k}}}", [
    "config/default.yaml:2:42: storage.etcd.tls.cert_file: is required when a key file is given",
    "config/default.yaml:2:58: storage.etcd.tls.key_file: names no file that exists",
  ]],
  ["workers: 4", [
    "config/default.yaml:2:1: workers: is not a known setting, did you mean server.workers?",
  ]],
];

for (const [yaml, lines] of wrong) {
  Deno.test(`serviceConfigSchema refuses ${yaml}`, async () => {
    assertEquals(await linesOf(load(yaml)), lines);
  });
}

Deno.test("serviceConfigSchema reports an etcd rule beside an unknown variable", async () => {
  const loader = loaderOf({ "config/default.yaml": "service_name: a\nstorage: {type: etcd}" }, {
    OAAS_UNHEARD_OF: "1",
  });
  assertEquals((await linesOf(loader.load(serviceConfigSchema))).length, 2);
});
