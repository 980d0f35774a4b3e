import { assertThrows } from "@std/assert";
import { put } from "./helpers.ts";
import { memoryStore } from "./memory.ts";
import { collect, fails } from "./testing/_case.ts";
import { testStore } from "./testing/mod.ts";

async function compact(store: ReturnType<typeof memoryStore>): Promise<void> {
  for (let i = 0; i < 1100; i++) await put(store, "/compact/a", new Uint8Array());
}

testStore(() => memoryStore(), { name: "memoryStore", compact });

Deno.test("memoryStore() refuses a history that can't be", () => {
  for (const historyLength of [0, -1, 1.5, NaN]) {
    assertThrows(() => memoryStore({ historyLength }), RangeError, "historyLength");
  }
});

Deno.test("memoryStore() remembers as many commits as it says, no more", async () => {
  const store = memoryStore({ historyLength: 3 });
  const revisions: string[] = [];
  for (let i = 0; i < 40; i++) {
    revisions.push(await put(store, "a", new Uint8Array([i])));
    const kept = revisions.at(-4);
    if (kept) await collect(store, "a", kept, 3);
    const gone = revisions.at(-5);
    if (gone) await fails(collect(store, "a", gone, 4), "compacted");
  }
});
