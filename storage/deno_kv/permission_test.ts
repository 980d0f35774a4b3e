/** Files that the system keeps from us, rather than Deno's own permissions. */
import { assert, assertEquals } from "@std/assert";
import { put } from "../helpers.ts";
import { withFile } from "./_testing.ts";
import { denoKvStore } from "./store.ts";

const PROGRAM = new URL("./testdata/open_file.ts", import.meta.url).pathname;

// For root, the modes of files mean nothing until it gives up what makes it so.
const AS_OWNER = Deno.build.os !== "linux" || Deno.uid() !== 0
  ? []
  : ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all"];

async function opened(paths: readonly string[]): Promise<{ code: string; message: string }[]> {
  const command = [
    ...AS_OWNER,
    ...[Deno.execPath(), "run", "-A", "--no-check", "--unstable-kv", PROGRAM],
    ...paths,
  ];
  const { stdout, stderr, success } = await new Deno.Command(command[0]!, {
    args: command.slice(1),
  }).output();
  assert(success, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout).trim().split("\n").map((line) => JSON.parse(line));
}

Deno.test({
  name: "denoKvStore() of a file that we may not write is denied, and changes nothing",
  ignore: Deno.build.os === "windows",
  async fn() {
    await withFile(async (path) => {
      await using store = await denoKvStore({ path });
      await put(store, "a", new Uint8Array([1]));
      await store[Symbol.asyncDispose]();
      const folder = path.replace("/test.db", "");
      const [hidden, fixed, locked] = ["hidden.db", "fixed.db", "locked"].map((name) =>
        `${folder}/${name}`
      ) as [string, string, string];
      for (const file of [hidden, fixed]) await Deno.copyFile(path, file);
      await Deno.mkdir(locked);
      const before = await Deno.readFile(fixed);
      await Deno.chmod(hidden, 0o000);
      await Deno.chmod(fixed, 0o444);
      await Deno.chmod(locked, 0o555);
      const paths = [hidden, fixed, `${locked}/new.db`, `${locked}/folder/new.db`, path];
      const found = await opened(paths);
      assertEquals(found.map(({ code }) => code), ["denied", "denied", "denied", "denied", "none"]);
      for (const [i, { message }] of found.slice(0, 4).entries()) {
        assert(message.startsWith(`Cannot open Deno KV at "${paths[i]}": `), message);
      }
      await Deno.chmod(fixed, 0o644);
      assertEquals(await Deno.readFile(fixed), before);
      assertEquals(await Array.fromAsync(Deno.readDir(locked)), []);
      await Deno.chmod(locked, 0o755);
    });
  },
});
