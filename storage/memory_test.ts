import { assertEquals, assertThrows } from "@std/assert";
import { put } from "./helpers.ts";
import { memoryStore } from "./memory.ts";
import { testStore } from "./testing/mod.ts";

async function compact(store: ReturnType<typeof memoryStore>): Promise<void> {
  for (let i = 0; i < 1100; i++) await put(store, "/compact/a", new Uint8Array());
}

testStore(() => memoryStore(), { name: "memoryStore", compact });
