import { assertEquals } from "@std/assert";
import { linesOf } from "./_testing.ts";
import { ConfigLoader } from "./loader.ts";
import { serviceConfigSchema } from "./service_config.ts";
import { hostile } from "./testdata/hostile.ts";

const program = new URL("./testdata/hostile.ts", import.meta.url).pathname;

const encode = (text: string) => new TextEncoder().encode(text);
const utf16 = (text: string) =>
  new Uint8Array([0xff, 0xfe, ...[...text].flatMap((c) => [c.charCodeAt(0), 0])]);

type Make = (path: string) => Promise<unknown>;

/** What may stand in the place of `default.yaml`, with what is said of it. */
const files: [what: string, make: Make, said: string][] = [
  ["50 MB", (path) => sparse(path, 50_000_000), "is larger than 1048576 bytes"],
  ["UTF-16", (path) => Deno.writeFile(path, utf16("a: 1")), "is not UTF-8 text"],
  ["Latin-1", (path) => Deno.writeFile(path, new Uint8Array([0x61, 0xe4])), "is not UTF-8 text"],
  [
    "half a character",
    (path) => Deno.writeFile(path, encode("a: ä").slice(0, 4)),
    "is not UTF-8 text",
  ],
  [
    "a link to itself",
    (path) => Deno.symlink(path, path),
    "can't be read: too many symbolic links",
  ],
  ["links in a circle", circle, "can't be read: too many symbolic links"],
  ["a folder", (path) => Deno.mkdir(path), "is not a file"],
  ["an endless device", (path) => Deno.symlink("/dev/zero", path), "is not a file"],
  ["a pipe that nobody writes to", pipe, "is not a file"],
];

async function sparse(path: string, bytes: number): Promise<void> {
  await Deno.writeTextFile(path, "a: 1");
  await Deno.truncate(path, bytes);
}

async function circle(path: string): Promise<void> {
  await Deno.symlink(`${path}.other`, path);
  await Deno.symlink(path, `${path}.other`);
}

async function pipe(path: string): Promise<void> {
  await new Deno.Command("mkfifo", { args: [path] }).output();
}

for (const [what, make, said] of files) {
  Deno.test(`load() ends in one error where a file is ${what}`, async () => {
    const folder = await Deno.makeTempDir();
    try {
      for (const name of ["default.yaml", "secret"]) {
        await make(`${folder}/${name}`);
        const loader = new ConfigLoader(folder, "development", {
          env: name === "secret" ? { OAAS_SERVICE_NAME_FILE: `${folder}/secret` } : {},
          envFile: false,
        });
        const lines = await linesOf(loader.load(serviceConfigSchema));
        const expected = name === "secret"
          ? `OAAS_SERVICE_NAME_FILE: service_name: names a file that ${said}`
          : `${folder}/default.yaml: ${said}`;
        assertEquals(lines, [expected]);
        await Deno.remove(`${folder}/${name}`, { recursive: true });
        await Deno.writeTextFile(`${folder}/default.yaml`, "");
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}

Deno.test("load() refuses every hostile text within 128 MB", async () => {
  const { stdout, stderr, success } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--v8-flags=--max-old-space-size=128", program],
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trim();
  assertEquals(success, true, text(stderr));
  assertEquals(text(stdout).split("\n"), hostile.map(([what]) => `refused: ${what}`));
});
