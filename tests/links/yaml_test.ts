// What this project relies on in @std/yaml. It holds for links/yaml as for the
// real package, which `deno task test:jsr` puts in its place.
import { parse, stringify } from "@std/yaml";
import { assertEquals, assertInstanceOf, assertMatch, assertThrows } from "@std/assert";

Deno.test("parse() reads mappings, lists and scalars of the core schema", () => {
  const text = `
text: a b
quoted: "1.0"
whole: 12
real: 1.50
yes: true
none: ~
nothing:
time: 2026-01-31T12:00:00Z
list: [a, {b: c}]
`;
  assertEquals(parse(text, { schema: "core" }), {
    text: "a b",
    quoted: "1.0",
    whole: 12,
    real: 1.5,
    yes: true,
    none: null,
    nothing: null,
    time: "2026-01-31T12:00:00Z",
    list: ["a", { b: "c" }],
  });
});

Deno.test("parse() leaves every scalar the text it is with the failsafe schema", () => {
  assertEquals(parse("[1.10, 0x1F, true, ~, 'x']", { schema: "failsafe" }), [
    "1.10",
    "0x1F",
    "true",
    "~",
    "x",
  ]);
});

Deno.test("parse() reads literal and folded texts over several lines", () => {
  assertEquals(parse("literal: |\n  a\n  b\nfolded: >-\n  a\n  b\n"), {
    literal: "a\nb\n",
    folded: "a b",
  });
});

Deno.test("parse() shares the value of an anchor among its aliases", () => {
  const { a, b } = parse("a: &x [1]\nb: *x") as { a: unknown; b: unknown };
  assertEquals(b, [1]);
  assertEquals(a === b, true);
});

Deno.test("parse() answers null for an empty text", () => {
  assertEquals(parse(""), null);
  assertEquals(parse("# only a comment\n"), null);
});

Deno.test("parse() keeps __proto__ from being the prototype", () => {
  const value = parse("__proto__: {polluted: 1}") as Record<string, unknown>;
  assertEquals(Object.hasOwn(value, "__proto__"), true);
  assertEquals(value.polluted, undefined);
});

Deno.test("parse() throws a SyntaxError that names line and column", () => {
  for (
    const [text, place] of [
      ["a: [", / at line \d+, column \d+/],
      ["a: 1\nb: *none", / at line 2, column 9/],
      ["a: 1\n  b: 2", / at line 2, column \d+/],
      ["a: 1\n---\nb: 2", / at line \d+, column \d+/],
    ] as const
  ) {
    const error = assertThrows(() => parse(text));
    assertInstanceOf(error, SyntaxError);
    assertMatch(error.message, place);
  }
});

Deno.test("parse() refuses a key that is given twice", () => {
  const error = assertThrows(() => parse("a: 1\nb: 2\na: 3"));
  assertInstanceOf(error, SyntaxError);
  assertMatch(error.message, /duplicated key at line 3, column \d+/);
});

Deno.test("stringify() quotes texts that would be read as something else", () => {
  assertEquals(
    stringify({ a: "1.0", b: "true", c: "no", d: "~", e: "2026-01-01", f: "" }),
    "a: '1.0'\nb: 'true'\nc: 'no'\nd: '~'\ne: '2026-01-01'\nf: ''\n",
  );
});

Deno.test("stringify() writes texts of several lines so that parse() reads them back", () => {
  for (const text of ["a\nb", "a\nb\n", "\n", " a\n  b\n\n", "a: b\n# c", "long ".repeat(60)]) {
    assertEquals(parse(stringify({ text })), { text });
  }
});

Deno.test("stringify() writes nested lists and mappings so that parse() reads them back", () => {
  const value = { a: [{ b: 1, c: [] }, { d: {} }], e: { f: null, g: -0.5 } };
  assertEquals(parse(stringify(value)), value);
});
