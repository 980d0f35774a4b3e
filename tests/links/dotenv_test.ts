// What the packages rely on in @std/dotenv. Holds for links/dotenv and for the
// real package alike: `deno task test:jsr` runs it against the latter.
import { assertEquals } from "@std/assert";
import { parse } from "@std/dotenv";

const cases: [criterion: string, text: string, expected: Record<string, string>][] = [
  ["reads a value", "A=basic", { A: "basic" }],
  ["reads several lines and skips empty ones", "A=1\n\n\nB=2\n", { A: "1", B: "2" }],
  ["reads lines that end in CR LF", "A=1\r\nB=2\r\n", { A: "1", B: "2" }],
  ["skips comment lines", "#A=1\n  # B=2\nC=3", { C: "3" }],
  ["takes an empty value", "A=\nB=''\nC=\"\"", { A: "", B: "", C: "" }],
  ["trims an unquoted value", "A=  two words \t", { A: "two words" }],
  ["keeps white space in quotes", "A='  x '\nB=\"  x \"", { A: "  x ", B: "  x " }],
  ["takes spaces around the key", "  A = x\n\tB\t=y", { A: "x", B: "y" }],
  ["drops the export prefix", "export A='x'", { A: "x" }],
  ["ends an unquoted value at a comment", "A=123#x\nB=123 # x", { A: "123", B: "123" }],
  ["keeps a # in quotes", "A='1#2' # c\nB=\"1#2\"", { A: "1#2", B: "1#2" }],
  ["keeps = in a value", "A=equ==als", { A: "equ==als" }],
  ["keeps inner quotes", 'A={"x": "y"}', { A: '{"x": "y"}' }],
  ["reads escapes in double quotes only", "A=\"a\\nb\\tc\"\nB='a\\nb'", {
    A: "a\nb\tc",
    B: "a\\nb",
  }],
  ["reads quoted values of several lines", "A='\none\ntwo\n'\nB=\"1\n2\"", {
    A: "one\ntwo",
    B: "1\n2",
  }],
  ["ends a quoted value at the next quote of its kind", "A='it's'\nB=\"it's\"", {
    A: "it",
    B: "it's",
  }],
  ["takes a quote without its partner as text", "A='x\nB=y", { A: "'x", B: "y" }],
  ["lets the last assignment win", "A=1\nA=2", { A: "2" }],
  ["expands variables of the file", "A=1\nB=$A-${A}", { A: "1", B: "1-1" }],
  ["expands variables that stand below", "B=${A}\nA=1", { B: "1", A: "1" }],
  ["expands defaults, also nested", "A=1\nB=${NO_SUCH_1:-x}\nC=${NO_SUCH_1:-${A}}", {
    A: "1",
    B: "x",
    C: "1",
  }],
  ["leaves an escaped $ alone", "A=1\nB=\\$A", { A: "1", B: "\\$A" }],
  ["leaves a $ in quotes alone", "A=1\nB='$A'\nC=\"${A}\"", { A: "1", B: "$A", C: "${A}" }],
];

for (const [criterion, text, expected] of cases) {
  Deno.test(`parse() ${criterion}`, () => {
    assertEquals(parse(text), expected);
  });
}

Deno.test("parse() expands variables of the process where the file has none", () => {
  Deno.env.set("OPRC_DOTENV_TEST", "from process");
  try {
    assertEquals(parse("A=$OPRC_DOTENV_TEST"), { A: "from process" });
    assertEquals(parse("OPRC_DOTENV_TEST=own\nA=$OPRC_DOTENV_TEST").A, "own");
  } finally {
    Deno.env.delete("OPRC_DOTENV_TEST");
  }
});

Deno.test("parse() leaves the process environment as it was", () => {
  parse("OPRC_DOTENV_TEST=1");
  assertEquals(Deno.env.get("OPRC_DOTENV_TEST"), undefined);
});

Deno.test("parse() warns of a key that is no identifier, and goes on", () => {
  const warnings: unknown[] = [];
  const original = console.warn;
  console.warn = (text: unknown) => warnings.push(text);
  try {
    assertEquals(parse("1A=x\nB=y"), { B: "y" });
  } finally {
    console.warn = original;
  }
  assertEquals(warnings.length, 1);
});
