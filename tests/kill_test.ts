/** The services killed with SIGKILL under load: what was acknowledged must be there. */
import { PackageClient, RuntimeClient } from "@oprc/grpc";
import { assert, assertEquals } from "@std/assert";
import { freePort, type ServiceProcess, startProcess } from "../examples/common/process.ts";
import { eventually, smallPackage } from "./_platform.ts";

const ROUNDS = 10;

Deno.test("ten times kill -9 of both services loses no acknowledged write", async () => {
  const folder = await Deno.makeTempDir();
  const [managerPort, clusterPort] = [freePort(), freePort()];
  const startBoth = async (): Promise<ServiceProcess[]> =>
    await Promise.all([
      startProcess({
        service: "package_manager",
        cwd: folder,
        set: {
          "server.port": managerPort,
          "storage.path": `${folder}/pm.kv`,
          resume_interval_ms: 100,
        },
        env: { OAAS_CLUSTERS: JSON.stringify({ eu: { url: `http://127.0.0.1:${clusterPort}` } }) },
      }),
      startProcess({
        service: "class_runtime_manager",
        cwd: folder,
        set: {
          cluster: "eu",
          package_manager_url: `http://127.0.0.1:${managerPort}`,
          "server.port": clusterPort,
          "storage.path": `${folder}/eu.kv`,
        },
      }),
    ]);

  const created = new Set<string>();
  const deleted = new Set<string>();
  const deployed = new Set<string>();
  let processes = await startBoth();
  try {
    for (let round = 0; round < ROUNDS; round++) {
      await using client = PackageClient.connect(processes[0]!.url);
      let killed = false;
      const load = Promise.all([0, 1, 2].map(async (worker) => {
        for (let n = 0; !killed; n++) {
          const name = `p-${round}-${worker}-${n}`;
          let deleting = false;
          try {
            await client.createPackage(smallPackage(name));
            created.add(name);
            if (n % 3 === 1) {
              const key = await client.deployClass({
                packageName: name,
                classKey: "thing",
                targetEnv: "test",
                targetClusters: ["eu"],
              });
              deployed.add(key);
            } else if (n % 3 === 2) {
              deleting = true;
              await client.deletePackage(name);
              deleted.add(name);
            }
          } catch (error) {
            if (!killed) throw error;
            // A deletion that was not acknowledged leaves the package there or not.
            if (deleting) created.delete(name);
          }
        }
      }));
      // Some work, then a different moment of it each time.
      const enough = created.size + 20;
      await eventually(() => Promise.resolve(created.size), (size) => size >= enough);
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 30));
      killed = true;
      await Promise.all(processes.map((process) => process.stop("SIGKILL")));
      await load;
      processes = await startBoth();
    }

    await using packages = PackageClient.connect(processes[0]!.url);
    await using runtimes = RuntimeClient.connect(processes[1]!.url);
    const present = new Set<string>();
    for (let offset = 0;; offset += 1000) {
      const page = await packages.listPackages({ limit: 1000, offset });
      for (const { name } of page.packages) present.add(name);
      if (offset + 1000 >= page.totalCount) break;
    }
    const lost = [...created].filter((name) => !deleted.has(name) && !present.has(name));
    const risen = [...deleted].filter((name) => present.has(name));
    console.log(
      `acknowledged: ${created.size} created, ${deleted.size} deleted, ${deployed.size} deployed; ` +
        `lost ${lost.length}, risen ${risen.length}`,
    );
    assert(created.size >= 20 * ROUNDS && deleted.size > 0 && deployed.size > 0);
    assertEquals(lost, []);
    assertEquals(risen, []);
    // Each acknowledged deployment has its instance running again.
    for (const key of deployed) {
      const { instances } = await eventually(
        () => runtimes.listActiveInstances({ deploymentId: `${key}.eu` }),
        ({ instances }) =>
          instances.every(({ status }) => status === "RUNNING") && instances.length > 0,
      );
      assertEquals(instances.length, 1, key);
    }
  } finally {
    await Promise.all(processes.map((process) => process.stop("SIGKILL")));
    await Deno.remove(folder, { recursive: true });
  }
});
