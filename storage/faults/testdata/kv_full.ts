// Commits on a disk that is full now and then, or to a file that can't grow, and prints figures.
import { denoKvStore } from "../../deno_kv/mod.ts";
import { load } from "../_load.ts";

const [how, folder] = Deno.args as ["disk" | "limit", string];

/** Takes all the room there is; the answer gives it back. */
async function fill(): Promise<() => Promise<void>> {
  if (how === "limit") {
    const limit = async (bytes: string) => {
      const args = [`--pid=${Deno.pid}`, `--fsize=${bytes}:unlimited`];
      const { success, stderr } = await new Deno.Command("prlimit", { args }).output();
      if (!success) throw new Error(new TextDecoder().decode(stderr));
    };
    await limit("32768");
    return () => limit("unlimited");
  }
  const path = `${folder}/filler`;
  using file = await Deno.open(path, { create: true, write: true });
  try {
    for (;;) file.writeSync(new Uint8Array(1024));
  } catch (error) {
    if (!/No space left/.test(String(error))) throw error;
  }
  return () => Deno.remove(path);
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const path = `${folder}/test.db`;
const store = await denoKvStore({ path });
const watched = await denoKvStore({ path });
const figures = await load({
  store,
  watched,
  prefix: "load/",
  async during(acknowledged) {
    const more = async () => {
      for (const wanted = acknowledged() + 100; acknowledged() < wanted;) await pause(5);
    };
    for (let round = 0; round < 3; round++) {
      await more();
      const free = await fill();
      await pause(300);
      await free();
    }
    await more();
  },
});
for (const one of [store, watched]) await one[Symbol.asyncDispose]();
console.log(JSON.stringify(figures));
