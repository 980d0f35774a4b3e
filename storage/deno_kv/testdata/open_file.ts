// Opens Deno KV files and says what came of each.
import { denoKvStore } from "../mod.ts";

for (const path of Deno.args) {
  try {
    await (await denoKvStore({ path }))[Symbol.asyncDispose]();
    console.log(JSON.stringify({ code: "none", message: "it opens" }));
  } catch (error) {
    const { code, message } = error as { code: string; message: string };
    console.log(JSON.stringify({ code, message }));
  }
}
