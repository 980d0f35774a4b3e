/** The same code on Node, where `node` is installed: bundled, then run. */
import { assertEquals } from "@std/assert";
import { installedNode } from "../tests/_node.ts";
import { peerTest } from "../tests/_peers.ts";

peerTest(
  "serve() and PackageClient work on Node",
  { peer: "Node", found: await installedNode() },
  async () => {
    const dir = await Deno.makeTempDir({ prefix: "oprc-grpc-node-" });
    try {
      const bundle = `${dir}/program.mjs`;
      const cwd = new URL("../", import.meta.url);
      // For Deno, so that the bundler takes the same module graph; Node knows all it imports.
      const bundled = await new Deno.Command(Deno.execPath(), {
        args: ["bundle", "--quiet", "-o", bundle, "grpc/testdata/node_program.ts"],
        cwd,
      }).output();
      const decoder = new TextDecoder();
      if (!bundled.success) throw new Error(decoder.decode(bundled.stderr));
      const { stdout, stderr } = await new Deno.Command("node", { args: [bundle] }).output();
      assertEquals(decoder.decode(stderr), "");
      assertEquals(decoder.decode(stdout).trim().split("\n"), [
        "grpc: id of a, 3000000 back, Unavailable when cut, id of a again",
        "grpc-web: id of a, 3000000 back, Unavailable when cut, id of a again",
        "connect: id of a, 3000000 back, Unavailable when cut, id of a again",
        `HTTP/1.1: {"packageId":"id of b"}`,
        "web connect: id of c DeadlineExceeded",
        "web grpc-web: id of c DeadlineExceeded",
        "done",
      ]);
    } finally {
      await Deno.remove(dir, { recursive: true });
    }
  },
);
