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

Deno.test("BufferedWriter.write() has lines made when they are written, in their order", () => {
  const { state, writer } = setUp();
  const made: string[] = [];
  const later = (line: string) => () => {
    made.push(line);
    return line;
  };
  writer.write("a", false);
  writer.write(later("b"), false);
  writer.write("c", false);
  writer.write(later("d"), false);
  assertEquals(made, []);
  state.turns.shift()!();
  assertEquals([state.written, made], [["a\nb\nc\nd"], ["b", "d"]]);
});

Deno.test("BufferedWriter.write() keeps few lines that are yet to be made", () => {
  const { state, writer } = setUp(1_024);
  for (let i = 0; i < 10; i++) writer.write(() => String(i), false);
  assertEquals(state.written, ["0\n1\n2\n3", "4\n5\n6\n7"]);
});

Deno.test("BufferedWriter.flush() counts a turn with a line that can't be made once", () => {
  const { state, writer } = setUp();
  writer.write("a", false);
  writer.write(() => {
    throw new Error("a pattern that throws");
  }, false);
  writer.flush();
  writer.write("b", true);
  assertEquals([state.written, state.lost], [["b"], 2]);
});
