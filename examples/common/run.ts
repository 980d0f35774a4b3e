/** The frame of a service's `main.ts`: configuration, signals, exit codes. */
import type { ServiceConfig, StandardSchemaV1 } from "@oprc/config";
import { ArgumentError, parseArguments, USAGE } from "./arguments.ts";
import type { HostOptions, RunningService } from "./host.ts";
import { isWorker } from "./processes.ts";
import { followConfig, type LiveConfig, openConfig } from "./live_config.ts";

/**
 * Loads the configuration (`config/` of the working directory unless
 * OAAS_CONFIG_DIR says otherwise, `--set path=value` on top), starts the service
 * and keeps it running until SIGINT or SIGTERM. A second signal ends it at once.
 * What changes in the configuration meanwhile is checked and taken, or reported;
 * SIGHUP looks for changes now. Exits 1, with the reason on standard error, when
 * it can't start, and 2 when its arguments are wrong.
 */
export async function run<T extends ServiceConfig>(
  schema: StandardSchemaV1<unknown, T>,
  start: (config: T, options: HostOptions) => Promise<RunningService>,
): Promise<void> {
  let live: LiveConfig<T>;
  let service: RunningService;
  try {
    const args = parseArguments(Deno.args);
    if (args.help) {
      console.log(USAGE);
      return;
    }
    live = await openConfig(schema, args);
    service = await start(live.config, live);
  } catch (error) {
    console.error(`Cannot start: ${error instanceof Error ? error.message : error}`);
    Deno.exit(error instanceof ArgumentError ? 2 : 1);
  }
  const name = live.config.serviceName;
  void followConfig(live, service);
  const { server, metricsServer } = service;
  if (isWorker) return await work(service, live);
  console.log(`${name} listens on ${server.addr.hostname}:${server.addr.port}`);
  console.log(
    `${name} metrics on http://${metricsServer.addr.hostname}:${metricsServer.addr.port}/metrics`,
  );

  // The first of several processes gives up when the others keep ending.
  service.server.finished.catch((error: unknown) => {
    console.error(`Cannot go on: ${error instanceof Error ? error.message : error}`);
    Deno.exit(1);
  });
  let stopping = false;
  const stop = async (signal: string) => {
    if (stopping) Deno.exit(130);
    stopping = true;
    service.logger.info("stopping", { signal });
    try {
      await live.watch[Symbol.asyncDispose]();
      await service[Symbol.asyncDispose]();
      Deno.exit(0);
    } catch (error) {
      console.error(`Cannot stop in order: ${error instanceof Error ? error.message : error}`);
      Deno.exit(1);
    }
  };
  if (Deno.build.os !== "windows") {
    Deno.addSignalListener("SIGHUP", () => void live.watch.refresh());
  }
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    if (signal === "SIGTERM" && Deno.build.os === "windows") continue;
    Deno.addSignalListener(signal, () => void stop(signal));
  }
}

/** Answers calls until the first process says that it's enough, which has the signals. */
async function work(
  service: RunningService,
  live: Pick<LiveConfig<ServiceConfig>, "watch">,
): Promise<void> {
  await service.server.finished;
  await live.watch[Symbol.asyncDispose]();
  await service[Symbol.asyncDispose]();
  Deno.exit(0);
}
