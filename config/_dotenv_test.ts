import { assertEquals } from "@std/assert";
import { parse } from "@std/dotenv";
import { parseDotenv, scan } from "./_dotenv.ts";

/** Pieces whose random sequences reach every corner of the format. */
const PIECES = ["A", "B_1", "=", "=", "'", '"', "\n", "\n", "\r\n", " ", "\t", "#", "export "]
  .concat(["x", "y z", "\\n", "1K", "-", "{", "}"]);

/** A generator of numbers that is the same each run. */
function randomOf(seed: number): (below: number) => number {
  return (below) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return Math.floor(seed / 2 ** 32 * below);
  };
}

Deno.test("parseDotenv() agrees with @std/dotenv on ten thousand random texts", () => {
  const random = randomOf(7);
  const warn = console.warn;
  console.warn = () => {};
  try {
    for (let round = 0; round < 10_000; round++) {
      const text = Array.from({ length: 1 + random(16) }, () => PIECES[random(PIECES.length)])
        .join("");
      const named = parseDotenv(text).filter(({ name }) => /^[A-Za-z_]\w*$/.test(name));
      assertEquals(
        Object.fromEntries(named.map(({ name, value }) => [name, value])),
        parse(text),
        JSON.stringify(text),
      );
      const lines = text.split("\n");
      for (const { name, position } of named) {
        const rest = lines.slice(position!.line - 1).join("\n").slice(position!.column - 1);
        const start = /^(?:export\s+)?([^\s=#]+)\s*=/.exec(rest);
        assertEquals(start?.[1], name, JSON.stringify(text));
      }
    }
  } finally {
    console.warn = warn;
  }
});

Deno.test("scan() gives line and column of each assignment", () => {
  const text = "# c\nA=1\n\n  export B='x\ny'\nC = \"a=b\" # c\n";
  assertEquals(scan(text), [
    { name: "A", position: { line: 2, column: 1 }, quoted: false },
    { name: "B", position: { line: 4, column: 3 }, quoted: true },
    { name: "C", position: { line: 6, column: 1 }, quoted: true },
  ]);
});

Deno.test("parseDotenv() looks nothing up in the process", () => {
  Deno.env.set("OPRC_CONFIG_TEST", "from process");
  try {
    assertEquals(parseDotenv("A=$OPRC_CONFIG_TEST").map(({ value }) => value), [
      "$OPRC_CONFIG_TEST",
    ]);
  } finally {
    Deno.env.delete("OPRC_CONFIG_TEST");
  }
});
