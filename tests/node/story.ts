/**
 * The packages on Node: configuration, storage in memory, a server on one port,
 * all three protocols, metrics. Bundled and run by `tests/node_test.ts`; prints
 * what it saw as one line of JSON.
 */
import { loadConfig, serviceConfigSchema } from "@oprc/config";
import {
  PackageClient,
  packageService,
  type PackageServiceHandler,
  serve,
  validation,
  validationIssuesOf,
} from "@oprc/grpc";
import { fromYaml, toYaml } from "@oprc/models";
import {
  getLogger,
  observeConnect,
  ServiceMetrics,
  setupLogging,
  setupMetricsServer,
} from "@oprc/observability";
import { OPackageSchema } from "@oprc/proto/package";
import { openStorage } from "@oprc/storage";
import { ConnectError } from "@connectrpc/connect";

const seen: Record<string, unknown> = {};

const config = await loadConfig(serviceConfigSchema, {
  env: { OAAS_SERVICE_NAME: "story", OAAS_SERVER__PORT: "8089", OAAS_STORAGE__TYPE: "memory" },
});
seen.config = [config.serviceName, config.server.port, config.storage.type];

const lines: string[] = [];
const logging = setupLogging({ format: "json", write: (line) => lines.push(line) });
const storage = await openStorage(config.storage);
const packages = storage.createPackageStorage();
const metrics = new ServiceMetrics(config.serviceName);
const metricsServer = await setupMetricsServer(0, { registry: metrics.registry });

const handler: PackageServiceHandler = {
  async createPackage({ package: pkg }) {
    await packages.storePackage(pkg!, { expect: null });
    return { packageId: pkg!.name };
  },
  async getPackage({ name }) {
    return { package: (await packages.getPackage(name))?.value };
  },
  async listPackages() {
    const { items } = await packages.listPackages();
    return { packages: items.map(({ value }) => value), totalCount: items.length };
  },
  async deletePackage({ name }) {
    await packages.deletePackage(name);
    return {};
  },
  deployClass: () => Promise.resolve({}),
  reportDeploymentStatus: () => Promise.resolve({}),
};
const server = await serve({
  services: [packageService(handler)],
  interceptors: [observeConnect(metrics, { logger: getLogger("story") }), validation()],
});
const url = `http://127.0.0.1:${server.addr.port}`;

for (const protocol of ["grpc", "grpc-web", "connect"] as const) {
  const client = PackageClient.connect(url, { protocol });
  const pkg = await fromYaml(OPackageSchema, `name: over-${protocol}\nversion: "1.0"\n`);
  await client.createPackage(pkg);
  seen[protocol] = toYaml(OPackageSchema, (await client.getPackage(pkg.name))!);
  const refusal = await client.createPackage(pkg).then(() => undefined, ConnectError.from);
  seen[`${protocol} twice`] = refusal?.code;
  const invalid = await client.createPackage({ ...pkg, name: "A B" })
    .then(() => undefined, ConnectError.from);
  seen[`${protocol} issues`] = invalid && validationIssuesOf(invalid).map(({ path }) => path);
  await client.close();
}
const curl = await fetch(`${url}/oaas.package.PackageService/ListPackages`, {
  method: "POST",
  headers: { "content-type": "application/json" },
  body: "{}",
});
seen.http1 = (await curl.json()).totalCount;
const scraped = await (await fetch(`http://127.0.0.1:${metricsServer.addr.port}/metrics`)).text();
seen.requests = /^story_requests_total\{[^}]*CreatePackage[^}]*code="ok"[^}]*\} (\d+)/m.exec(
  scraped,
)
  ?.[1];
seen.logged = lines.length > 0 && lines.every((line) => JSON.parse(line).target === "story");

await server.shutdown({ graceMs: 1000 });
await metricsServer.shutdown();
await storage[Symbol.asyncDispose]();
await logging.shutdown();
console.log(JSON.stringify(seen));
