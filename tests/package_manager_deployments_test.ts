import { Code, ConnectError } from "@connectrpc/connect";
import { createModel } from "@oprc/models";
import { DeploymentUnitSchema } from "@oprc/proto/deployment";
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { freePort } from "../examples/common/process.ts";
import {
  cluster,
  eventually,
  examplePackage,
  manager,
  type ManagerUnderTest,
  platform,
  smallPackage,
} from "./_platform.ts";

const thing = { packageName: "things", classKey: "thing", targetEnv: "test" };

async function refusal(call: Promise<unknown>): Promise<[string, string]> {
  const error = await assertRejects(() => call, ConnectError);
  return [Code[error.code], error.rawMessage];
}

/** Waits until each cluster says DEPLOYED; answers with the deployment. */
async function deployed(pm: ManagerUnderTest, key: string, clusters: readonly string[]) {
  const state = await eventually(
    () => pm.deployments.getDeploymentStatus(key),
    (seen) => clusters.every((name) => seen?.message.includes(`${name} DEPLOYED`)),
  );
  return state!;
}

Deno.test("DeployClass brings the class to each cluster, and statuses come back", async () => {
  await using pm = await platform("eu", "us");
  await pm.packages.createPackage(await examplePackage("image_pipeline"));
  const key = await pm.packages.deployClass({
    packageName: "images",
    classKey: "image",
    targetEnv: "production",
    targetClusters: ["eu", "us"],
    nfrRequirements: { maxLatencyMs: 20 },
  });
  assertEquals(key, "images.image.production");
  const { deployment, message } = await deployed(pm, key, ["eu", "us"]);
  assertEquals(message, "eu DEPLOYED (3 instances run), us DEPLOYED (3 instances run)");
  assertEquals(deployment.targetClusters, ["eu", "us"]);
  assertEquals(deployment.nfrRequirements?.maxLatencyMs, 20);
  assertEquals(deployment.functions.map((f) => [f.functionKey, f.replicas]), [
    ["resize", 1],
    ["crop", 1],
    ["label", 1],
  ]);
  assertEquals(deployment.functions[0]?.resourceRequirements?.memoryLimit, "512Mi");
  for (const { runtimes, deployments } of Object.values(pm.clusters)) {
    const { instances, totalCount } = await runtimes.listActiveInstances();
    assertEquals(totalCount, 3);
    assert(instances.every((instance) => instance.status === "RUNNING"));
    const [{ deploymentId } = { deploymentId: "" }] = instances;
    assertEquals(
      (await deployments.getDeploymentStatus(deploymentId))?.message,
      "3 of 3 instances run",
    );
  }
});

Deno.test("DeployClass states the defaults where no requirements are given", async () => {
  await using pm = await platform("eu");
  await pm.packages.createPackage(smallPackage("things"));
  const key = await pm.packages.deployClass({ ...thing, targetClusters: ["eu"] });
  const nfr = (await pm.deployments.getDeploymentStatus(key))?.deployment.nfrRequirements;
  assertEquals([nfr?.availability, nfr?.cpuUtilizationTarget], [0.99, 0.7]);
});

Deno.test("DeployClass refuses what it can't deploy, and stores nothing", async () => {
  await using pm = await platform("eu");
  await pm.packages.createPackage(smallPackage("things"));
  await pm.packages.createPackage(smallPackage("gone", { disabled: true }));
  const deploy = (change: object) =>
    refusal(pm.packages.deployClass({ ...thing, targetClusters: ["eu"], ...change }));
  assertEquals((await deploy({ packageName: "none" }))[0], "NotFound");
  assertEquals(await deploy({ classKey: "other" }), [
    "NotFound",
    'Cannot deploy class "other" of package "things": the package has no such class, only thing',
  ]);
  assertEquals((await deploy({ packageName: "gone" }))[0], "FailedPrecondition");
  assertEquals(await deploy({ targetClusters: ["mars"] }), [
    "InvalidArgument",
    'target_clusters names "mars": no such cluster; known are eu',
  ]);
  assertEquals((await deploy({ targetClusters: [] }))[0], "InvalidArgument");
  const [code, message] = await deploy({ targetEnv: "a b" });
  assertEquals(code, "InvalidArgument");
  assertStringIncludes(message, '"a b"');
  assertEquals((await deploy({ nfrRequirements: { availability: 2 } }))[0], "InvalidArgument");
  assertEquals(await pm.deployments.getDeploymentStatus("things.thing.test"), undefined);
  assertEquals((await pm.clusters.eu!.runtimes.listActiveInstances()).totalCount, 0);
});

Deno.test("DeployClass again changes what runs, and leaves clusters that are no longer named", async () => {
  await using pm = await platform("eu", "us");
  await pm.packages.createPackage(smallPackage("things"));
  const key = await pm.packages.deployClass({ ...thing, targetClusters: ["eu", "us"] });
  await deployed(pm, key, ["eu", "us"]);
  await pm.deployments.scaleDeployment(key, 2);
  await pm.packages.deployClass({
    ...thing,
    targetClusters: ["us"],
    nfrRequirements: { minThroughputRps: 7 },
  });
  const { deployment, message } = await deployed(pm, key, ["us"]);
  assertEquals(deployment.nfrRequirements?.minThroughputRps, 7);
  assertEquals(deployment.functions[0]?.replicas, 2);
  assert(!message.includes("eu"), message);
  assertEquals((await pm.clusters.eu!.runtimes.listActiveInstances()).totalCount, 0);
  await eventually(
    () => pm.clusters.us!.runtimes.listActiveInstances(),
    ({ totalCount }) => totalCount === 2,
  );
});

Deno.test("DeployClass to a cluster that is down says so, and reaches it when it is up", async () => {
  const [managerPort, clusterPort] = [freePort(), freePort()];
  const managerUrl = `http://127.0.0.1:${managerPort}`;
  await using pm = await manager(
    { eu: `http://127.0.0.1:${clusterPort}` },
    { port: managerPort },
  );
  await pm.packages.createPackage(smallPackage("things"));
  const [code, message] = await refusal(
    pm.packages.deployClass({ ...thing, targetClusters: ["eu"] }),
  );
  assertEquals(code, "Unavailable");
  assertStringIncludes(message, 'Cannot deploy "things.thing.test" in all of its clusters: eu: ');
  const waiting = await pm.deployments.getDeploymentStatus("things.thing.test");
  assertStringIncludes(waiting!.message, "eu PENDING");

  await using _eu = await cluster("eu", managerUrl, { port: clusterPort });
  await deployed(pm, "things.thing.test", ["eu"]);
});

Deno.test("Deploy adds one cluster to a deployment", async () => {
  await using pm = await platform("eu", "us");
  await pm.packages.createPackage(smallPackage("things"));
  const unit = (targetCluster: string, id: string) =>
    createModel(DeploymentUnitSchema, { ...thing, id, targetCluster });
  const key = await pm.deployments.deploy(unit("eu", "my-unit"));
  assertEquals(await pm.deployments.deploy(unit("us", "my-other-unit")), key);
  const { deployment } = await deployed(pm, key, ["eu", "us"]);
  assertEquals(deployment.targetClusters, ["eu", "us"]);
  assert(await pm.clusters.eu!.deployments.getDeploymentStatus("my-unit"));
  assertEquals((await refusal(pm.deployments.deploy(unit("mars", "x"))))[0], "InvalidArgument");
});

Deno.test("ScaleDeployment starts and ends instances in every cluster", async () => {
  await using pm = await platform("eu", "us");
  await pm.packages.createPackage(smallPackage("things"));
  const key = await pm.packages.deployClass({ ...thing, targetClusters: ["eu", "us"] });
  const running = (expected: number) =>
    Promise.all(
      Object.values(pm.clusters).map(({ runtimes }) =>
        eventually(
          () => runtimes.listActiveInstances(),
          ({ instances }) =>
            instances.length === expected && instances.every((i) => i.status === "RUNNING"),
        )
      ),
    );
  await running(1);
  await pm.deployments.scaleDeployment(key, 4);
  await running(4);
  await pm.deployments.scaleDeployment(key, 2);
  await running(2);
  const [code, message] = await refusal(pm.deployments.scaleDeployment(key, 0));
  assertEquals(code, "InvalidArgument");
  assertStringIncludes(message, "target_replicas is 0");
  assertEquals((await refusal(pm.deployments.scaleDeployment("none", 1)))[0], "NotFound");
});

Deno.test("DeleteDeployment ends instances and forgets the deployment", async () => {
  await using pm = await platform("eu");
  await pm.packages.createPackage(smallPackage("things"));
  const key = await pm.packages.deployClass({ ...thing, targetClusters: ["eu"] });
  await deployed(pm, key, ["eu"]);
  await pm.deployments.deleteDeployment(key);
  assertEquals(await pm.deployments.getDeploymentStatus(key), undefined);
  assertEquals((await pm.clusters.eu!.runtimes.listActiveInstances()).totalCount, 0);
  assertEquals((await refusal(pm.deployments.deleteDeployment(key)))[0], "NotFound");
});

Deno.test("DeleteDeployment with a cluster down keeps the deployment, and can be repeated", async () => {
  const port = freePort();
  await using eu = await cluster("eu", `http://127.0.0.1:${port}`);
  const us = await cluster("us", `http://127.0.0.1:${port}`);
  await using pm = await manager({ eu: eu.url, us: us.url }, { port });
  await pm.packages.createPackage(smallPackage("things"));
  const key = await pm.packages.deployClass({ ...thing, targetClusters: ["eu", "us"] });
  await deployed(pm, key, ["eu", "us"]);
  const usPort = Number(new URL(us.url).port);
  await us[Symbol.asyncDispose]();

  const [code, message] = await refusal(pm.deployments.deleteDeployment(key));
  assertEquals(code, "Unavailable");
  assertStringIncludes(message, "us: ");
  const left = await pm.deployments.getDeploymentStatus(key);
  assertStringIncludes(left!.message, "us TERMINATING");
  assertEquals((await eu.runtimes.listActiveInstances()).totalCount, 0);

  await using _us = await cluster("us", `http://127.0.0.1:${port}`, { port: usPort });
  await pm.deployments.deleteDeployment(key);
  assertEquals(await pm.deployments.getDeploymentStatus(key), undefined);
});

Deno.test("ReportDeploymentStatus takes known deployments only", async () => {
  await using pm = await platform("eu");
  await pm.packages.createPackage(smallPackage("things"));
  const key = await pm.packages.deployClass({ ...thing, targetClusters: ["eu"] });
  await deployed(pm, key, ["eu"]);
  await pm.packages.reportDeploymentStatus(`${key}.eu`, {
    deploymentId: `${key}.eu`,
    status: "failed",
    message: "out of memory",
  });
  assertEquals(
    (await pm.deployments.getDeploymentStatus(key))?.message,
    "eu FAILED (out of memory)",
  );
  const report = (id: string, status: object) =>
    refusal(pm.packages.reportDeploymentStatus(id, { status: "DEPLOYED", ...status }));
  assertEquals((await report("none", {}))[0], "NotFound");
  assertEquals((await report(`${key}.eu`, { deploymentId: "other" }))[0], "InvalidArgument");
  assertEquals((await report(`${key}.eu`, { status: "FLYING" }))[0], "InvalidArgument");
});
