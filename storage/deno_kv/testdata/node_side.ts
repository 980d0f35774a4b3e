// The other side of node_test.ts: npm's Deno KV in a process of its own, on the same file.
import { openKv } from "@deno/kv";
import { update } from "../../helpers.ts";
import { assertBytes, bytes, noise, text } from "../../testing/_case.ts";
import type { DenoKvClient } from "../client.ts";
import { denoKvStore } from "../store.ts";

const kv = await openKv(Deno.args[0]) as unknown as DenoKvClient;
const store = await denoKvStore({ kv });
for (const size of [0, 10, 20_000, 200_000]) {
  assertBytes((await store.get(`deno/${size}`))?.value, noise(size));
  await store.commit([{ type: "put", key: `node/${size}`, value: noise(size) }]);
}
for (let i = 0; i < 20; i++) {
  await update(store, "n", (entry) => bytes(String(Number(text(entry?.value) ?? 0) + 1)), {
    attempts: 200,
  });
}
await store[Symbol.asyncDispose]();
kv.close();
