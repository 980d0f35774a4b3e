import { assertEquals, assertThrows } from "@std/assert";
import { LineWriter } from "./_line_writer.ts";

/** A pipe that takes so many bytes before it is full, and what came through it. */
class Pipe {
  room = Infinity;
  piece = Infinity;
  waits = 0;
  failure: Error | undefined;
  /** Runs when the writer waits. */
  onWait = () => {};
  readonly #taken: number[] = [];

  readonly writer = new LineWriter({
    write: (bytes, offset) => {
      if (this.failure !== undefined) throw this.failure;
      const taken = Math.min(bytes.length - offset, this.room, this.piece);
      if (taken === 0) throw Object.assign(new Error("full"), { code: "EAGAIN" });
      this.room -= taken;
      for (const byte of bytes.subarray(offset, offset + taken)) this.#taken.push(byte);
      return taken;
    },
    wait: () => {
      this.waits++;
      this.onWait();
    },
    tries: 3,
  });

  get text(): string {
    return new TextDecoder().decode(new Uint8Array(this.#taken));
  }
}

Deno.test("LineWriter.write() ends each line", () => {
  const pipe = new Pipe();
  pipe.writer.write("one é");
  pipe.writer.write("two");
  assertEquals(pipe.text, "one é\ntwo\n");
});

Deno.test("LineWriter.write() goes on where a part was taken", () => {
  const pipe = new Pipe();
  pipe.piece = 3;
  pipe.writer.write("öne two three");
  assertEquals(pipe.text, "öne two three\n");
});

Deno.test("LineWriter.write() waits for a full pipe, anew after each part", () => {
  const pipe = new Pipe();
  pipe.room = 0;
  pipe.onWait = () => {
    if (pipe.waits % 3 === 0) pipe.room = 2;
  };
  pipe.writer.write("abcdefg");
  assertEquals([pipe.text, pipe.waits], ["abcdefg\n", 12]);
});

Deno.test("LineWriter.write() gives up in the end, and then waits no more", () => {
  const pipe = new Pipe();
  pipe.room = 0;
  assertThrows(() => pipe.writer.write("one"), Error, "full");
  assertEquals(pipe.waits, 3);
  assertThrows(() => pipe.writer.write("two"), Error, "full");
  assertEquals(pipe.waits, 3);
});

Deno.test("LineWriter.write() recovers when the pipe takes something again", () => {
  const pipe = new Pipe();
  pipe.room = 0;
  assertThrows(() => pipe.writer.write("lost"));
  pipe.room = 100;
  pipe.writer.write("kept");
  assertEquals(pipe.text, "kept\n");
  pipe.room = 0;
  assertThrows(() => pipe.writer.write("lost"));
  assertEquals(pipe.waits, 6);
});

Deno.test("LineWriter.write() keeps a line that was cut off apart from the next", () => {
  const pipe = new Pipe();
  pipe.room = 2;
  assertThrows(() => pipe.writer.write("lost"));
  assertThrows(() => pipe.writer.write("lost too"));
  pipe.room = 100;
  pipe.writer.write("kept");
  pipe.writer.write("also");
  assertEquals(pipe.text, "lo\nkept\nalso\n");
});

Deno.test("LineWriter.write() throws another error at once, and isn't stuck by it", () => {
  const pipe = new Pipe();
  pipe.failure = Object.assign(new Error("disk full"), { code: "ENOSPC" });
  assertThrows(() => pipe.writer.write("lost"), Error, "disk full");
  assertEquals(pipe.waits, 0);
  pipe.failure = undefined;
  pipe.room = 0;
  pipe.onWait = () => pipe.room = 100;
  pipe.writer.write("kept");
  assertEquals([pipe.text, pipe.waits], ["kept\n", 1]);
});

Deno.test("LineWriter.write() writes texts of any length whole, and a short one after", () => {
  const pipe = new Pipe();
  const texts = [1, 21_844, 21_845, 21_846, 70_000].map((length) => "\u20ac".repeat(length));
  for (const text of texts) {
    pipe.writer.write(text);
    pipe.writer.write("short");
  }
  assertEquals(pipe.text, texts.map((text) => `${text}\nshort\n`).join(""));
});
