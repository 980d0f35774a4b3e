/** The packages on Node: the program under `tests/node/`, bundled, in each major version. */
import { assertEquals } from "@std/assert";
import { findNode } from "./_node.ts";
import { peerTest } from "./_peers.ts";

const story = decodeURIComponent(new URL("node/story.ts", import.meta.url).pathname);

for (const major of [20, 24]) {
  peerTest(
    `the packages speak all protocols, store, validate and measure on Node ${major}`,
    { peer: `Node ${major}, or npx to fetch it`, found: await findNode(major) },
    async ([command, ...args]) => {
      const folder = await Deno.makeTempDir();
      try {
        const bundle = `${folder}/story.mjs`;
        const bundled = await new Deno.Command(Deno.execPath(), {
          // Deno KV on Node is an addon, which no bundle holds.
          args: ["bundle", "--quiet", "--external=@deno/kv", "-o", bundle, story],
        }).output();
        assertEquals(bundled.success, true, new TextDecoder().decode(bundled.stderr));
        const { success, stdout, stderr } = await new Deno.Command(command!, {
          args: [...args, bundle],
          cwd: folder,
        }).output();
        assertEquals(success, true, new TextDecoder().decode(stderr));
        const seen = JSON.parse(new TextDecoder().decode(stdout).trim().split("\n").at(-1)!);
        const expected: Record<string, unknown> = {
          config: ["story", 8089, "memory"],
          http1: 3,
          requests: "3",
          logged: true,
        };
        for (const protocol of ["grpc", "grpc-web", "connect"]) {
          expected[protocol] = `name: over-${protocol}\nversion: '1.0'\n`;
          expected[`${protocol} twice`] = 10; // ABORTED: another was there first
          expected[`${protocol} issues`] = ["package.name"];
        }
        assertEquals(seen, expected);
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    },
  );
}
