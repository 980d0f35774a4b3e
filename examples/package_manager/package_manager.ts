/** The Package Manager: stores packages and deploys their classes to clusters. */
import { deploymentService, packageService } from "@oprc/grpc";
import { type HostOptions, type RunningService, startService } from "../common/host.ts";
import { repeat } from "../common/repeat.ts";
import { PackageCatalog } from "./catalog.ts";
import { Clusters } from "./clusters.ts";
import type { PackageManagerConfig } from "./config.ts";
import { Deployer } from "./deployer.ts";
import { deploymentHandler } from "./deployment_service.ts";
import { packageHandler } from "./package_service.ts";

/** Starts a Package Manager. */
export function startPackageManager(
  config: PackageManagerConfig,
  options?: HostOptions,
): Promise<RunningService> {
  return startService(config, ({ storage, logger, clientInterceptors }) => {
    const clusters = new Clusters(config.clusters, {
      timeoutMs: config.clusterTimeoutMs,
      interceptors: clientInterceptors,
    });
    const catalog = new PackageCatalog(storage);
    const deployer = new Deployer({ storage, catalog, clusters, logger });
    let resuming: AsyncDisposable | undefined;
    return {
      services: [
        packageService(packageHandler(catalog, deployer)),
        deploymentService(deploymentHandler(deployer)),
      ],
      start() {
        resuming = repeat(config.resumeIntervalMs, (signal) => deployer.resume(signal), (error) => {
          logger.error("cannot ask waiting clusters again", { error });
        });
      },
      async [Symbol.asyncDispose]() {
        await resuming?.[Symbol.asyncDispose]();
        await clusters[Symbol.asyncDispose]();
      },
    };
  }, options);
}
