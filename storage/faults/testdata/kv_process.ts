// Does compare-and-set on a Deno KV file, or follows it, and prints what is done and seen.
import { denoKvStore } from "../../deno_kv/mod.ts";
import type { Revision } from "../../port.ts";

const [role, path, name] = Deno.args as [string, string, string];
const store = await denoKvStore({ path, historyLength: 1_000_000 });
const encoder = new TextEncoder();
const say = (line: string) => Deno.stdout.writeSync(encoder.encode(`${line}\n`));

if (role === "follow") {
  for await (const { events } of store.watch("k/", { from: name })) {
    for (const event of events) {
      if (event.type === "put") say(`${event.key}=${new TextDecoder().decode(event.value)}`);
    }
  }
} else {
  const key = `k/${name}`;
  let expect: Revision | null = null;
  for (let n = 0;; n++) {
    const value = `${name}.${n}`;
    expect = await store.commit([{ type: "put", key, value: encoder.encode(value), expect }]);
    say(`${key}=${value}`);
  }
}
