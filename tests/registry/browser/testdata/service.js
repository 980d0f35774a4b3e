/** The service that the page calls, and its status page: on Node, from what npm installed. */
import { packageService, serve, validation } from "@oprc/grpc";
import { observeConnect, ServiceMetrics, setupMetricsServer } from "@oprc/observability";
import { StatusCode } from "@oprc/proto/common";
import { memoryStorageFactory } from "@oprc/storage";

const factory = await memoryStorageFactory();
const packages = await factory.createPackageStorage();
const metrics = new ServiceMetrics("package-manager");
const status = await setupMetricsServer(0, { registry: metrics.registry });
const server = await serve({
  hostname: "127.0.0.1",
  port: 0,
  cors: { origins: [process.argv[2]] },
  interceptors: [observeConnect(metrics), validation()],
  services: [packageService({
    createPackage: async ({ package: pkg }) => {
      await packages.storePackage(pkg);
      return { packageId: pkg.name };
    },
    getPackage: async ({ name }) => {
      const found = await packages.getPackage(name);
      return found ? { package: found.value } : { status: StatusCode.NOT_FOUND };
    },
    listPackages: () => ({}),
    deletePackage: () => ({ status: StatusCode.NOT_FOUND }),
    deployClass: () => ({}),
    reportDeploymentStatus: () => ({}),
  })],
});
console.log(JSON.stringify({
  service: `http://127.0.0.1:${server.addr.port}`,
  status: `http://127.0.0.1:${status.addr.port}/status`,
}));
process.once("SIGTERM", async () => {
  await server.shutdown();
  await status.shutdown();
  await factory[Symbol.asyncDispose]?.();
});
