import { assertEquals } from "@std/assert";
import { linesOf, loaderOf } from "./_testing.ts";
import {
  booleanSchema,
  enumSchema,
  integerSchema,
  listSchema,
  mapSchema,
  numberSchema,
  objectSchema,
  serviceConfigSchema,
  stringSchema,
  urlSchema,
} from "./mod.ts";

const schema = objectSchema({
  text: stringSchema({ default: "" }),
  maxBytes: integerSchema({ default: 0 }),
  ratio: numberSchema({ default: 0 }),
  on: booleanSchema({ default: false }),
  level: enumSchema(["low", "high"], { default: "low" }),
  words: listSchema(stringSchema(), { default: [] }),
  ports: listSchema(integerSchema(), { default: [] }),
  clusters: mapSchema(objectSchema({ url: urlSchema(), weight: integerSchema({ default: 1 }) }), {
    default: {},
  }),
  section: objectSchema({ inner: objectSchema({ keyPrefix: stringSchema({ default: "/" }) }) }),
});

const reads: [name: string, text: string, field: keyof typeof schema.fields, value: unknown][] = [
  ["OAAS_TEXT", " as it is ", "text", " as it is "],
  ["OAAS_TEXT", "${NOT_EXPANDED}", "text", "${NOT_EXPANDED}"],
  ["OAAS_TEXT", "", "text", ""],
  ["OAAS_TEXT", "8080", "text", "8080"],
  ["OAAS_MAX_BYTES", "-12", "maxBytes", -12],
  ["OAAS_MAX_BYTES", " 12 ", "maxBytes", 12],
  ["OAAS_RATIO", ".5", "ratio", 0.5],
  ["OAAS_RATIO", "1e3", "ratio", 1000],
  ["OAAS_ON", "true", "on", true],
  ["OAAS_ON", "TRUE", "on", true],
  ["OAAS_ON", "1", "on", true],
  ["OAAS_LEVEL", "high", "level", "high"],
  ["OAAS_WORDS", "a, b,c", "words", ["a", "b", "c"]],
  ["OAAS_WORDS", '["a,b","c"]', "words", ["a,b", "c"]],
  ["OAAS_WORDS", "", "words", []],
  ["OAAS_PORTS", "1,2", "ports", [1, 2]],
  ["OAAS_PORTS", "[1,2]", "ports", [1, 2]],
  ["OAAS_CLUSTERS", '{"eu-west":{"url":"http://a"}}', "clusters", {
    "eu-west": { url: "http://a", weight: 1 },
  }],
  ["OAAS_CLUSTERS__EU__URL", "http://a", "clusters", { eu: { url: "http://a", weight: 1 } }],
  ["OAAS_SECTION__INNER__KEY_PREFIX", "/x", "section", { inner: { keyPrefix: "/x" } }],
  ["OAAS_SECTION", '{"inner":{"key_prefix":"/x"}}', "section", { inner: { keyPrefix: "/x" } }],
];

for (const [name, text, field, value] of reads) {
  Deno.test(`load() reads ${name}=${text}`, async () => {
    assertEquals((await loaderOf({}, { [name]: text }).load(schema))[field], value as never);
    const quoted = { ".env": `${name}='${text}'` };
    assertEquals((await loaderOf(quoted).load(schema))[field], value as never);
  });
}

const refuses: [name: string, text: string, line: string][] = [
  ["OAAS_MAX_BYTES", "1.5", 'max_bytes: must be an integer, found "1.5"'],
  ["OAAS_MAX_BYTES", "0x10", 'max_bytes: must be an integer, found "0x10"'],
  ["OAAS_MAX_BYTES", "", 'max_bytes: must be an integer, found ""'],
  [
    "OAAS_MAX_BYTES",
    "9007199254740993",
    'max_bytes: must be an integer, found "9007199254740993"',
  ],
  ["OAAS_RATIO", "Infinity", 'ratio: must be a number, found "Infinity"'],
  ["OAAS_ON", "yes", 'on: must be true or false, found "yes"'],
  ["OAAS_PORTS", "1,x", 'ports[1]: must be an integer, found "x"'],
  [
    "OAAS_PORTS",
    "[1,",
    "ports: must be a JSON array or texts with commas when given as one text, and isn't valid JSON",
  ],
  ["OAAS_PORTS", '["1"]', 'ports[0]: must be an integer, found "1"'],
  [
    "OAAS_CLUSTERS",
    "eu",
    "clusters: must be a JSON object when given as one text, and isn't valid JSON",
  ],
  [
    "OAAS_CLUSTERS",
    '{"eu":{"ulr":"http://a"}}',
    "clusters.eu.ulr: is not a known setting, did you mean clusters.eu.url?",
  ],
  ["OAAS_SECTION", '{"inner":{"__proto__":1}}', "section.inner.__proto__: can't be used as a key"],
  ["OAAS_MAXBYTES", "1", "names no known setting, did you mean OAAS_MAX_BYTES?"],
  ["OAAS_MAX__BYTES", "1", "names no known setting, did you mean OAAS_MAX_BYTES?"],
  ["OAAS_text", "1", "names no known setting, did you mean OAAS_TEXT?"],
  ["OAAS_TEXT__MORE", "1", "names no known setting, did you mean OAAS_TEXT?"],
  ["OAAS_", "1", "names no known setting"],
  ["OAAS_COMPLETELY_DIFFERENT", "1", "names no known setting"],
];

for (const [name, text, line] of refuses) {
  Deno.test(`load() refuses ${name}=${text}`, async () => {
    assertEquals(await linesOf(loaderOf({}, { [name]: text }).load(schema)), [`${name}: ${line}`]);
  });
}

Deno.test("load() finds the key that a variable can't spell in the files", async () => {
  const files = { "config/default.yaml": "clusters: {eu-west: {url: http://a}}" };
  const env = { OAAS_CLUSTERS__EU_WEST__WEIGHT: "5" };
  assertEquals((await loaderOf(files, env).load(schema)).clusters, {
    "eu-west": { url: "http://a", weight: 5 },
  });
});

Deno.test("load() refuses a variable that may mean two keys", async () => {
  const files = {
    "config/default.yaml": "clusters: {eu-west: {url: http://a}, eu_west: {url: http://b}}",
  };
  const env = { OAAS_CLUSTERS__EU_WEST__WEIGHT: "5" };
  assertEquals(await linesOf(loaderOf(files, env).load(schema)), [
    "OAAS_CLUSTERS__EU_WEST__WEIGHT: names more than one key of a map; write the map as JSON",
  ]);
});

Deno.test("load() refuses a section and a part far inside it from variables of one layer", async () => {
  const deep = objectSchema({ a: objectSchema({ b: objectSchema({ c: stringSchema() }) }) });
  const env = { OAAS_A__B: '{"c": "x"}', OAAS_A__B__C: "y" };
  assertEquals(await linesOf(loaderOf({}, env).load(deep)), [
    "OAAS_A__B__C: a.b.c: is given twice, by OAAS_A__B and by OAAS_A__B__C",
  ]);
});

Deno.test("load() refuses a section and a part of it from variables of one layer", async () => {
  const env = { OAAS_CLUSTERS: "{}", OAAS_CLUSTERS__EU__URL: "http://a" };
  assertEquals(await linesOf(loaderOf({}, env).load(schema)), [
    "OAAS_CLUSTERS__EU__URL: clusters.eu.url: is given twice, by OAAS_CLUSTERS and by OAAS_CLUSTERS__EU__URL",
  ]);
});

Deno.test("load() leaves other variables alone", async () => {
  const env = { OAASX: "1", PATH: "x", XOAAS_TEXT: "1" };
  assertEquals((await loaderOf({ ".env": "OTHER=1" }, env).load(schema)).text, "");
});

Deno.test("load() refuses the reserved variables in .env, where they would come too late", async () => {
  const files = { ".env": "OAAS_TEXT=x\nOAAS_ENV=production\nOAAS_CONFIG_DIR=etc" };
  assertEquals(await linesOf(loaderOf(files).load(schema)), [
    ".env:2:1: OAAS_ENV is read from the variables of the process only, not from here",
    ".env:3:1: OAAS_CONFIG_DIR is read from the variables of the process only, not from here",
  ]);
});

Deno.test("load() gives the line of an unknown variable in .env", async () => {
  const files = { ".env": "A='\n\n'\n  export OAAS_TXET=1" };
  assertEquals(await linesOf(loaderOf(files).load(schema)), [
    ".env:4:3: OAAS_TXET names no known setting, did you mean OAAS_TEXT?",
  ]);
});

const settings: [
  criterion: string,
  args: string[],
  field: keyof typeof schema.fields,
  value: unknown,
][] = [
  ["two words", ["--set", "text=a=b"], "text", "a=b"],
  ["one word", ["--set=text=a"], "text", "a"],
  ["camelCase", ["--set", "maxBytes=1"], "maxBytes", 1],
  ["snake_case", ["--set", "max_bytes=1"], "maxBytes", 1],
  ["the last of several", ["--set", "text=a", "--set", "text=b"], "text", "b"],
  ["nothing after --", ["--", "--set", "text=a"], "text", ""],
  ["a key of a map", ["--set", "clusters.eu-west.url=http://a"], "clusters", {
    "eu-west": { url: "http://a", weight: 1 },
  }],
];

for (const [criterion, args, field, value] of settings) {
  Deno.test(`load() takes from --set ${criterion}`, async () => {
    assertEquals((await loaderOf({}).load(schema, { args }))[field], value as never);
  });
}

const wrongSettings: [args: string[], line: string][] = [
  [["--set", "txet=1"], "--set txet: txet: is not a known setting, did you mean text?"],
  [["--set", "max_bytes=x"], '--set max_bytes: max_bytes: must be an integer, found "x"'],
  [["--set", "text.more=x"], "--set text.more: text.more: is not a known setting"],
  [
    ["--set", "clusters.__proto__.url=x"],
    "--set clusters.__proto__.url: clusters.__proto__: is not a known setting",
  ],
  [["--set", "text"], "--set: must be written --set path=value, such as --set server.port=8080"],
  [["--set"], "--set: must be written --set path=value, such as --set server.port=8080"],
];

for (const [args, line] of wrongSettings) {
  Deno.test(`load() refuses ${args.join(" ")}`, async () => {
    assertEquals(await linesOf(loaderOf({}).load(schema, { args })), [line]);
  });
}

Deno.test("load() names an unknown storage type by variable", async () => {
  const env = { OAAS_SERVICE_NAME: "pm", OAAS_STORAGE__TYPE: "redis" };
  assertEquals(await linesOf(loaderOf({}, env).load(serviceConfigSchema)), [
    'OAAS_STORAGE__TYPE: storage.type: must be one of memory, deno-kv, etcd, found "redis"',
  ]);
});

Deno.test("load() refuses an unknown key in overrides", async () => {
  assertEquals(await linesOf(loaderOf({}).load(schema, { overrides: { txet: 1 } })), [
    "overrides: txet: is not a known setting, did you mean text?",
  ]);
});
