/** The Class Runtime Manager of one cluster: runs the deployments it is given. */
import { deploymentService, PackageClient, runtimeService } from "@oprc/grpc";
import { type HostOptions, type RunningService, startService } from "../common/host.ts";
import type { ClassRuntimeManagerConfig } from "./config.ts";
import { deploymentHandler } from "./deployment_service.ts";
import { type InstanceRunner, simulatedRunner } from "./instance_runner.ts";
import { runtimeHandler } from "./runtime_service.ts";
import { StatusReporter } from "./status_reporter.ts";
import { Supervisor } from "./supervisor.ts";

/** Starts a Class Runtime Manager; `runner` runs the instances, simulated by default. */
export function startClassRuntimeManager(
  config: ClassRuntimeManagerConfig,
  runner: InstanceRunner = simulatedRunner(),
  options?: HostOptions,
): Promise<RunningService> {
  return startService(config, ({ storage, logger, clientInterceptors }) => {
    const deployments = storage.createDeploymentStorage();
    const runtimes = storage.createRuntimeStorage();
    const client = PackageClient.connect(config.packageManagerUrl, {
      interceptors: clientInterceptors,
    });
    const reporter = new StatusReporter(client, logger);
    const supervisor = new Supervisor({
      deployments,
      runtimes,
      runner,
      reporter,
      logger,
      heartbeatMs: config.heartbeatMs,
    });
    return {
      services: [
        deploymentService(deploymentHandler(config.cluster, deployments, runtimes, supervisor)),
        runtimeService(runtimeHandler(deployments, runtimes)),
      ],
      start: () => supervisor.start(),
      async [Symbol.asyncDispose]() {
        await supervisor[Symbol.asyncDispose]();
        await reporter[Symbol.asyncDispose]();
        await runner[Symbol.asyncDispose]();
        await client.close();
      },
    };
  }, options);
}
