/** The example services in this process, on memory stores and free ports, for tests. */
import type { MessageInitShape } from "@bufbuild/protobuf";
import { DeploymentClient, PackageClient, RuntimeClient } from "@oprc/grpc";
import { createModel } from "@oprc/models";
import { type OPackage, OPackageSchema } from "@oprc/proto/package";
import { startClassRuntimeManager } from "../examples/class_runtime_manager/class_runtime_manager.ts";
import {
  type InstanceRunner,
  simulatedRunner,
} from "../examples/class_runtime_manager/instance_runner.ts";
import { startPackageManager } from "../examples/package_manager/package_manager.ts";
import { freePort } from "../examples/common/process.ts";
import { readPackageFile } from "../examples/common/package_files.ts";

/** Settings of a service under test. */
export interface ServiceSettings {
  readonly port?: number;
  /** A Deno KV file; memory if absent. */
  readonly path?: string;
}

function base(serviceName: string, { port = 0, path }: ServiceSettings) {
  return {
    serviceName,
    server: { host: "127.0.0.1", port, workers: 1 },
    observability: {
      logLevel: "off",
      logFormat: "json",
      metricsHost: "127.0.0.1",
      metricsPort: 0,
      samplingRatio: 1,
    },
    storage: {
      type: path === undefined ? "memory" : "deno-kv",
      path: path ?? "",
      keyPrefix: "/oaas",
    },
  } as const;
}

/** A Package Manager and its clients. */
export interface ManagerUnderTest extends AsyncDisposable {
  readonly url: string;
  readonly metricsUrl: string;
  readonly packages: PackageClient;
  readonly deployments: DeploymentClient;
}

/** Starts a Package Manager that knows these clusters, by name and URL. */
export async function manager(
  clusters: Readonly<Record<string, string>> = {},
  settings: ServiceSettings = {},
): Promise<ManagerUnderTest> {
  const service = await startPackageManager({
    ...base("package-manager", settings),
    clusters: Object.fromEntries(Object.entries(clusters).map(([name, url]) => [name, { url }])),
    clusterTimeoutMs: 3000,
    resumeIntervalMs: 100,
  });
  const url = `http://127.0.0.1:${service.server.addr.port}`;
  const packages = PackageClient.connect(url);
  const deployments = DeploymentClient.connect(url);
  return {
    url,
    metricsUrl: `http://127.0.0.1:${service.metricsServer.addr.port}`,
    packages,
    deployments,
    async [Symbol.asyncDispose]() {
      await packages.close();
      await deployments.close();
      await service[Symbol.asyncDispose]();
    },
  };
}

/** A Class Runtime Manager and its clients. */
export interface ClusterUnderTest extends AsyncDisposable {
  readonly url: string;
  readonly deployments: DeploymentClient;
  readonly runtimes: RuntimeClient;
}

/** Starts the Class Runtime Manager of a cluster. */
export async function cluster(
  name: string,
  managerUrl: string,
  settings: ServiceSettings & { readonly runner?: InstanceRunner } = {},
): Promise<ClusterUnderTest> {
  const service = await startClassRuntimeManager({
    ...base("class-runtime-manager", settings),
    cluster: name,
    packageManagerUrl: managerUrl,
    heartbeatMs: 100,
  }, settings.runner ?? simulatedRunner({ startMs: 1 }));
  const url = `http://127.0.0.1:${service.server.addr.port}`;
  const deployments = DeploymentClient.connect(url);
  const runtimes = RuntimeClient.connect(url);
  return {
    url,
    deployments,
    runtimes,
    async [Symbol.asyncDispose]() {
      await deployments.close();
      await runtimes.close();
      await service[Symbol.asyncDispose]();
    },
  };
}

/** A Package Manager with clusters of the given names, all running. */
export async function platform(
  ...names: string[]
): Promise<ManagerUnderTest & { readonly clusters: Readonly<Record<string, ClusterUnderTest>> }> {
  const port = freePort();
  await using started = new AsyncDisposableStack();
  const clusters: Record<string, ClusterUnderTest> = {};
  for (const name of names) {
    clusters[name] = started.use(await cluster(name, `http://127.0.0.1:${port}`));
  }
  const urls = Object.fromEntries(Object.entries(clusters).map(([name, c]) => [name, c.url]));
  const own = started.use(await manager(urls, { port }));
  const all = started.move();
  return { ...own, clusters, [Symbol.asyncDispose]: () => all.disposeAsync() };
}

/** One of the packages under `examples/packages/`. */
export function examplePackage(name: string): Promise<OPackage> {
  return readPackageFile(new URL(`../examples/packages/${name}.yaml`, import.meta.url));
}

/** A small right package: class `thing` with the function `touch`. */
export function smallPackage(
  name: string,
  init: MessageInitShape<typeof OPackageSchema> = {},
): OPackage {
  return createModel(OPackageSchema, {
    name,
    classes: [{
      key: "thing",
      name: "Thing",
      package: name,
      functions: [{ functionKey: "touch" }],
    }],
    functions: [{
      key: "touch",
      name: "Touch",
      package: name,
      runtime: "deno",
      handler: "mod.ts#touch",
      metadata: { resourceRequirements: { cpuRequest: "10m", memoryRequest: "16Mi" } },
    }],
    ...init,
  });
}

/** Returns when `holds` does; fails after ten seconds with what was seen last. */
export async function eventually<T>(
  look: () => Promise<T>,
  holds: (seen: T) => boolean,
): Promise<T> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const seen = await look();
    if (holds(seen)) return seen;
    if (Date.now() > deadline) {
      throw new Error(`still not so after ten seconds: ${Deno.inspect(seen, { depth: 6 })}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
