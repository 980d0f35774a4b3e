import { assert, assertEquals } from "@std/assert";
import { aDeployment, aStatus } from "./_testing.ts";
import type { DeploymentFilter } from "./deployment_storage.ts";
import { memoryStorageFactory, storageFactory } from "./factory.ts";
import { listAll, put } from "./helpers.ts";
import { memoryStore } from "./memory.ts";
import type { KeyValueStore, Op } from "./port.ts";
import { bytes, collect, fails, keysOf, text } from "./testing/_case.ts";

function setUp() {
  const factory = memoryStorageFactory();
  return { store: factory.store, deployments: factory.createDeploymentStorage() };
}

const status = (deploymentId: string, value = "DEPLOYED") => aStatus(deploymentId, value);

async function keys(store: KeyValueStore): Promise<string[]> {
  return keysOf(await Array.fromAsync(listAll(store, "")));
}

/** A store that does something before a commit. */
function before(store: KeyValueStore, act: (ops: readonly Op[]) => Promise<void>): KeyValueStore {
  return {
    get: (key, options) => store.get(key, options),
    list: (prefix, options) => store.list(prefix, options),
    watch: (prefix, options) => store.watch(prefix, options),
    health: (options) => store.health(options),
    async commit(ops, options) {
      await act(ops);
      return await store.commit(ops, options);
    },
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };
}

Deno.test("storeDeployment(), mappings and statuses are laid out as the platform's", async () => {
  const { store, deployments } = setUp();
  await deployments.storeDeployment(aDeployment("d1", { targetClusters: ["eu"] }));
  await deployments.saveClusterMapping("d1", "eu", "u1");
  await deployments.saveDeploymentStatus(status("u1"));
  const found: Record<string, string | undefined> = {};
  for await (const { key, value } of listAll(store, "")) found[key] = text(value);
  assertEquals(found, {
    "/oaas/deployment-statuses/u1": '{"deployment_id":"u1","status":"DEPLOYED"}',
    "/oaas/deployments/d1": '{"key":"d1","package_name":"image","class_key":"photo",' +
      '"target_env":"dev","target_clusters":["eu"]}',
    "/oaas/deployments/d1/clusters/eu": "u1",
  });
});

Deno.test("getDeployment() returns what was stored, with its revision", async () => {
  const { deployments } = setUp();
  const revision = await deployments.storeDeployment(aDeployment("d1"), { expect: null });
  await fails(deployments.storeDeployment(aDeployment("d1"), { expect: null }), "conflict");
  assertEquals(await deployments.getDeployment("d1"), { value: aDeployment("d1"), revision });
  assertEquals(await deployments.getDeployment("d2"), undefined);
  assertEquals(await deployments.deploymentExists("d1"), true);
  assertEquals(await deployments.deploymentExists("d2"), false);
});

Deno.test("listDeployments() finds by the status that clusters reported", async () => {
  const { deployments } = setUp();
  for (const [i, key] of ["d1", "d2", "d3"].entries()) {
    await deployments.storeDeployment(aDeployment(key, { targetClusters: ["eu", "us"] }));
    await deployments.saveClusterMapping(key, "eu", `${key}-eu`);
    await deployments.saveClusterMapping(key, "us", `${key}-us`);
    const status = ["DEPLOYED", "failed", "PENDING"][i]!;
    await deployments.saveDeploymentStatus(aStatus(`${key}-eu`, status));
    await deployments.saveDeploymentStatus(aStatus(`${key}-us`, "FAILED"));
  }
  await deployments.saveDeploymentStatus(aStatus("nobody's", "DEPLOYED"));
  const cases: [DeploymentFilter, string[]][] = [
    [{ status: "failed" }, ["d1", "d2", "d3"]],
    [{ status: "FAILED", cluster: "eu" }, ["d2"]],
    [{ status: "Deployed" }, ["d1"]],
    [{ status: "DEPLOYED", cluster: "us" }, []],
    [{ status: "PENDING", targetEnv: "prod" }, []],
    [{ status: "TERMINATING" }, []],
  ];
  for (const [filter, wanted] of cases) {
    const { items } = await deployments.listDeployments(filter);
    assertEquals(items.map((item) => item.value.key), wanted);
  }
});

Deno.test("watchDeployments() and watchDeploymentStatuses() deliver typed changes", async () => {
  const { deployments } = setUp();
  const revision = await deployments.storeDeployment(aDeployment("d1"));
  await deployments.saveClusterMapping("d1", "eu", "u1");
  const reported = await deployments.saveDeploymentStatus(aStatus("u1", "DEPLOYED"));
  await deployments.deleteDeploymentStatus("u1");
  const changes = [];
  for await (const batch of deployments.watchDeployments({ from: "0".repeat(16) })) {
    changes.push(...batch.changes);
    if (batch.revision > reported) break;
  }
  assertEquals(changes, [{ type: "put", name: "d1", value: aDeployment("d1"), revision }]);
  const statuses: [string, string][] = [];
  for await (const batch of deployments.watchDeploymentStatuses({ from: revision })) {
    for (const { type, name } of batch.changes) statuses.push([type, name]);
    if (batch.revision > reported) break;
  }
  assertEquals(statuses, [["put", "u1"], ["delete", "u1"]]);
});

Deno.test("listDeployments() filters, with pages that mappings don't eat up", async () => {
  const { deployments } = setUp();
  const all = ["d1", "d1-x", "d1.x", "d2", "d3"];
  await deployments.storeDeployment(aDeployment("d1", { targetClusters: ["c1", "c2"] }));
  await deployments.storeDeployment(aDeployment("d1-x", { packageName: "video" }));
  await deployments.storeDeployment(aDeployment("d1.x", { classKey: "clip" }));
  await deployments.storeDeployment(aDeployment("d2", { targetEnv: "prod" }));
  await deployments.storeDeployment(aDeployment("d3", { targetClusters: ["c2"] }));
  for (const key of all) {
    for (let i = 0; i < 300; i++) await deployments.saveClusterMapping(key, `c${i}`, `u${i}`);
  }
  const cases: [DeploymentFilter, string[]][] = [
    [{}, all],
    [{ packageName: "video" }, ["d1-x"]],
    [{ classKey: "clip" }, ["d1.x"]],
    [{ targetEnv: "prod" }, ["d2"]],
    [{ cluster: "c2" }, ["d1", "d3"]],
    [{ cluster: "c1", targetEnv: "dev" }, ["d1"]],
    [{ cluster: "c1", targetEnv: "prod" }, []],
  ];
  for (const [filter, wanted] of cases) {
    for (const limit of [1, 2, 100]) {
      const found: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await deployments.listDeployments(filter, { limit, cursor });
        assert(page.cursor === undefined || page.items.length === limit);
        found.push(...page.items.map((item) => item.value.key));
        cursor = page.cursor;
      } while (cursor !== undefined);
      assertEquals(found, wanted);
    }
  }
});

Deno.test("getClusterMappings() returns the mappings of one deployment", async () => {
  const { deployments } = setUp();
  await deployments.saveClusterMapping("d1", "eu", "u1", { expect: null });
  await deployments.saveClusterMapping("d1", "us", "u2");
  await deployments.saveClusterMapping("d1-x", "eu", "u3");
  await fails(deployments.saveClusterMapping("d1", "eu", "u4", { expect: null }), "conflict");
  assertEquals(await deployments.getClusterMappings("d1"), new Map([["eu", "u1"], ["us", "u2"]]));
  assertEquals(await deployments.getClusterMappings("d2"), new Map());
});

Deno.test("saveClusterMapping() refuses ids that can't be the key of a status", async () => {
  const { store, deployments } = setUp();
  for (const id of ["", "a/b", "a b"]) {
    await fails(deployments.saveClusterMapping("d1", "eu", id), "invalid");
  }
  assertEquals(await keys(store), []);
});

Deno.test("removeClusterMappings() removes some or all", async () => {
  const { deployments } = setUp();
  for (let i = 0; i < 130; i++) await deployments.saveClusterMapping("d1", `c${i}`, "u");
  await deployments.saveClusterMapping("d2", "c1", "u");
  await deployments.removeClusterMappings("d1", ["c1", "c2", "c2", "absent"]);
  assertEquals((await deployments.getClusterMappings("d1")).size, 128);
  await deployments.removeClusterMappings("d1");
  await deployments.removeClusterMappings("d1");
  assertEquals((await deployments.getClusterMappings("d1")).size, 0);
  assertEquals((await deployments.getClusterMappings("d2")).size, 1);
});

Deno.test("deployment statuses are kept by the cluster's id", async () => {
  const { deployments } = setUp();
  const revision = await deployments.saveDeploymentStatus(status("u1"), { expect: null });
  await fails(deployments.saveDeploymentStatus(status("u1"), { expect: null }), "conflict");
  assertEquals(await deployments.getDeploymentStatus("u1"), { value: status("u1"), revision });
  assertEquals(await deployments.getDeploymentStatus("u2"), undefined);
  assertEquals(await deployments.deleteDeploymentStatus("u1"), true);
  assertEquals(await deployments.deleteDeploymentStatus("u1"), false);
});

Deno.test("deleteDeployment() deletes it with its mappings in one commit, and the statuses", async () => {
  const { store, deployments } = setUp();
  await deployments.storeDeployment(aDeployment("d1"));
  await deployments.storeDeployment(aDeployment("d1-x"));
  await deployments.saveClusterMapping("d1", "eu", "u1");
  await deployments.saveClusterMapping("d1", "us", "u2");
  await deployments.saveClusterMapping("d1-x", "eu", "u3");
  for (const id of ["u1", "u2", "u3"]) await deployments.saveDeploymentStatus(status(id));
  const from = (await store.list("")).revision;
  assertEquals(await deployments.deleteDeployment("d1"), true);
  assertEquals(await keys(store), [
    "/oaas/deployment-statuses/u3",
    "/oaas/deployments/d1-x",
    "/oaas/deployments/d1-x/clusters/eu",
  ]);
  const changed = await collect(store, "/oaas/deployments/", from, 3);
  assertEquals(changed.map((batch) => batch.events.map((event) => event.key)), [[
    "/oaas/deployments/d1",
    "/oaas/deployments/d1/clusters/eu",
    "/oaas/deployments/d1/clusters/us",
  ]]);
  assertEquals(await deployments.deleteDeployment("d1"), false);
});

Deno.test("deleteDeployment() expects, and deletes nothing on a conflict", async () => {
  const { store, deployments } = setUp();
  const first = await deployments.storeDeployment(aDeployment("d1"));
  const second = await deployments.storeDeployment(aDeployment("d1"));
  await deployments.saveClusterMapping("d1", "eu", "u1");
  await fails(deployments.deleteDeployment("d1", { expect: first }), "conflict");
  const check = { type: "check", key: "guard", expect: first } as const;
  await fails(deployments.deleteDeployment("d1", { with: [check] }), "conflict");
  assertEquals((await keys(store)).length, 2);
  assertEquals(await deployments.deleteDeployment("d1", { expect: second }), true);
  assertEquals(await keys(store), []);
});

Deno.test("deleteDeployment() takes 63 mappings, and of more deletes nothing", async () => {
  const { store, deployments } = setUp();
  await deployments.storeDeployment(aDeployment("d1"));
  await deployments.saveDeploymentStatus(status("u"));
  for (let i = 0; i < 64; i++) await deployments.saveClusterMapping("d1", `c${i}`, "u");
  const error = await fails(deployments.deleteDeployment("d1"), "too_large");
  assertEquals(error.key, "/oaas/deployments/d1");
  assert(error.message.includes("64") && error.message.includes("63"), error.message);
  assertEquals((await keys(store)).length, 66);
  await deployments.removeClusterMappings("d1", ["c0"]);
  const more = { type: "check", key: "guard", expect: null } as const;
  await fails(deployments.deleteDeployment("d1", { with: [more] }), "too_large");
  assertEquals(await deployments.deleteDeployment("d1"), true);
  assertEquals(await keys(store), []);
});

Deno.test("deleteDeployment() misses no mapping that is saved meanwhile", async () => {
  const inner = memoryStore();
  const plain = storageFactory(inner).createDeploymentStorage();
  let late = 0;
  const store = before(inner, async (ops) => {
    const deletes = ops[0]?.type === "delete" && ops[0].key === "/oaas/deployments/d1";
    if (!deletes || late > 1) return;
    // The first time it changes a mapping that was read, the second time it adds one.
    await plain.saveClusterMapping("d1", late++ === 0 ? "eu" : "us", `late${late}`);
    await plain.saveDeploymentStatus(status(`late${late}`));
  });
  const deployments = storageFactory(store).createDeploymentStorage();
  await plain.storeDeployment(aDeployment("d1"));
  await plain.saveClusterMapping("d1", "eu", "u1");
  assertEquals(await deployments.deleteDeployment("d1"), true);
  assertEquals(late, 2);
  assertEquals(await keys(inner), []);
});

Deno.test("deleteDeployment() leaves the mappings of a deployment made since", async () => {
  const inner = memoryStore();
  const plain = storageFactory(inner).createDeploymentStorage();
  let commits = 0;
  const store: KeyValueStore = {
    ...before(inner, () => Promise.resolve()),
    async commit(ops, options) {
      const revision = await inner.commit(ops, options);
      if (commits++ > 0) return revision;
      await plain.storeDeployment(aDeployment("d1"));
      await plain.saveClusterMapping("d1", "eu", "new");
      return revision;
    },
  };
  await plain.storeDeployment(aDeployment("d1"));
  const deployments = storageFactory(store).createDeploymentStorage();
  assertEquals(await deployments.deleteDeployment("d1"), true);
  assertEquals(await plain.getClusterMappings("d1"), new Map([["eu", "new"]]));
});

Deno.test("records that can't be decoded are errors that name their key", async () => {
  const { store, deployments } = setUp();
  await put(store, "/oaas/deployments/d1", bytes("{"));
  await put(store, "/oaas/deployments/d1/clusters/eu", new Uint8Array([0xff]));
  await put(store, "/oaas/deployment-statuses/u1", bytes("7"));
  const cases: [Promise<unknown>, string][] = [
    [deployments.getDeployment("d1"), "/oaas/deployments/d1"],
    [deployments.listDeployments(), "/oaas/deployments/d1"],
    [deployments.getClusterMappings("d1"), "/oaas/deployments/d1/clusters/eu"],
    [deployments.getDeploymentStatus("u1"), "/oaas/deployment-statuses/u1"],
  ];
  for (const [read, key] of cases) assertEquals((await fails(read, "corrupt")).key, key);
});
