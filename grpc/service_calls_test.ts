import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { Code, ConnectError } from "@connectrpc/connect";
import { StatusCode } from "@oprc/proto/common";
import { packageHandler } from "./_testing.ts";
import {
  DeploymentClient,
  deploymentService,
  inProcess,
  PackageClient,
  packageService,
  RuntimeClient,
  runtimeService,
} from "./mod.ts";

/** A PackageClient over handlers in this process. */
function over(...methods: Parameters<typeof packageHandler>): PackageClient {
  const services = [packageService(packageHandler(...methods))];
  return PackageClient.over(inProcess(services, { onError: () => {} }));
}

Deno.test("PackageClient throws a response's status with its message", async () => {
  const client = over({
    createPackage: () => Promise.resolve({ status: StatusCode.INVALID_REQUEST, message: "taken" }),
    deletePackage: () => Promise.resolve({ status: StatusCode.INTERNAL_ERROR }),
    deployClass: () => Promise.resolve({ status: 99 as StatusCode }),
  });
  const say = (error: ConnectError) => [error.code, error.rawMessage];
  assertEquals(await client.createPackage({}).catch(say), [Code.InvalidArgument, "taken"]);
  assertEquals(await client.deletePackage("a").catch(say), [
    Code.Internal,
    "Cannot finish DeletePackage: the server answered INTERNAL_ERROR",
  ]);
  assertEquals(await client.deployClass({}).catch(say), [
    Code.Unknown,
    "Cannot finish DeployClass: the server answered status 99",
  ]);
});

Deno.test("PackageClient.getPackage() is undefined for either kind of not found", async () => {
  const byStatus = over({ getPackage: () => Promise.resolve({ status: StatusCode.NOT_FOUND }) });
  assertEquals(await byStatus.getPackage("a"), undefined);
  const byCode = over({ getPackage: () => Promise.reject(new ConnectError("no", Code.NotFound)) });
  assertEquals(await byCode.getPackage("a"), undefined);
  const broken = over({ getPackage: () => Promise.reject(new Error("no")) });
  await assertRejects(() => broken.getPackage("a"), ConnectError);
});

Deno.test("PackageClient carries each call's request and answer", async () => {
  const client = over({
    getPackage: ({ name }) => Promise.resolve({ package: { name, version: "1.0" } }),
    listPackages: ({ filter, limit, offset }) =>
      Promise.resolve({ packages: [{ name: `${filter} ${limit} ${offset}` }], totalCount: 9 }),
    deployClass: ({ packageName, classKey, targetEnv, targetClusters }) =>
      Promise.resolve({
        deploymentId: [packageName, classKey, targetEnv, ...targetClusters].join(),
      }),
    reportDeploymentStatus: ({ deploymentId, status }) =>
      deploymentId === "d" && status?.status === "DEPLOYED"
        ? Promise.resolve({})
        : Promise.reject(new Error("not carried")),
    deletePackage: ({ name }) =>
      name === "a" ? Promise.resolve({}) : Promise.reject(new Error("not carried")),
  });
  assertEquals((await client.getPackage("a"))?.version, "1.0");
  const page = await client.listPackages({ filter: "f", limit: 2, offset: 4 });
  assertEquals([page.packages[0]?.name, page.totalCount], ["f 2 4", 9]);
  assertEquals((await client.listPackages()).packages[0]?.name, "undefined 0 0");
  const request = { packageName: "p", classKey: "c", targetEnv: "e", targetClusters: ["x", "y"] };
  assertEquals(await client.deployClass(request), "p,c,e,x,y");
  await client.reportDeploymentStatus("d", { status: "DEPLOYED" });
  await client.deletePackage("a");
  await client.close();
  const error = await assertRejects(() => client.deletePackage("a"), ConnectError);
  assertStringIncludes(error.rawMessage, "the client is closed");
});

Deno.test("DeploymentClient carries each call's request and answer", async () => {
  const scaled: unknown[] = [];
  const client = DeploymentClient.over(inProcess([deploymentService({
    deploy: ({ deploymentUnit }) => Promise.resolve({ deploymentId: deploymentUnit?.id }),
    getDeploymentStatus: ({ deploymentId }) =>
      deploymentId === "d"
        ? Promise.resolve({ deployment: { key: "d" }, message: "fine" })
        : Promise.resolve({ status: StatusCode.NOT_FOUND }),
    scaleDeployment: ({ deploymentId, targetReplicas }) => {
      scaled.push(deploymentId, targetReplicas);
      return Promise.resolve({});
    },
    deleteDeployment: ({ deploymentId }) => {
      scaled.push(deploymentId);
      return Promise.resolve({});
    },
  })]));
  assertEquals(await client.deploy({ id: "u" }), "u");
  const state = await client.getDeploymentStatus("d");
  assertEquals([state?.deployment.key, state?.message], ["d", "fine"]);
  assertEquals(await client.getDeploymentStatus("other"), undefined);
  await client.scaleDeployment("d", 3);
  await client.deleteDeployment("e");
  assertEquals(scaled, ["d", 3, "e"]);
  await client[Symbol.asyncDispose]();
});

Deno.test("RuntimeClient carries each call's request and answer", async () => {
  const states = new Map<string, { instanceId: string; deploymentId: string }>();
  const client = RuntimeClient.over(inProcess([runtimeService({
    getRuntimeState: ({ instanceId }) =>
      Promise.resolve(
        states.has(instanceId)
          ? { runtimeState: states.get(instanceId) }
          : { status: StatusCode.NOT_FOUND },
      ),
    updateRuntimeState: ({ runtimeState: state }) => {
      states.set(state!.instanceId, state!);
      return Promise.resolve({});
    },
    listActiveInstances: ({ deploymentId, limit, offset }) =>
      Promise.resolve({
        instances: [...states.values()].filter((state) => state.deploymentId === deploymentId)
          .slice(offset, offset + limit),
        totalCount: states.size,
      }),
  })]));
  await client.updateRuntimeState({ instanceId: "i", deploymentId: "d" });
  await client.updateRuntimeState({ instanceId: "j", deploymentId: "e" });
  assertEquals((await client.getRuntimeState("i"))?.deploymentId, "d");
  assertEquals(await client.getRuntimeState("x"), undefined);
  const page = await client.listActiveInstances({ deploymentId: "e", limit: 5 });
  assertEquals([page.instances.map((state) => state.instanceId), page.totalCount], [["j"], 2]);
  await client[Symbol.asyncDispose]();
});
