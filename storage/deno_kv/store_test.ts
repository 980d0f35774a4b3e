import { put } from "../helpers.ts";
import type { KeyValueStore } from "../port.ts";
import { testStore } from "../testing/mod.ts";
import { denoKvStore } from "./store.ts";

async function compact(store: KeyValueStore): Promise<void> {
  for (let i = 0; i < 1200; i++) await put(store, "/compact/a", new Uint8Array());
}

testStore(() => denoKvStore({ path: ":memory:", historyLength: 1000 }), {
  name: "denoKvStore in memory",
  compact,
});
