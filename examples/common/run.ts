/** The frame of a service's `main.ts`: configuration, signals, exit codes. */
import { ConfigLoader, type ServiceConfig, type StandardSchemaV1 } from "@oprc/config";
import type { RunningService } from "./host.ts";

/**
 * Loads the configuration (`config/` of the working directory unless
 * OAAS_CONFIG_DIR says otherwise, `--set path=value` on top), starts the service
 * and keeps it running until SIGINT or SIGTERM. A second signal ends it at once.
 * Exits 1, with the reason on standard error, when it can't start.
 */
export async function run<T extends ServiceConfig>(
  schema: StandardSchemaV1<unknown, T>,
  start: (config: T) => Promise<RunningService>,
): Promise<void> {
  let service: RunningService;
  let name = "service";
  try {
    const config = await ConfigLoader.fromEnv().load(schema, { args: Deno.args });
    name = config.serviceName;
    service = await start(config);
  } catch (error) {
    console.error(`Cannot start: ${error instanceof Error ? error.message : error}`);
    Deno.exit(1);
  }
  const { server, metricsServer } = service;
  console.log(`${name} listens on ${server.addr.hostname}:${server.addr.port}`);
  console.log(
    `${name} metrics on http://${metricsServer.addr.hostname}:${metricsServer.addr.port}/metrics`,
  );

  let stopping = false;
  const stop = async (signal: string) => {
    if (stopping) Deno.exit(130);
    stopping = true;
    service.logger.info("stopping", { signal });
    try {
      await service[Symbol.asyncDispose]();
      Deno.exit(0);
    } catch (error) {
      console.error(`Cannot stop in order: ${error instanceof Error ? error.message : error}`);
      Deno.exit(1);
    }
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    if (signal === "SIGTERM" && Deno.build.os === "windows") continue;
    Deno.addSignalListener(signal, () => void stop(signal));
  }
}
