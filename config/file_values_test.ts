import { assertEquals } from "@std/assert";
import { linesOf, loaderOf } from "./_testing.ts";
import { listFiles } from "./_runtime_later.ts";
import { integerSchema, listSchema, mapSchema, objectSchema, stringSchema } from "./mod.ts";

const schema = objectSchema({
  name: stringSchema({ default: "-" }),
  count: integerSchema({ default: 0 }),
  items: listSchema(stringSchema(), { default: [] }),
  tls: objectSchema({ certFile: stringSchema({ default: "-" }) }),
  etcd: objectSchema({ password: stringSchema({ default: "-" }) }),
  tags: mapSchema(stringSchema(), { default: {} }),
});

Deno.test("load() reads the file that a variable with _FILE names", async () => {
  const files = { "/run/pw": "s3cret\n", "/run/count": "7", "/run/items": "a,b\r\n" };
  const env = {
    OAAS_ETCD__PASSWORD_FILE: "/run/pw",
    OAAS_COUNT_FILE: "/run/count",
    OAAS_ITEMS_FILE: "/run/items",
  };
  const config = await loaderOf(files, env).load(schema);
  assertEquals([config.etcd.password, config.count, config.items], ["s3cret", 7, ["a", "b"]]);
});

Deno.test("load() strips one line break from a value in a file, and nothing else", async () => {
  const config = await loaderOf({ "/n": " a \n\n" }, { OAAS_NAME_FILE: "/n" }).load(schema);
  assertEquals(config.name, " a \n");
});

Deno.test("load() expands nothing in a value from a file", async () => {
  const config = await loaderOf({ "/n": "${HOME}$X" }, { OAAS_NAME_FILE: "/n" }).load(schema);
  assertEquals(config.name, "${HOME}$X");
});

Deno.test("load() takes a setting whose own name ends in _FILE as it is", async () => {
  const env = { OAAS_TLS__CERT_FILE: "/c.pem", OAAS_TAGS__A_FILE: "x" };
  const config = await loaderOf({ "/c.pem": "no" }, env).load(schema);
  assertEquals([config.tls.certFile, config.tags], ["/c.pem", { a_file: "x" }]);
});

Deno.test("load() reads a setting that ends in _FILE from a file named with _FILE once more", async () => {
  const config = await loaderOf({ "/c": "c.pem" }, { OAAS_TLS__CERT_FILE_FILE: "/c" }).load(schema);
  assertEquals(config.tls.certFile, "c.pem");
});

Deno.test("load() reads _FILE variables of .env", async () => {
  const files = { ".env": "D=/run\nOAAS_NAME_FILE=$D/n", "/run/n": "x" };
  const loader = loaderOf(files);
  assertEquals((await loader.load(schema)).name, "x");
  const value = (await loader.explain()).values.find(({ path }) => path === "name")!;
  assertEquals([value.where, value.value], [".env:2:1", "[secret]"]);
});

Deno.test("load() lets a variable win over a file that .env names", async () => {
  const files = { ".env": "OAAS_NAME_FILE=/n", "/n": "x" };
  assertEquals((await loaderOf(files, { OAAS_NAME: "y" }).load(schema)).name, "y");
});

Deno.test("load() says of a file that isn't there no more than that", async () => {
  const port = objectSchema({ port: integerSchema() });
  assertEquals(await linesOf(loaderOf({}, { OAAS_PORT_FILE: "/n" }).load(port)), [
    "OAAS_PORT_FILE: port: names a file that doesn't exist",
  ]);
});

Deno.test("load() refuses a value and a file for it in one layer", async () => {
  const env = { OAAS_NAME: "a", OAAS_NAME_FILE: "/n" };
  assertEquals(await linesOf(loaderOf({ "/n": "b" }, env).load(schema)), [
    "OAAS_NAME_FILE: name: is given twice, by OAAS_NAME and by OAAS_NAME_FILE",
  ]);
});

Deno.test("load() says that a named file doesn't exist, or holds the wrong thing", async () => {
  const env = { OAAS_NAME_FILE: "/none", OAAS_COUNT_FILE: "/c", OAAS_NMAE_FILE: "/n" };
  assertEquals(await linesOf(loaderOf({ "/c": "x" }, env).load(schema)), [
    "OAAS_COUNT_FILE: count: must be an integer, found [secret] (a string)",
    "OAAS_NAME_FILE: name: names a file that doesn't exist",
    "OAAS_NMAE_FILE: names no known setting, did you mean OAAS_NAME_FILE?",
  ]);
});

Deno.test("load() reads a secrets directory, in every spelling of a setting", async () => {
  const files = {
    "/run/secrets/etcd.password": "pw\n",
    "/run/secrets/tls__cert_file": "c.pem",
    "/run/secrets/OAAS_COUNT": "3",
    "/run/secrets/tags": '{"a":"b"}',
    "/run/secrets/..data": "swapped by Kubernetes",
    "config/default.yaml": "name: file\netcd: {password: file}",
  };
  const env = { OAAS_SECRETS_DIR: "/run/secrets/", OAAS_COUNT: "4" };
  const loader = loaderOf(files, env);
  assertEquals(await loader.load(schema), {
    name: "file",
    count: 4,
    items: [],
    tls: { certFile: "c.pem" },
    etcd: { password: "pw" },
    tags: { a: "b" },
  });
  const { sources, values } = await loader.explain();
  assertEquals(sources.filter(({ layer }) => layer === "secrets"), [
    { layer: "secrets", where: "/run/secrets", state: "read" },
  ]);
  const { where, shadowed } = values.find(({ path }) => path === "etcd.password")!;
  assertEquals([where, shadowed.map((each) => each.where)], [
    "/run/secrets/etcd.password",
    ["config/default.yaml:2:18", "schema"],
  ]);
});

Deno.test("load() refuses a secrets directory that isn't there, and files that name nothing", async () => {
  assertEquals(await linesOf(loaderOf({}, {}, { secretsDir: "/s" }).load(schema)), [
    "/s: doesn't exist",
  ]);
  const files = { "/s/etcd.pasword": "x", "/s/name": "a", "/s/NAME": "b" };
  assertEquals(await linesOf(loaderOf(files, {}, { secretsDir: "/s" }).load(schema)), [
    "/s/etcd.pasword: names no known setting, did you mean OAAS_ETCD__PASSWORD?",
    "/s/name: name: is given twice, by /s/NAME and by /s/name",
  ]);
  const many = Object.fromEntries(Array.from({ length: 1001 }, (_, i) => [`/s/f${i}`, ""]));
  assertEquals(await linesOf(loaderOf(many, {}, { secretsDir: "/s" }).load(schema)), [
    "/s: holds more than 1000 files",
  ]);
});

Deno.test("listFiles() lists files and links, not folders", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${folder}/..2026`);
    await Deno.writeTextFile(`${folder}/..2026/b`, "x");
    await Deno.symlink("..2026", `${folder}/..data`);
    await Deno.symlink("..data/b", `${folder}/b`);
    await Deno.writeTextFile(`${folder}/a`, "x");
    assertEquals(await listFiles(folder), ["..data", "a", "b"]);
    assertEquals(await listFiles(`${folder}/none`), undefined);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
