import { assert, assertEquals } from "@std/assert";

type Runtime = typeof import("./_runtime.ts");

/** Loads the module anew, with another `Deno`. */
async function runtimeWith(deno: unknown): Promise<Runtime> {
  const real = Object.getOwnPropertyDescriptor(globalThis, "Deno")!;
  Object.defineProperty(globalThis, "Deno", { value: deno, configurable: true });
  try {
    return await import(`./_runtime.ts?${crypto.randomUUID()}`);
  } finally {
    Object.defineProperty(globalThis, "Deno", real);
  }
}

Deno.test("openKv on Node says that this version opens Deno KV on Deno only", async () => {
  const { openKv } = await runtimeWith(undefined);
  assertEquals(openKv, "this version opens it on Deno only, not on Node through npm:@deno/kv");
});

Deno.test("openKv without Deno's flag says which one", async () => {
  const { openKv } = await runtimeWith({});
  assert(typeof openKv === "string" && openKv.includes("--unstable-kv"), String(openKv));
});
