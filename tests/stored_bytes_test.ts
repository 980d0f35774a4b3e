import { OPackageSchema } from "@oprc/proto/package";
import { OClassDeploymentSchema } from "@oprc/proto/deployment";
import { fromJson } from "@oprc/models";
import { listAll } from "@oprc/storage";
import { denoKvStore } from "@oprc/storage/deno-kv";
import { assertEquals, assertMatch } from "@std/assert";
import { freePort } from "../examples/common/process.ts";
import { cluster, eventually, examplePackage, manager } from "./_platform.ts";

/** What a store holds: its keys in order, and their values as text. */
async function contents(path: string): Promise<Map<string, string>> {
  const store = await denoKvStore({ path });
  try {
    const found = new Map<string, string>();
    for await (const { key, value } of listAll(store, "/")) {
      found.set(key, new TextDecoder().decode(value));
    }
    return found;
  } finally {
    await store[Symbol.asyncDispose]();
  }
}

Deno.test("the services' files hold the key layout and ProtoJSON of the wire contract", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const port = freePort();
    {
      await using eu = await cluster("eu", `http://127.0.0.1:${port}`, { path: `${folder}/eu.kv` });
      await using pm = await manager({ eu: eu.url }, { port, path: `${folder}/pm.kv` });
      await pm.packages.createPackage(await examplePackage("iot_sensor"));
      const key = await pm.packages.deployClass({
        packageName: "sensors",
        classKey: "thermometer",
        targetEnv: "test",
        targetClusters: ["eu"],
      });
      await eventually(
        () => pm.deployments.getDeploymentStatus(key),
        (state) => state?.message.includes("DEPLOYED") === true,
      );
    }

    const ofManager = await contents(`${folder}/pm.kv`);
    assertEquals([...ofManager.keys()], [
      "/oaas/deployment-statuses/sensors.thermometer.test.eu",
      "/oaas/deployments/sensors.thermometer.test",
      "/oaas/deployments/sensors.thermometer.test/clusters/eu",
      "/oaas/packages/sensors",
      "/oaas/references/sensors",
    ]);
    assertEquals(
      ofManager.get("/oaas/deployments/sensors.thermometer.test/clusters/eu"),
      "sensors.thermometer.test.eu",
    );
    const json = JSON.parse(ofManager.get("/oaas/packages/sensors")!);
    assertEquals(json.classes[0].state_spec.serialization_format, "protobuf");
    assertEquals(json.classes[0].functions[0].access_modifier, "PUBLIC");
    assertMatch(json.metadata.created_at.seconds, /^\d+$/);
    assertEquals(
      fromJson(OPackageSchema, ofManager.get("/oaas/packages/sensors")!).name,
      "sensors",
    );
    const deployment = JSON.parse(ofManager.get("/oaas/deployments/sensors.thermometer.test")!);
    assertEquals(deployment.target_clusters, ["eu"]);
    assertEquals(deployment.nfr_requirements.cpu_utilization_target, 0.7);

    const ofCluster = await contents(`${folder}/eu.kv`);
    assertEquals([...ofCluster.keys()], [
      "/oaas/deployments/sensors.thermometer.test.eu",
      ...["alarm", "latest", "report"].map((f) =>
        `/oaas/runtimes/sensors.thermometer.test.eu.${f}.0`
      ),
    ]);
    const unit = ofCluster.get("/oaas/deployments/sensors.thermometer.test.eu")!;
    assertEquals(fromJson(OClassDeploymentSchema, unit).targetClusters, ["eu"]);
    const state = JSON.parse(ofCluster.get("/oaas/runtimes/sensors.thermometer.test.eu.alarm.0")!);
    assertEquals([state.status, state.metadata.function_key], ["STOPPED", "alarm"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
