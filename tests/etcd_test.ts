/** Moving a service from a file to a cluster is one line of configuration. */
import { Code, ConnectError } from "@connectrpc/connect";
import { PackageClient } from "@oprc/grpc";
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { startProcess } from "../examples/common/process.ts";
import { etcdPeer, startEtcd } from "../storage/etcd/_testing.ts";
import { peerTest } from "./_peers.ts";
import { eventually, smallPackage } from "./_platform.ts";

peerTest(
  "Package Managers on one etcd share what they store, and say when it is gone",
  etcdPeer,
  async () => {
    const cwd = await Deno.makeTempDir();
    try {
      await using etcd = await startEtcd();
      const start = () =>
        startProcess({
          service: "package_manager",
          cwd,
          set: {
            "storage.type": "etcd",
            "storage.etcd.endpoints": etcd.endpoints.join(","),
            "storage.etcd.timeout_ms": 1000,
            "storage.etcd.key_prefix": "/elsewhere",
          },
        });
      await using one = await start();
      await using other = await start();
      await using client = PackageClient.connect(one.url);
      await using otherClient = PackageClient.connect(other.url);

      await client.createPackage(smallPackage("shared"));
      assertEquals((await otherClient.getPackage("shared"))?.name, "shared");
      // The key layout, read by etcd's own gateway.
      const read = await etcd.call("kv/range", { key: btoa("/elsewhere/packages/shared") }) as {
        kvs: { value: string }[];
      };
      assertEquals(JSON.parse(atob(read.kvs[0]!.value)).name, "shared");

      // Two that create the same name at once: one wins, and the other is told.
      const version = (v: string) => smallPackage("raced", { version: v });
      const raced = await Promise.allSettled([
        client.createPackage(version("1.0.0")),
        otherClient.createPackage(version("2.0.0")),
      ]);
      assertEquals(raced.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);

      await etcd.kill(0);
      const get = async (path: string) => {
        const answer = await fetch(`${one.metricsUrl}${path}`);
        return [answer.status, await answer.text()] as const;
      };
      const [, why] = await eventually(() => get("/readyz"), ([status]) => status === 503);
      assertMatch(why, /storage/);
      assertEquals((await get("/healthz"))[0], 200);
      const error = await assertRejects(() => client.getPackage("shared"), ConnectError);
      assert([Code.Unavailable, Code.DeadlineExceeded].includes(error.code), error.message);
      assertEquals(await one.stop("SIGTERM"), 0);
      assertEquals(await other.stop("SIGTERM"), 0);
    } finally {
      await Deno.remove(cwd, { recursive: true });
    }
  },
);
