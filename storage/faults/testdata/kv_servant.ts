// Reads and writes a Deno KV file as it is told, line by line, and answers when it is done.
import { denoKvStore } from "../../deno_kv/mod.ts";
import { isStorageError } from "../../errors.ts";
import type { Op } from "../../port.ts";
import type { Answer, Order } from "../_servant.ts";

const store = await denoKvStore({ path: Deno.args[0]! });
const encoder = new TextEncoder();
const decoder = new TextDecoder();
const reading = Deno.stdin.readable.pipeThrough(new TextDecoderStream());

async function obey(order: Order): Promise<Answer> {
  try {
    if (order.ops === undefined) {
      const entry = await store.get(order.key);
      const { value, revision } = entry ?? {};
      return { id: order.id, found: value && { value: decoder.decode(value), revision: revision! } };
    }
    const ops = order.ops.map((op) => "value" in op ? { ...op, value: encoder.encode(op.value) } : op);
    return { id: order.id, revision: await store.commit(ops as Op[]) };
  } catch (error) {
    if (!isStorageError(error)) throw error;
    return { id: order.id, failed: error.code };
  }
}

let rest = "";
for await (const text of reading) {
  const lines = (rest + text).split("\n");
  rest = lines.pop()!;
  for (const line of lines) {
    void obey(JSON.parse(line)).then((answer) => {
      Deno.stdout.writeSync(encoder.encode(`${JSON.stringify(answer)}\n`));
    });
  }
}
await store[Symbol.asyncDispose]();
