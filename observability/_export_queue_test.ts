import { assertEquals } from "@std/assert";
import { ExportQueue } from "./_export_queue.ts";

/** A queue whose sends end when they are told to, with the sizes of its batches. */
function setUp() {
  const batches: number[] = [];
  const timers = new Set<() => void>();
  const answers: (() => void)[] = [];
  const queue = new ExportQueue<number>({
    encode(records) {
      batches.push(records.length);
      return new Uint8Array();
    },
    send: () => new Promise((resolve) => answers.push(() => resolve({ sent: true, rejected: 0 }))),
    onSent() {},
    onLost() {},
    clock: {
      now: () => 0,
      setTimer(callback) {
        timers.add(callback);
        return () => timers.delete(callback);
      },
    },
    hold: () => () => {},
    maxQueue: 100,
    maxBatch: 10,
    delayMs: 1_000,
  });
  const settled = () => new Promise((resolve) => setTimeout(resolve));
  return {
    queue,
    batches,
    timers,
    add: (count: number) => Array.from({ length: count }).forEach(() => queue.add(1)),
    answer: () => (answers.shift()!(), settled()),
    fire() {
      const [callback] = timers;
      timers.clear();
      callback!();
    },
  };
}

Deno.test("ExportQueue.add() fills a batch while another is under way, or waits for the timer", async () => {
  const { add, answer, fire, batches, timers } = setUp();
  add(10);
  add(3);
  await answer();
  assertEquals([batches, timers.size], [[10], 1]);
  add(7);
  assertEquals([batches, timers.size], [[10, 10], 0]);
  add(25);
  await answer();
  await answer();
  await answer();
  assertEquals([batches, timers.size], [[10, 10, 10, 10], 1]);
  fire();
  add(4);
  await answer();
  assertEquals([batches, timers.size], [[10, 10, 10, 10, 5], 1]);
});

Deno.test("ExportQueue.flush() sends what is there, also behind a batch under way", async () => {
  const { queue, add, answer, batches } = setUp();
  add(13);
  let done = false;
  const flushed = queue.flush().then(() => done = true);
  await answer();
  assertEquals([batches, done], [[10, 3], false]);
  await answer();
  await flushed;
  await queue.flush();
  assertEquals(batches, [10, 3]);
});
