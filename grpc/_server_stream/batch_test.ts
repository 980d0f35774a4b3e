import { assertEquals } from "@std/assert";
import { Batch } from "./batch.ts";

/** A sink whose reader reads when it is told to. */
function createSink() {
  const written: number[][] = [];
  const callbacks: (() => void)[] = [];
  const reads: (() => void)[] = [];
  const state = { slow: false };
  return {
    written,
    state,
    /** All that can be done without waiting has been done. */
    idle: () => callbacks.splice(0).forEach((callback) => callback()),
    read: async () => {
      reads.splice(0).forEach((read) => read());
      await new Promise((resolve) => setTimeout(resolve));
    },
    soon: (callback: () => void) => void callbacks.push(callback),
    write(bytes: Uint8Array) {
      // The lengths of the messages in it.
      const lengths = [];
      for (let at = 0; at < bytes.length;) {
        const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(at + 1);
        lengths.push(length);
        at += 5 + length;
      }
      written.push(lengths);
      return state.slow ? new Promise<void>((resolve) => reads.push(resolve)) : undefined;
    },
  };
}

Deno.test("Batch.add() writes together what is ready at once", () => {
  const sink = createSink();
  const batch = new Batch(sink, () => {});
  for (const length of [1, 2, 3]) batch.add(0, new Uint8Array(length));
  assertEquals(sink.written, []);
  sink.idle();
  assertEquals(sink.written, [[1, 2, 3]]);
  batch.add(0, new Uint8Array(4));
  sink.idle();
  assertEquals(sink.written, [[1, 2, 3], [4]]);
});

Deno.test("Batch.add() writes no more than a frame at once, but a large message whole", () => {
  const sink = createSink();
  const batch = new Batch(sink, () => {});
  for (const length of [16_000, 379, 1, 100_000, 5]) batch.add(0, new Uint8Array(length));
  sink.idle();
  assertEquals(sink.written, [[16_000], [379, 1], [100_000], [5]]);
});

Deno.test("Batch.add() keeps the order behind a slow reader", async () => {
  const sink = createSink();
  sink.state.slow = true;
  const batch = new Batch(sink, () => {});
  batch.add(0, new Uint8Array(20_000));
  const blocked = batch.blocked!;
  batch.add(0, new Uint8Array(1));
  sink.idle();
  assertEquals(sink.written, [[20_000]]);
  await sink.read();
  await blocked;
  assertEquals(sink.written, [[20_000], [1]]);
  assertEquals(batch.blocked === undefined, false);
  await sink.read();
  assertEquals(batch.blocked, undefined);
});

Deno.test("Batch.take() answers what has not been written, in envelopes", () => {
  const sink = createSink();
  const batch = new Batch(sink, () => {});
  batch.add(0, Uint8Array.of(7));
  batch.add(1, Uint8Array.of(8, 9));
  assertEquals([...batch.take()], [0, 0, 0, 0, 1, 7, 1, 0, 0, 0, 2, 8, 9]);
  sink.idle();
  assertEquals([sink.written, batch.take().length], [[], 0]);
});

Deno.test("Batch.add() tells of a reader that is gone", async () => {
  for (const asynchronous of [false, true]) {
    const told: unknown[] = [];
    const error = new Error("gone");
    const write = asynchronous ? () => Promise.reject(error) : () => {
      throw error;
    };
    const batch = new Batch({ write, soon: () => {} }, (why) => told.push(why));
    batch.add(0, new Uint8Array(20_000));
    await batch.blocked;
    assertEquals(told, [error]);
  }
});
