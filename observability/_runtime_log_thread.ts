/** A thread that writes to standard error, so that a reader who is slow holds nobody up. */
import { Worker } from "node:worker_threads";
import { ByteRing } from "./_byte_ring.ts";

/** Lines that wait to be written, at most. */
const CAPACITY = 1 << 20;

/**
 * Reads the ring of _byte_ring.ts. A pipe is opened anew to not block, as a thread that
 * hangs in a write would keep Node from ending; where that isn't allowed, it blocks.
 */
const WORKER = `
const fs = require("node:fs");
const { workerData: { memory } } = require("node:worker_threads");
const words = new Int32Array(memory, 0, 3);
const bytes = new Uint8Array(memory, 12);
let fd = 2;
try {
  const { O_WRONLY, O_NONBLOCK } = fs.constants;
  if (typeof Deno === "undefined" && fs.fstatSync(2).isFIFO()) {
    fd = fs.openSync("/proc/self/fd/2", O_WRONLY | O_NONBLOCK);
  }
} catch {}
const pause = new Int32Array(new SharedArrayBuffer(4));
const step = () => {
  const tail = Atomics.load(words, 1);
  const head = Atomics.load(words, 0);
  if (head === tail) return void Atomics.wait(words, 0, head, 1000);
  const at = tail & (bytes.length - 1);
  const length = Math.min((head - tail) | 0, bytes.length - at, 65536);
  let done = length;
  try {
    done = fs.writeSync(fd, bytes.slice(at, at + length));
  } catch (error) {
    if (error.code === "EAGAIN") return void Atomics.wait(pause, 0, 0, 5);
    Atomics.add(words, 2, 1);
  }
  Atomics.store(words, 1, (tail + done) | 0);
  Atomics.notify(words, 1);
};
// A turn of the event loop now and then lets the thread be ended.
const run = () => {
  for (let i = 0; i < 64; i++) step();
  setImmediate(run);
};
run();
`;

/** A writer to standard error that doesn't wait. */
export interface LogThread {
  /** Hands lines over; throws when there is no room for them. */
  write(lines: string): void;
  /** How often writing failed. */
  readonly failures: number;
  /** Blocks until all is written, or the time is over; says which. */
  drain(timeoutMs: number): boolean;
  /** Ends the thread. */
  end(): Promise<void>;
}

const encoder = new TextEncoder();

/** Starts the thread; it doesn't keep the process alive. */
export function startLogThread(): LogThread {
  const ring = new ByteRing(CAPACITY);
  const worker = new Worker(WORKER, { eval: true, workerData: { memory: ring.memory } });
  worker.unref();
  return {
    write(lines) {
      if (!ring.put(encoder.encode(`${lines}\n`))) throw new Error("the reader is too slow");
    },
    get failures() {
      return ring.failures;
    },
    drain: (timeoutMs) => ring.waitUntilEmpty(timeoutMs),
    end: async () => void await worker.terminate(),
  };
}
