import { assertEquals } from "@std/assert";
import { BufferedWriter } from "./_buffered_writer.ts";

function setUp(maxLength?: number) {
  const written: string[] = [];
  const turns: (() => void)[] = [];
  const state = { written, turns, lost: 0, broken: false };
  const writer = new BufferedWriter({
    write(lines) {
      if (state.broken) throw new Error("disk full");
      written.push(lines);
    },
    nextTurn: (callback) => void turns.push(callback),
    onLost: (lines) => state.lost += lines,
    maxLength,
  });
  return { state, writer };
}

Deno.test("BufferedWriter.write() writes the lines of a turn together", () => {
  const { state, writer } = setUp();
  writer.write("a", false);
  writer.write("b", false);
  assertEquals([state.written, state.turns.length], [[], 1]);
  state.turns.shift()!();
  writer.write("c", false);
  assertEquals([state.written, state.turns.length], [["a\nb"], 1]);
  state.turns.shift()!();
  assertEquals(state.written, ["a\nb", "c"]);
});

Deno.test("BufferedWriter.write() writes an urgent line at once, after those before it", () => {
  const { state, writer } = setUp();
  writer.write("a", false);
  writer.write("urgent", true);
  assertEquals(state.written, ["a\nurgent"]);
  state.turns.shift()!();
  assertEquals(state.written.length, 1);
});

Deno.test("BufferedWriter.write() writes when the lines are many", () => {
  const { state, writer } = setUp(5);
  writer.write("abc", false);
  writer.write("d", false);
  assertEquals(state.written, ["abc\nd"]);
});

Deno.test("BufferedWriter.flush() counts the lines that can't be written, and goes on", () => {
  const { state, writer } = setUp();
  state.broken = true;
  writer.write("a", false);
  writer.write("b", true);
  assertEquals(state.lost, 2);
  state.broken = false;
  writer.write("c", true);
  assertEquals([state.written, state.lost], [["c"], 2]);
});

Deno.test("BufferedWriter.write() keeps empty lines", () => {
  const { state, writer } = setUp();
  writer.write("", false);
  writer.write("", false);
  writer.flush();
  assertEquals(state.written, ["\n"]);
});
