import { assertEquals, assertRejects } from "@std/assert";
import { MAX_FILE_BYTES, readFile as readAtOnce } from "./_runtime.ts";
import { readFileLater } from "./_runtime_later.ts";

async function inFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await run(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function isThere(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

for (
  const [name, readFile] of [["readFile()", readAtOnce], [
    "readFileLater()",
    readFileLater,
  ]] as const
) {
  Deno.test(`${name} reads a file, and nothing where there is none`, () =>
    inFolder(async (folder) => {
      await Deno.writeTextFile(`${folder}/a`, "\uFEFFä".repeat(20_000));
      assertEquals((await readFile(`${folder}/a`))?.length, 2 * 20_000 - 1);
      await Deno.writeTextFile(`${folder}/c`, "a \uFFFD");
      assertEquals(await readFile(`${folder}/c`), "a \uFFFD");
      assertEquals(await readFile(`${folder}/b`), undefined);
      assertEquals(await readFile(`${folder}/no/such/folder`), undefined);
    }));

  // The kernel says that this file of several megabytes holds nothing.
  const liar = "/proc/kallsyms";
  Deno.test({
    name: `${name} refuses a file that holds more than it says`,
    ignore: Deno.build.os !== "linux" || !isThere(liar),
    fn: async () => {
      await assertRejects(() => readFile(liar), Error, "is larger than 1048576 bytes");
    },
  });

  Deno.test(`${name} refuses what is no small text file`, () =>
    inFolder(async (folder) => {
      await Deno.writeFile(`${folder}/utf16`, new Uint8Array([0xff, 0xfe, 0x61, 0x00]));
      await assertRejects(() => readFile(`${folder}/utf16`), Error, "is not UTF-8 text");
      await Deno.writeFile(`${folder}/large`, new Uint8Array(MAX_FILE_BYTES + 1));
      await assertRejects(() => readFile(`${folder}/large`), Error, "is larger than 1048576 bytes");
      await assertRejects(() => readFile(folder), Error, "is not a file");
      await assertRejects(() => readFile("/dev/zero"), Error, "is not a file");
      await Deno.symlink(`${folder}/loop`, `${folder}/loop`);
      await assertRejects(() => readFile(`${folder}/loop`), Error, "can't be read");
      await assertRejects(() => readFile(`${folder}/utf16/x`), Error, "is not a folder");
    }));

  Deno.test(`${name} follows a symbolic link, as Kubernetes mounts files`, () =>
    inFolder(async (folder) => {
      await Deno.writeTextFile(`${folder}/a`, "text");
      await Deno.symlink(`${folder}/a`, `${folder}/link`);
      assertEquals(await readFile(`${folder}/link`), "text");
    }));
}
