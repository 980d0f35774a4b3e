import { assert, assertEquals } from "@std/assert";
import { issuesOf, linesOf, loaderOf } from "./_testing.ts";
import { hostile, keysOf } from "./testdata/hostile.ts";
import type { StandardSchemaV1 } from "./standard_schema.ts";
import { integerSchema, listSchema, mapSchema, objectSchema, stringSchema } from "./mod.ts";

const schema = objectSchema({
  port: integerSchema({ default: 1 }),
  name: stringSchema({ default: "" }),
  section: objectSchema({
    port: integerSchema({ default: 1 }),
    name: stringSchema({ default: "" }),
  }),
  more: objectSchema({ port: integerSchema({ default: 1 }) }, { optional: true }),
  ports: listSchema(integerSchema(), { default: [] }),
  rows: listSchema(objectSchema({ port: integerSchema({ default: 1 }) }), { default: [] }),
  map: mapSchema(integerSchema(), { default: {} }),
});

const load = (yaml: string) => loaderOf({ "config/default.yaml": yaml }).load(schema);

/** Layouts of one wrong value, with the path and the place of the issue. */
const layouts: [layout: string, yaml: string, path: string, place: string][] = [
  ["block mapping", "port: x", "port", "1:7"],
  ["nested block", "section:\n  port: x", "section.port", "2:9"],
  ["deep indentation", "section:\n      port:   x", "section.port", "2:15"],
  ["value on the next line", "section:\n  port:\n    x", "section.port", "3:5"],
  ["flow mapping", "section: {name: a, port: x}", "section.port", "1:26"],
  ["flow over lines", "section: {\n  name: a,\n  port: x\n}", "section.port", "3:9"],
  ["JSON", '{"section": {"port": "x"}}', "section.port", "1:22"],
  ["block list", "ports:\n  - 1\n  - x", "ports[1]", "3:5"],
  ["list at its key's column", "ports:\n- 1\n- x", "ports[1]", "3:3"],
  ["flow list", "ports: [1, x]", "ports[1]", "1:12"],
  ["list of mappings", "rows:\n  - port: 1\n  - port: x", "rows[1].port", "3:11"],
  ["comments and blank lines", "# one\n\n# two\nport: x # three", "port", "4:7"],
  ["CR LF", "name: a\r\nport: x\r\n", "port", "2:7"],
  ["document markers", "---\nport: x\n...\n", "port", "2:7"],
  ["directive", "%YAML 1.2\n---\nport: x", "port", "3:7"],
  ["byte order mark", "\uFEFFport: x", "port", "1:7"],
  ["single quotes", "port: 'x'", "port", "1:7"],
  ["double quotes", 'port: "x"', "port", "1:7"],
  ["quoted key", '"port": x', "port", "1:9"],
  ["explicit key", "? port\n: x", "port", "2:3"],
  ["literal text", "name: |\n  a\n  b\nport: x", "port", "4:7"],
  ["folded text", "port: >\n  x", "port", "1:7"],
  ["text of several lines", "name: a\n  b\n  c\nport: x", "port", "4:7"],
  ["after a text with a colon and #", 'name: "a: b # c"\nport: x', "port", "2:7"],
  ["wide characters before it", "{name: äöü𝄞, port: x}", "port", "1:21"],
  ["anchored value", "port: &a x", "port", "1:10"],
  ["alias", "name: &a x\nport: *a", "port", "2:7"],
  ["alias of a section", "section: &s\n  port: x\nmore: *s", "more.port", "2:9"],
  ["merge key", "section: &s {port: x}\nmore:\n  <<: *s", "more.port", "1:20"],
  ["merge of a list", "section: &s {port: x}\nmore:\n  <<: [*s]", "more.port", "1:20"],
  ["tag", "port: !!str 5", "port", "1:13"],
  ["number as text", "port: '8080'", "port", "1:7"],
  ["no, which is text", "port: no", "port", "1:7"],
  ["0o17, which is text", "port: 0o17", "port", "1:7"],
  ["date", "port: 2024-01-01", "port", "1:7"],
  ["null", "port: null", "port", "1:7"],
  ["nothing", "name: a\nport:", "port", "2:1"],
  ["key that is a number", "map: {1: x}", "map.1", "1:10"],
  ["key that is null", "map: {~: x}", "map.null", "1:10"],
  ["key with a dot", "map: {a.b: x}", 'map["a.b"]', "1:12"],
];

for (const [layout, yaml, path, place] of layouts) {
  Deno.test(`load() finds the place of a value: ${layout}`, async () => {
    const issues = await issuesOf(load(yaml));
    const found = issues.filter((issue) => issue.path === path);
    assertEquals(found.map(({ where }) => where), [`config/default.yaml:${place}`]);
  });
}

Deno.test("load() reads 0x, octal, exponents and underscores as @std/yaml does", async () => {
  assertEquals((await load("ports: [0x1F, 017, 1_000, 8080.0]")).ports, [31, 15, 1000, 8080]);
});

const malformed: [what: string, yaml: string, line: string][] = [
  [
    "key without colon",
    "server\n  port: 1\n",
    ':1:1: is not valid YAML: a key without its colon, write "key: value"',
  ],
  [
    "indentation",
    "a:\n  b: 1\n c: 2\n",
    ":3:1: is not valid YAML: bad indentation, or a bracket that isn't closed",
  ],
  [
    "open quote",
    "name: 'x\nport: 1\n",
    ":3:1: is not valid YAML: a closing quote, a bracket or a colon is missing",
  ],
  [
    "open bracket",
    "ports: [1,\nname: 2\n",
    ":2:1: is not valid YAML: bad indentation, or a bracket that isn't closed",
  ],
  [
    "two keys on a line",
    "name: a: b",
    ":1:7: is not valid YAML: a second key on one line; quote a value that has a colon in it",
  ],
  [
    "duplicate key",
    "section:\n  port: 1\n  port: 2\n",
    ":3:3: is not valid YAML: the key is given twice",
  ],
  [
    "reserved sign",
    "name: @x",
    ":1:7: is not valid YAML: a value that begins with this character must be quoted",
  ],
  [
    "unknown escape",
    'name: "\\q"',
    ':1:8: is not valid YAML: unknown escape in double quotes, write "\\\\" for a backslash',
  ],
  ["unknown alias", "name: *x", ":1:9: is not valid YAML: unidentified alias"],
  ["unknown tag", "name: !x y", ":1:11: is not valid YAML: cannot resolve unknown tag"],
  ["two documents", "port: 1\n---\nport: 2", ":2:1: is not valid YAML: expected a single document"],
  [
    "control character",
    "name: a\u0007",
    ":1:9: is not valid YAML: stream contains non-printable characters",
  ],
  ["tab in front of a key", "section:\n\tport: 2\n", ":2:1: is not valid YAML: tabs can't indent"],
  [
    "tab in front of a later key",
    "section:\n  port: 2\n\tname: x\n",
    ":3:1: is not valid YAML: tabs can't indent",
  ],
  ["list as root", "- port: 1", ":1:1: must be a mapping of settings, found a list"],
  ["text as root", "# c\nport", ":2:1: must be a mapping of settings, found a single value"],
];

for (const [what, yaml, line] of malformed) {
  Deno.test(`load() refuses malformed YAML: ${what}`, async () => {
    assertEquals(await linesOf(load(yaml)), [`config/default.yaml${line}`]);
  });
}

Deno.test("load() says of a number in a file how to make it a string", async () => {
  const where = "config/default.yaml:1:7";
  const wrong = "must be a string, found";
  assertEquals(await linesOf(load("name: 1.10")), [
    `${where}: name: ${wrong} 1.1; quote it to make it a string`,
  ]);
  assertEquals(await linesOf(load("name: []")), [`${where}: name: ${wrong} a list`]);
  const files = { "config/default.yaml": "" };
  const given = loaderOf(files).load(schema, { overrides: { name: 1 } });
  assertEquals(await linesOf(given), [`overrides: name: ${wrong} 1`]);
});

Deno.test("load() takes tabs that indent nothing", async () => {
  const yaml = "# one\n\t# two\nname: |\n  all:\n  \tmake\nmap: {\n\ta: 1,\n\tb: 2\n}\t# three\n";
  const { name, map } = await load(yaml);
  assertEquals([name, map], ["all:\n\tmake\n", { a: 1, b: 2 }]);
});

for (const yaml of ["", "\n\n", "# only a comment\n", "---\n", "null", "{}"]) {
  Deno.test(`load() takes ${JSON.stringify(yaml)} as a file that says nothing`, async () => {
    assertEquals((await load(yaml)).port, 1);
  });
}

/** Takes every value, so that nothing but the loader's own bounds can stop one. */
const anything: StandardSchemaV1 = {
  "~standard": { version: 1, vendor: "test", validate: (value) => ({ value }) },
};

for (const [what, yaml, message] of hostile) {
  Deno.test(`load() ends in one error on ${what}`, async () => {
    const loader = loaderOf({ "config/default.yaml": yaml });
    const issues = await issuesOf(loader.load(anything));
    assertEquals(issues.map((issue) => issue.message), [message]);
    assert(issues[0]!.where.startsWith("config/default.yaml"));
    // A schema of ours refuses the same text, at the latest where it stops fitting.
    assert((await issuesOf(loader.load(schema))).length > 0);
  });
}

Deno.test("load() places ten thousand wrong values", async () => {
  const issues = await issuesOf(load(`map: {${keysOf(10_000).replaceAll("1", "x")}}`));
  assertEquals(issues.length, 10_000);
});

Deno.test("load() keeps __proto__ in a file from reaching any object", async () => {
  const lines = await linesOf(
    load("__proto__: {polluted: 1}\nmap:\n  __proto__: 1\nconstructor: 1"),
  );
  assertEquals(lines, [
    "config/default.yaml:1:1: __proto__: can't be used as a key",
    "config/default.yaml:3:3: map.__proto__: can't be used as a key",
    "config/default.yaml:4:1: constructor: is not a known setting",
  ]);
  assertEquals(({} as Record<string, unknown>).polluted, undefined);
});

Deno.test("load() takes names of Object.prototype as keys of a map", async () => {
  const { map } = await load("map: {constructor: 1, toString: 2, hasOwnProperty: 3}");
  assertEquals(Object.entries(map), [["constructor", 1], ["toString", 2], ["hasOwnProperty", 3]]);
});
