/**
 * HTTP requests in the last moment of the process, when nothing asynchronous ends
 * any more: a worker sends them while this thread waits for it.
 */
import { Worker } from "node:worker_threads";

/** A request to send. */
export interface LastPost {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array<ArrayBuffer>;
}

const WORKER = `
const { workerData: { posts, timeoutMs, memory } } = require("node:worker_threads");
const state = new Int32Array(memory);
const signal = AbortSignal.timeout(timeoutMs);
const post = async ({ url, headers, body }) => {
  const response = await fetch(url, { method: "POST", headers, body, signal });
  await response.arrayBuffer();
  return response.ok;
};
(async () => {
  for (let i = 0; i < posts.length; i++) {
    if (await post(posts[i]).catch(() => false)) Atomics.store(state, i + 1, 1);
  }
  Atomics.store(state, 0, 1);
  Atomics.notify(state, 0);
})();
`;

/** Sends them one after the other, blocking; says of each whether it was taken. */
export function postAndWait(posts: readonly LastPost[], timeoutMs: number): boolean[] {
  const memory = new SharedArrayBuffer(4 * (posts.length + 1));
  const state = new Int32Array(memory);
  const worker = new Worker(WORKER, { eval: true, workerData: { posts, timeoutMs, memory } });
  Atomics.wait(state, 0, 0, timeoutMs);
  worker.unref();
  return posts.map((_, i) => Atomics.load(state, i + 1) === 1);
}
