import { Code, ConnectError } from "@connectrpc/connect";
import { createModel, fromTimestamp } from "@oprc/models";
import { type DeploymentUnit, DeploymentUnitSchema } from "@oprc/proto/deployment";
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import {
  type InstanceRunner,
  simulatedRunner,
} from "../examples/class_runtime_manager/instance_runner.ts";
import { freePort } from "../examples/common/process.ts";
import { cluster, eventually, manager, smallPackage } from "./_platform.ts";

/** Nobody listens there: reports wait. */
const nowhere = `http://127.0.0.1:1`;

function unit(id: string, replicas = 2): DeploymentUnit {
  return createModel(DeploymentUnitSchema, {
    id,
    packageName: "video",
    classKey: "video",
    targetCluster: "eu",
    targetEnv: "test",
    functions: [
      {
        functionKey: "transcode",
        replicas,
        resourceRequirements: { cpuRequest: "2", memoryRequest: "2Gi" },
      },
      { functionKey: "images/resize", replicas: 1 },
    ],
  });
}

const running = (expected: number) => (page: { instances: { status: string }[] }) =>
  page.instances.length === expected && page.instances.every((i) => i.status === "RUNNING");

Deno.test("Deploy starts an instance for each replica, with heartbeats", async () => {
  await using eu = await cluster("eu", nowhere);
  assertEquals(await eu.deployments.deploy(unit("u")), "u");
  const { instances } = await eventually(() => eu.runtimes.listActiveInstances(), running(3));
  assertEquals(instances.map((i) => i.instanceId), [
    "u.images--resize.0",
    "u.transcode.0",
    "u.transcode.1",
  ]);
  assertEquals(instances[1]?.currentResources?.cpuRequest, "2");
  assertEquals(instances[0]?.metadata.function_key, "images/resize");
  const first = fromTimestamp(instances[0]!.lastHeartbeat!);
  await eventually(
    () => eu.runtimes.getRuntimeState("u.images--resize.0"),
    (state) => fromTimestamp(state!.lastHeartbeat!) > first,
  );
});

Deno.test("Deploy refuses a unit of another cluster and a wrong one", async () => {
  await using eu = await cluster("eu", nowhere);
  const other = await assertRejects(
    () => eu.deployments.deploy({ ...unit("u"), targetCluster: "us" }),
    ConnectError,
  );
  assertEquals(other.code, Code.InvalidArgument);
  assertStringIncludes(other.rawMessage, '"us"');
  const wrong = await assertRejects(() => eu.deployments.deploy(unit("u", 0)), ConnectError);
  assertEquals(wrong.code, Code.InvalidArgument);
  assertEquals(await eu.deployments.getDeploymentStatus("u"), undefined);
});

Deno.test("ListActiveInstances takes deployment, limit and offset", async () => {
  await using eu = await cluster("eu", nowhere);
  await eu.deployments.deploy(unit("a"));
  await eu.deployments.deploy(unit("b"));
  await eventually(() => eu.runtimes.listActiveInstances(), running(6));
  const page = await eu.runtimes.listActiveInstances({ deploymentId: "b", limit: 1, offset: 1 });
  assertEquals([page.totalCount, page.instances[0]?.instanceId], [3, "b.transcode.0"]);
});

Deno.test("UpdateRuntimeState stores what an instance says of itself", async () => {
  await using eu = await cluster("eu", nowhere);
  await eu.deployments.deploy(unit("u", 1));
  await eventually(() => eu.runtimes.listActiveInstances(), running(2));
  const state = (await eu.runtimes.getRuntimeState("u.transcode.0"))!;
  await eu.runtimes.updateRuntimeState({ ...state, status: "failed" });
  assertEquals((await eu.runtimes.getRuntimeState("u.transcode.0"))?.status, "FAILED");
  assertEquals((await eu.runtimes.listActiveInstances()).totalCount, 1);
  const stray = await assertRejects(
    () => eu.runtimes.updateRuntimeState({ ...state, deploymentId: "none" }),
    ConnectError,
  );
  assertEquals(stray.code, Code.NotFound);
  assertEquals(await eu.runtimes.getRuntimeState("none"), undefined);
});

Deno.test("a restart brings the instances back", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const settings = { path: `${folder}/eu.kv` };
    {
      await using eu = await cluster("eu", nowhere, settings);
      await eu.deployments.deploy(unit("kept"));
      await eu.deployments.deploy(unit("ended"));
      await eventually(() => eu.runtimes.listActiveInstances(), running(6));
      await eu.deployments.deleteDeployment("ended");
    }
    await using eu = await cluster("eu", nowhere, settings);
    const { instances } = await eventually(() => eu.runtimes.listActiveInstances(), running(3));
    assert(instances.every((i) => i.deploymentId === "kept"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("an instance that can't be started makes the deployment FAILED", async () => {
  const simulated = simulatedRunner({ startMs: 1 });
  const runner: InstanceRunner = {
    ...simulated,
    start: (instance, signal) =>
      instance.functionKey === "transcode"
        ? Promise.reject(new Error("no such image"))
        : simulated.start(instance, signal),
  };
  const port = freePort();
  await using eu = await cluster("eu", `http://127.0.0.1:${port}`, { runner });
  await using pm = await manager({ eu: eu.url }, { port });
  const touch = smallPackage("video").functions[0]!;
  await pm.packages.createPackage(smallPackage("video", {
    functions: [touch, { ...touch, key: "transcode" }],
  }));
  await pm.packages.deployClass({
    packageName: "video",
    classKey: "thing",
    targetEnv: "test",
    targetClusters: ["eu"],
  });
  await pm.deployments.deploy({ ...unit("u2", 1), classKey: "thing" });
  const failed = await eventually(
    () => pm.deployments.getDeploymentStatus("video.thing.test"),
    (state) => state?.message.startsWith("eu FAILED") === true,
  );
  assertStringIncludes(failed!.message, "no such image");
});
