import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { errorOf, issuesOf, linesOf, loaderOf, readerOf } from "./_testing.ts";
import { isConfigError } from "./values.ts";
import {
  type Infer,
  integerSchema,
  listSchema,
  loadConfig,
  mapSchema,
  objectSchema,
  serviceConfigSchema,
  stringSchema,
  urlSchema,
} from "./mod.ts";
import { ConfigLoader } from "./loader.ts";

const schema = objectSchema({
  value: stringSchema({ default: "defaults" }),
  section: objectSchema({
    one: stringSchema({ default: "-" }),
    two: stringSchema({ default: "-" }),
  }),
  items: listSchema(integerSchema(), { default: [0] }),
  tags: mapSchema(stringSchema(), { default: {} }),
});

/** Every layer above the defaults, lowest first, each with one more way to set `value`. */
const steps = [
  { name: "default.yaml", files: { "config/default.yaml": "value: default.yaml" } },
  { name: "<environment>.yaml", files: { "config/development.yaml": "value: <environment>.yaml" } },
  { name: ".env", files: { ".env": "OAAS_VALUE=.env" } },
  { name: "variables", env: { OAAS_VALUE: "variables" } },
  { name: "loader's overrides", loader: { overrides: { value: "loader's overrides" } } },
  { name: "load's overrides", load: { overrides: { value: "load's overrides" } } },
  { name: "arguments", load: { args: ["serve", "--set", "value=arguments"] } },
] as const;

for (let count = 0; count <= steps.length; count++) {
  const expected = count === 0 ? "defaults" : steps[count - 1]!.name;
  Deno.test(`load() takes the highest of ${count} layers: ${expected}`, async () => {
    let files = {}, env = {}, loaderOptions = {}, loadOptions = {};
    for (const step of steps.slice(0, count)) {
      if ("files" in step) files = { ...files, ...step.files };
      if ("env" in step) env = { ...env, ...step.env };
      if ("loader" in step) loaderOptions = { ...loaderOptions, ...step.loader };
      if ("load" in step) loadOptions = { ...loadOptions, ...step.load };
    }
    const config = await loaderOf(files, env, loaderOptions).load(schema, loadOptions);
    assertEquals(config.value, expected);
  });
}

Deno.test("load() merges sections and maps key by key, across files, variables and code", async () => {
  const loader = loaderOf({
    "config/default.yaml": "section: {one: base, two: base}\ntags: {a: base, b: base}",
    "config/development.yaml": "section: {two: upper}\ntags: {b: upper, c: upper}",
  }, { OAAS_TAGS: '{"d":"variable"}' });
  const config = await loader.load(schema, { overrides: { tags: { a: "code" } } });
  assertEquals(config.section, { one: "base", two: "upper" });
  assertEquals(config.tags, { a: "code", b: "upper", c: "upper", d: "variable" });
});

Deno.test("load() replaces lists", async () => {
  const loader = loaderOf({
    "config/default.yaml": "items: [1, 2, 3]",
    "config/development.yaml": "items: [4]",
  });
  assertEquals((await loader.load(schema)).items, [4]);
});

Deno.test("load() takes a section that is left empty as one that says nothing", async () => {
  const loader = loaderOf({
    "config/default.yaml": "section:\n  one: base\ntags:\n  a: base",
    "config/development.yaml": "section:\n  # one: x\ntags:\n",
  });
  const config = await loader.load(schema);
  assertEquals(config.section.one, "base");
  assertEquals(config.tags, { a: "base" });
});

Deno.test("load() gives defaults that a caller may change without changing the schema", async () => {
  const first = await loaderOf({}).load(schema);
  (first.items as number[]).push(1);
  assertEquals((await loaderOf({}).load(schema)).items, [0]);
});

Deno.test("load() reads snake_case and camelCase in files", async () => {
  const spelled = objectSchema({ keyPrefix: stringSchema(), maxValueBytes: integerSchema() });
  const loader = loaderOf({ "config/default.yaml": "key_prefix: a\nmaxValueBytes: 1" });
  assertEquals(await loader.load(spelled), { keyPrefix: "a", maxValueBytes: 1 });
});

Deno.test("load() lets one spelling override the other in a higher layer", async () => {
  const spelled = objectSchema({ keyPrefix: stringSchema() });
  const loader = loaderOf({
    "config/default.yaml": "keyPrefix: lower",
    "config/development.yaml": "key_prefix: upper",
  });
  assertEquals(await loader.load(spelled), { keyPrefix: "upper" });
});

Deno.test("load() refuses both spellings in one place", async () => {
  const spelled = objectSchema({ keyPrefix: stringSchema() });
  const loader = loaderOf({ "config/default.yaml": "key_prefix: a\nkeyPrefix: b" });
  assertEquals(await linesOf(loader.load(spelled)), [
    "config/default.yaml:2:1: key_prefix: is given twice here, as key_prefix and as keyPrefix",
  ]);
});

Deno.test("load() reads the files anew each time", async () => {
  const files: Record<string, string> = { "config/default.yaml": "value: first" };
  const loader = loaderOf(files);
  assertEquals((await loader.load(schema)).value, "first");
  files["config/default.yaml"] = "value: second";
  assertEquals((await loader.load(schema)).value, "second");
});

Deno.test("load() infers the type of an extended platform schema", async () => {
  const extended = objectSchema({
    ...serviceConfigSchema.fields,
    clusters: mapSchema(objectSchema({ url: urlSchema() })),
  });
  const config: Infer<typeof extended> = await loaderOf({
    "config/default.yaml": "service_name: pm\nclusters:\n  eu-west:\n    url: http://eu",
  }).load(extended);
  const url: string | undefined = config.clusters["eu-west"]?.url;
  const port: number = config.server.port;
  // @ts-expect-error the type knows its fields
  config.unknown;
  assertEquals([url, port], ["http://eu", 8080]);
});

Deno.test("fromEnv() reads OAAS_CONFIG_DIR and OAAS_ENV", async () => {
  const loader = ConfigLoader.fromEnv({
    env: { OAAS_CONFIG_DIR: "etc/pm/", OAAS_ENV: "production" },
    readFile: readerOf({
      "etc/pm/default.yaml": "value: base",
      "etc/pm/production.yaml": "value: production",
    }),
  });
  assertEquals([loader.configDir, loader.environment], ["etc/pm/", "production"]);
  assertEquals((await loader.load(schema)).value, "production");
});

Deno.test("fromEnv() falls back to config and development, also for empty variables", () => {
  for (const env of [{}, { OAAS_CONFIG_DIR: "", OAAS_ENV: "" }]) {
    const loader = ConfigLoader.fromEnv({ env });
    assertEquals([loader.configDir, loader.environment], ["config", "development"]);
  }
});

for (
  const name of [
    "../secrets",
    "a/b",
    "a\\b",
    "production,,eu",
    "a,a",
    "",
    " ",
    ".hidden",
    "-a",
    "a-",
    "a_,b",
    "é",
    "a".repeat(65),
    "default",
  ]
) {
  Deno.test(`ConfigLoader refuses the environment ${JSON.stringify(name)}`, () => {
    assertThrows(() => new ConfigLoader("config", name), TypeError, "as environment");
  });
}

Deno.test("ConfigLoader takes letters, digits, and marks between them as environment", () => {
  for (const name of ["a", "9", "eu-west.2_B", "a".repeat(64)]) {
    assertEquals(new ConfigLoader("config", name).profiles, [name]);
  }
});

Deno.test("fromEnv() names OAAS_ENV when it holds no environment", () => {
  const error = assertThrows(() => ConfigLoader.fromEnv({ env: { OAAS_ENV: "../x" } }));
  assertEquals(isConfigError(error) && error.issues[0]!.where, "OAAS_ENV");
});

Deno.test("load() does without any file when the folder isn't named", async () => {
  assertEquals((await loaderOf({}, { OAAS_VALUE: "x" }).load(schema)).value, "x");
});

Deno.test("load() refuses a named folder that has no file", async () => {
  const fromCode = new ConfigLoader("conf", "development", { env: {}, readFile: readerOf({}) });
  const fromVariable = loaderOf({}, { OAAS_CONFIG_DIR: "conf" });
  for (const loader of [fromCode, fromVariable]) {
    assertEquals(await linesOf(loader.load(schema)), [
      "conf: has no default.yaml and no development.yaml",
    ]);
  }
});

Deno.test("load() does without default.yaml when the environment has its file", async () => {
  const loader = new ConfigLoader("conf", "production", {
    env: {},
    readFile: readerOf({ "conf/production.yaml": "value: x" }),
  });
  assertEquals((await loader.load(schema)).value, "x");
});

Deno.test("load() refuses an environment without its file, other than development", async () => {
  const files = { "config/default.yaml": "value: x" };
  assertEquals(await linesOf(loaderOf(files, { OAAS_ENV: "prodution" }).load(schema)), [
    "config/prodution.yaml: doesn't exist, and the environment is prodution",
  ]);
});

Deno.test("load() suggests the environment that has a file", async () => {
  const files = {
    "config/default.yaml": "",
    "config/production.yaml": "",
    "config/notes.json": "",
  };
  const issuesFor = (env: string) => issuesOf(loaderOf(files, { OAAS_ENV: env }).load(schema));
  assertEquals(await issuesFor("producton"), [{
    code: "unreadable",
    path: "",
    message: "doesn't exist, and the environment is producton, did you mean production?",
    where: "config/producton.yaml",
    suggestion: "production",
  }]);
  for (const far of ["defaults", "notes", "test"]) {
    const [issue] = await issuesFor(far);
    assertEquals(issue?.message, `doesn't exist, and the environment is ${far}`);
  }
});

Deno.test("load() doesn't look for environments in the file system when it reads elsewhere", async () => {
  const folder = await Deno.makeTempDir();
  try {
    for (const name of ["default", "production"]) {
      await Deno.writeTextFile(`${folder}/${name}.yaml`, "value: x\n");
    }
    const elsewhere = readerOf({ [`${folder}/default.yaml`]: "value: x" });
    const there = "doesn't exist, and the environment is producton";
    for (
      const [readFile, message] of [[elsewhere, there], [
        undefined,
        `${there}, did you mean production?`,
      ]] as const
    ) {
      const loader = new ConfigLoader(folder, "producton", { env: {}, envFile: false, readFile });
      assertEquals((await issuesOf(loader.load(schema))).map((issue) => issue.message), [message]);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("load() says that a file must end in .yaml", async () => {
  const loader = loaderOf({ "config/default.yml": "value: x" });
  assertEquals(await linesOf(loader.load(schema)), [
    "config/default.yml: must be named config/default.yaml",
  ]);
});

Deno.test("load() refuses a .env that is named and doesn't exist", async () => {
  const loader = loaderOf({}, {}, { envFile: "settings.env" });
  assertEquals(await linesOf(loader.load(schema)), ["settings.env: doesn't exist"]);
});

Deno.test("load() reads no .env when told so", async () => {
  const loader = loaderOf({ ".env": "OAAS_VALUE=x" }, {}, { envFile: false });
  assertEquals((await loader.load(schema)).value, "defaults");
});

Deno.test("load() takes another prefix", async () => {
  const loader = loaderOf({}, { MY_APP_VALUE: "x", OAAS_VALUE: "y" }, { envPrefix: "MY_APP" });
  assertEquals((await loader.load(schema)).value, "x");
});

Deno.test("ConfigLoader refuses a prefix that is no start of a variable", () => {
  for (const envPrefix of ["", "oaas", "OAAS_", "A-B"]) {
    assertThrows(() => new ConfigLoader("config", "development", { envPrefix }), TypeError);
  }
});

Deno.test("load() refuses a schema whose field would be a reserved variable", async () => {
  for (const name of ["env", "configDir"]) {
    const reserved = objectSchema({ [name]: stringSchema() });
    await assertRejects(() => loaderOf({}).load(reserved), TypeError, "reserved");
  }
});

Deno.test("load() passes on what a reader says of a file, and still checks the rest", async () => {
  const loader = ConfigLoader.fromEnv({
    env: { OAAS_ITEMS: "x" },
    readFile: (path) =>
      path.endsWith("default.yaml")
        ? Promise.reject(new Error("can't be read: permission denied"))
        : Promise.resolve(undefined),
  });
  const error = await errorOf(loader.load(schema));
  assertEquals(error.issues.map(({ code, where }) => [code, where]), [
    ["unreadable", "config/default.yaml"],
    ["invalid_value", "OAAS_ITEMS"],
  ]);
});

Deno.test("loadConfig() loads by the variables, with overrides and arguments", async () => {
  const config = await loadConfig(schema, {
    env: { OAAS_VALUE: "x", OAAS_SECTION__ONE: "variable" },
    readFile: readerOf({}),
    overrides: { value: "code" },
    args: ["--set=section.two=argument"],
  });
  assertEquals([config.value, config.section.one, config.section.two], [
    "code",
    "variable",
    "argument",
  ]);
});

Deno.test("explain() refuses before the first load", async () => {
  await assertRejects(() => loaderOf({}).explain(), TypeError, "none was loaded");
});

Deno.test("load() reads the file of each profile, later ones above", async () => {
  const files = {
    "config/default.yaml": "value: base\nsection: {one: base, two: base}\nitems: [1]",
    "config/production.yaml": "value: production\nsection: {one: production}\nitems: [..., 2]",
    "config/eu-west.yaml": "value: eu-west\nitems: [..., 3]",
  };
  const loader = loaderOf(files, { OAAS_ENV: "production, eu-west" });
  assertEquals([loader.environment, loader.profiles], [
    "production, eu-west",
    ["production", "eu-west"],
  ]);
  const config = await loader.load(schema);
  assertEquals(config.value, "eu-west");
  assertEquals(config.section, { one: "production", two: "base" });
  assertEquals(config.items, [1, 2, 3]);
  const [value] = (await loader.explain()).values;
  assertEquals(value!.shadowed.map(({ layer, where }) => `${layer} ${where}`), [
    "environment config/production.yaml:1:8",
    "base config/default.yaml:1:8",
    "defaults schema",
  ]);
});

Deno.test("load() places problems in the files of several profiles by their order", async () => {
  const files = { "config/z.yaml": "\nvlaue: 1\n", "config/a.yaml": "itmes: 1\n" };
  assertEquals(await linesOf(loaderOf(files, { OAAS_ENV: "z,a" }).load(schema)), [
    "config/z.yaml:2:1: vlaue: is not a known setting, did you mean value?",
    "config/a.yaml:1:1: itmes: is not a known setting, did you mean items?",
  ]);
});

Deno.test("load() refuses any of several profiles without its file", async () => {
  const files = { "config/default.yaml": "value: x", "config/production.yaml": "value: y" };
  assertEquals(await linesOf(loaderOf(files, { OAAS_ENV: "production,eu" }).load(schema)), [
    "config/eu.yaml: doesn't exist, and the environment is production,eu",
  ]);
  const loader = new ConfigLoader("conf", "a,b", { env: {}, readFile: readerOf({}) });
  assertEquals(await linesOf(loader.load(schema)), [
    "conf: has no default.yaml and no a.yaml and no b.yaml",
  ]);
});
