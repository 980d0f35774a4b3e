// Commits until it is killed, and says what was acknowledged: the number of the commit.
import { denoKvStore } from "../mod.ts";

const [path, first, size] = [Deno.args[0]!, Number(Deno.args[1]), Number(Deno.args[2])];
const store = await denoKvStore({ path, historyLength: 200 });
const out = new TextEncoder();
for (let i = first;; i++) {
  const value = new Uint8Array(i % 5 === 0 ? size : 8).fill(i % 251);
  await store.commit([
    { type: "put", key: `k/${i}`, value },
    { type: "put", key: "last", value: out.encode(String(i)) },
  ]);
  Deno.stdout.writeSync(out.encode(`${i}\n`));
}
