/** Records to the byte as Rust's serde_json writes the structures of the platform's services. */
import { assert, assertEquals } from "@std/assert";
import { peerTest } from "../../tests/_peers.ts";
import { leasingOf } from "../_leasing.ts";
import { storageFactory } from "../factory.ts";
import { put } from "../helpers.ts";
import { memoryStore } from "../memory.ts";
import type { KeyValueStore } from "../port.ts";
import { bytes, collect, fails, now } from "../testing/_case.ts";
import { testStore } from "../testing/mod.ts";
import { readingRust } from "./_rust_records.ts";
import { etcdPeer, startEtcd } from "./_testing.ts";
import { etcdStorageFactory, etcdStore } from "./store.ts";

const CONTRACT = {
  deployment:
    '{"key":"d","package_name":"image","class_key":"photo","target_env":"dev","target_clusters":["a"],' +
    '"nfr_requirements":{"max_latency_ms":10,"min_throughput_rps":null,"availability":0.99,' +
    '"cpu_utilization_target":null},"functions":[{"function_key":"f","replicas":2,' +
    '"resource_requirements":{"cpu_request":"100m","memory_request":"1Gi","cpu_limit":null,' +
    '"memory_limit":null}}],"created_at":"2025-08-01T10:00:00.123456789Z"}',
  runtime: '{"instance_id":"i","deployment_id":"u","status":"Running","current_resources":' +
    '{"cpu_request":"1","memory_request":"1Gi","cpu_limit":null,"memory_limit":null},' +
    '"last_heartbeat":"2025-08-01T10:00:00Z","metadata":{"node":"n"}}',
};

const LATER = {
  package:
    '{"name":"image","version":null,"metadata":{"author":null,"description":"d","tags":["x"],' +
    '"created_at":"2025-08-01T10:00:00Z"},"classes":[{"key":"photo","description":null,' +
    '"state_spec":{"key_specs":[{"name":"k","key_type":"s"}],"default_provider":"memory",' +
    '"consistency_model":"NONE","persistent":true,"serialization_format":"json"},' +
    '"function_bindings":[{"name":"resize","function_key":"f","access_modifier":"PUBLIC",' +
    '"stateless":false,"parameters":["w"]}]}],"functions":[{"key":"f","function_type":"CUSTOM",' +
    '"description":"makes it small","provision_config":null,"config":{}}],"dependencies":["core"],' +
    '"deployments":[]}',
  deployment:
    '{"key":"d","package_name":"image","class_key":"photo","target_envs":["dev","prod"],' +
    '"target_clusters":["a"],"nfr_requirements":{"max_latency_ms":null},"functions":[],' +
    '"condition":"PENDING","created_at":"2025-08-01T10:00:00Z","updated_at":null}',
};

Deno.test("records of Rust services in the shape of the wire contract are read as they are", async () => {
  await using store = memoryStore();
  await put(store, "/oaas/deployments/d", bytes(CONTRACT.deployment));
  await put(store, "/oaas/runtimes/i", bytes(CONTRACT.runtime));
  const storage = storageFactory(store);
  const deployment = (await storage.createDeploymentStorage().getDeployment("d"))!.value;
  assertEquals(deployment.createdAt?.nanos, 123456789);
  assertEquals(deployment.createdAt?.seconds, 1754042400n);
  assertEquals(deployment.nfrRequirements?.minThroughputRps, undefined);
  assertEquals(deployment.functions[0]?.resourceRequirements?.cpuLimit, undefined);
  const runtimes = storage.createRuntimeStorage();
  const { items } = await runtimes.listRuntimes({ status: "RUNNING" });
  assertEquals(items.map(({ value }) => value.metadata), [{ node: "n" }]);
});

async function check(raw: KeyValueStore, reading: KeyValueStore): Promise<void> {
  const from = await now(raw);
  await put(raw, "/oaas/packages/image", bytes(LATER.package));
  await put(raw, "/oaas/deployments/d", bytes(LATER.deployment));
  await put(raw, "/oaas/deployments/d/clusters/a", bytes("unit-1"));
  await put(raw, "/oaas/deployments/d/clusters/b", bytes('{"no": "record"}'));
  const storage = storageFactory(reading);
  const packages = storage.createPackageStorage();
  const found = (await packages.getPackage("image"))!;
  const [photo] = found.value.classes;
  assertEquals([photo?.name, photo?.package], ["photo", "image"]);
  assertEquals(photo?.functions.map((binding) => binding.functionKey), ["f"]);
  assertEquals(photo?.stateSpec?.persistent, true);
  const [resize] = found.value.functions;
  assertEquals([resize?.name, resize?.package], ["f", "image"]);
  assertEquals(resize?.metadata?.description, "makes it small");
  assertEquals((await packages.listPackages({ tags: ["x"] })).items, [found]);
  const deployments = storage.createDeploymentStorage();
  assertEquals((await deployments.getDeployment("d"))?.value.targetEnv, "dev");
  const mappings = await deployments.getClusterMappings("d");
  assertEquals([...mappings], [["a", "unit-1"], ["b", '{"no": "record"}']]);
  const [batch] = await collect(reading, "/oaas/packages/", from, 1);
  assertEquals(batch?.revision, found.revision);
  for await (const { changes } of packages.watchPackages({ from })) {
    const [change] = changes;
    if (change?.type !== "put") continue;
    assertEquals(change.value, found.value);
    break;
  }
  // What is written is as the wire contract has it, and is read the same.
  await packages.storePackage(found.value, { expect: found.revision });
  assertEquals((await packages.getPackage("image"))?.value, found.value);
  await put(raw, "/oaas/packages/broken", bytes("{"));
  assertEquals(
    (await fails(packages.getPackage("broken"), "corrupt")).key,
    "/oaas/packages/broken",
  );
}

Deno.test("readingRust() makes later records of Rust services those of the wire contract", async () => {
  await using store = memoryStore();
  await check(store, readingRust(store, "/oaas"));
});

testStore(() => readingRust(memoryStore(), "/oaas"), { name: "readingRust()" });

peerTest(
  "etcdStorageFactory() reads records of Rust services if it is told to",
  etcdPeer,
  async () => {
    await using cluster = await startEtcd();
    const { endpoints } = cluster;
    await using raw = await etcdStore({ endpoints });
    await using reading = await etcdStorageFactory({ endpoints, readRustRecords: true });
    await check(raw, reading.store);
    assert(leasingOf(reading.store), "its locks are bound to leases as those of etcdStore() are");
    await using plain = await etcdStorageFactory({ endpoints });
    await put(raw, "/oaas/packages/image", bytes(LATER.package));
    const found = await plain.createPackageStorage().getPackage("image");
    assertEquals(found?.value.classes[0]?.functions, []);
  },
);
