import { assert, assertEquals, assertRejects } from "@std/assert";

type Runtime = typeof import("./_runtime.ts");

/** Loads the module anew, with another `Deno`. */
async function runtimeWith(deno: unknown): Promise<Runtime> {
  const real = Object.getOwnPropertyDescriptor(globalThis, "Deno");
  Object.defineProperty(globalThis, "Deno", { value: deno, configurable: true });
  try {
    return await import(`./_runtime.ts?${crypto.randomUUID()}`);
  } finally {
    if (real) Object.defineProperty(globalThis, "Deno", real);
    else Reflect.deleteProperty(globalThis, "Deno"); // as on Node
  }
}

Deno.test("openKv on Node opens npm's Deno KV", async () => {
  const { openKv } = await runtimeWith(undefined);
  assert(typeof openKv === "function");
  const kv = await openKv(":memory:");
  await kv.atomic().set(["a"], new Uint8Array([1])).commit();
  assertEquals([...(await kv.get(["a"])).value as Uint8Array], [1]);
  kv.close();
});

Deno.test("makeFolderOf() and tryFile() work on Node", async () => {
  const { makeFolderOf, tryFile } = await runtimeWith(undefined);
  const folder = await Deno.makeTempDir();
  await makeFolderOf(`${folder}/a/b/c.db`);
  assert((await Deno.stat(`${folder}/a/b`)).isDirectory);
  await assertRejects(() => tryFile(`${folder}/a/none/c.db`), Error, "ENOENT");
  await assertRejects(() => tryFile(`${folder}/a/b`), Error, "EISDIR");
  await Deno.writeTextFile(`${folder}/a/b/c.db`, "kept");
  await tryFile(`${folder}/a/b/c.db`);
  assertEquals(await Deno.readTextFile(`${folder}/a/b/c.db`), "kept");
  await Deno.remove(folder, { recursive: true });
});

Deno.test("openKv without Deno's flag says which one", async () => {
  const { openKv } = await runtimeWith({});
  assert(typeof openKv === "string" && openKv.includes("--unstable-kv"), String(openKv));
});
