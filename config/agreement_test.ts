import { assertEquals } from "@std/assert";
import { parse as parseStd } from "@std/yaml";
import { parseDocument } from "yaml";
import { Positions } from "./_positions.ts";

/**
 * @std/yaml says what a file means, npm yaml where it stands. For each layout
 * the two must see the same keys and values, apart from the scalars listed
 * with it, which YAML 1.1 and 1.2 read differently: there, too, they must
 * agree on where the value is.
 */
type Layout = readonly [
  layout: string,
  yaml: string,
  /** What @std/yaml and npm yaml read, by path. */
  differences?: Readonly<Record<string, readonly [std: unknown, npm: unknown]>>,
];

const layouts: readonly Layout[] = [
  ["block mappings", "a:\n  b:\n    c: 1\n  d: x"],
  ["block lists", "a:\n  - 1\n  - x\nb:\n- 2\n- - 3\n  - 4"],
  ["lists of mappings", "a:\n  - b: 1\n    c: 2\n  -\n    b: 3"],
  ["flow mappings", "a: {b: 1, c: {d: [x, 'y']}}"],
  ["flow lists over lines", "a: [\n  1,\n  2,\n]"],
  ["JSON", '{"a": {"b": [1, "x", null, true]}}'],
  ["no space after a quoted key in flow", '{"a":1,"b":[{"c":2}]}'],
  ["pairs in a flow list", "a: [b: 1, c: 2]"],
  ["empty values", "a:\nb: {c: , d}\ne: []\nf: {}\ng: ''"],
  ["comments", "# one\na: 1 # two\n# three\nb: x#y\nc: '#z' # w"],
  ["CR LF", "a: 1\r\nb:\r\n  - x\r\n"],
  ["document markers", "%YAML 1.2\n---\na: 1\n...\n"],
  ["byte order mark", "\uFEFFa: 1"],
  ["plain text over lines", "a: one\n  two\n\n  three\nb: x"],
  ["single quotes", "a: 'it''s'\nb: 'one\n  two\n\n  three'"],
  ["double quotes", 'a: "\\t\\x41\\u00e4\\U0001F600\\n"\nb: "one\\\n  two"\nc: "x\n\n  y"'],
  ["literal text", "a: |\n  one\n   two\n\n  three\nb: |-\n  x\nc: |+\n  y\n\nd: |2\n    z\n"],
  ["folded text", "a: >\n  one\n  two\n\n  three\n    more\nb: >-\n  x\n  y\n"],
  ["anchors and aliases", "a: &x {b: 1}\nc: *x\nd: [&y 2, *y]\ne: &z text\nf: *z"],
  ["anchored keys", "{&k a: 1, b: *k}"],
  ["merge keys", "a: &x {b: 1, c: 2}\nd:\n  <<: *x\n  c: 3"],
  ["merge of a list", "a: &x {b: 1}\nc: &y {b: 2, d: 3}\ne:\n  <<: [*x, *y]\n  f: 4"],
  ["merge of a merge", "a: &x {b: 1}\nc: &y {<<: *x, d: 2}\ne: {<<: *y}"],
  ["explicit keys", "? a\n: 1\n? b\n: - x"],
  ["keys that are numbers, booleans and null", "a: {1: x, true: y, ~: z, 1.5: w}", {
    "a.null": ["z", undefined],
  }],
  ["keys with dots, dashes and spaces", 'a.b: 1\n"c d": 2\ne-f: 3\n"": 4'],
  ["tags of the core", "a: !!str 5\nb: !!str true\nc: !!seq [1]\nd: !!map {e: 1}"],
  ["wide characters", "ä: {ö: '𝄞', b: x}"],
  ["colons and question marks in text", "a: b:c\nd: ?e\nf: http://g:1/h?i\nj: -k"],
  ["no, yes, on and off are text in both", "a: no\nb: yes\nc: on\nd: off\ne: y\nf: NO"],
  ["null and booleans in their spellings", "a: null\nb: Null\nc: ~\nd: true\ne: True\nf: FALSE"],
  ["decimal numbers", "a: 0\nb: -1\nc: +2\nd: 1.5\ne: .5\nf: 1e3\ng: 1.5E-3\nh: 0x1F\ni: 10."],
  ["infinities", "a: .inf\nb: -.INF\nc: +.Inf"],
  ["sexagesimals are text in both", "a: 1:30\nb: 190:20:30\nc: 1:30.5"],
  ["version numbers", "a: 1.2.3\nb: 1.10\nc: v1"],
  ["octal of YAML 1.2", "a: 0o17", { a: ["0o17", 15] }],
  ["octal of YAML 1.1", "a: 017\nb: 08", { a: [15, 17], b: ["08", 8] }],
  ["binary", "a: 0b101", { a: [5, "0b101"] }],
  ["digits with underscores", "a: 1_000\nb: 1_0.5", { a: [1000, "1_000"], b: [10.5, "1_0.5"] }],
  ["dates", "a: 2024-01-02\nb: '2024-01-02'", { a: [new Date("2024-01-02"), "2024-01-02"] }],
  [
    "times",
    "a: 2024-01-02T03:04:05Z",
    { a: [new Date("2024-01-02T03:04:05Z"), "2024-01-02T03:04:05Z"] },
  ],
  ["a key that is octal in one of the two", "a: {0o17: x}", { "a.0o17": ["x", undefined] }],
  ["a lone ... in a flow list", "a: [..., 1]\nb: [1, ...]"],
];

type Path = readonly (string | number)[];

/** Every value below a node, with the way to it. */
function* walk(value: unknown, path: Path = []): Generator<[Path, unknown]> {
  if (path.length > 0) yield [path, value];
  if (typeof value !== "object" || value === null || value instanceof Date) return;
  const entries = Array.isArray(value) ? value.entries() : Object.entries(value);
  for (const [key, item] of entries) yield* walk(item, [...path, key]);
}

function at(value: unknown, path: Path): unknown {
  let found = value;
  for (const key of path) found = (found as Record<string | number, unknown> | undefined)?.[key];
  return found;
}

const isScalar = (value: unknown) =>
  typeof value !== "object" || value === null || value instanceof Date;

for (const [layout, yaml, differences = {}] of layouts) {
  Deno.test(`@std/yaml and npm yaml agree on ${layout}`, async () => {
    const std = parseStd(yaml);
    const document = parseDocument(yaml, { merge: true, logLevel: "silent" });
    assertEquals(document.errors, []);
    const npm = document.toJS();
    const seen = new Set<string>();
    for (const [path, value] of walk(std)) {
      const name = path.join(".");
      const other = at(npm, path);
      if (Object.hasOwn(differences, name)) {
        seen.add(name);
        assertEquals([value, other], [...differences[name]!], name);
      } else if (isScalar(value) || isScalar(other)) assertEquals(other, value, name);
      else assertEquals(Object.keys(other as object).length, Object.keys(value as object).length);
    }
    assertEquals([...seen], Object.keys(differences));

    // Where a value is said to stand, there stands what @std/yaml read.
    const text = yaml.replace(/^\uFEFF/, "");
    const source = { layer: "base", name: "f", yaml: text } as const;
    const lines = text.split("\n");
    for (const [path, value] of walk(std)) {
      const position = (await new Positions().find({ source, at: path }, "value"))!;
      const rest = lines.slice(position.line - 1).join("\n").slice(position.column - 1);
      if (typeof value !== "number" && typeof value !== "boolean") continue;
      // An alias stands for what its anchor names.
      if (rest.startsWith("*")) continue;
      const word = /^[^\s,\]}]+/.exec(rest)?.[0] ?? "";
      assertEquals(parseStd(word.replace(/^'(.*)'$/, "$1")), value, `${path.join(".")} at ${rest}`);
    }
  });
}
