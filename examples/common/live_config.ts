/** The configuration of a service that runs: loaded once, and followed from there. */
import {
  ConfigLoader,
  type ConfigWatch,
  LAYERS,
  type ServiceConfig,
  type StandardSchemaV1,
} from "@oprc/config";
import { openStorage, type StorageFactory } from "@oprc/storage";
import type { ServiceArguments } from "./arguments.ts";
import type { RunningService } from "./host.ts";
import { storageOptions } from "./storage_options.ts";
import { storeLayer } from "./store_layer.ts";

/** The one setting that a running service takes; the others wait for its next start. */
const LOG_LEVEL = "observability.log_level";

/** A configuration that follows its layers. */
export interface LiveConfig<T> {
  /** What the service starts with. */
  readonly config: T;
  readonly watch: ConfigWatch<T>;
  /** The storage, where settings come from there; the service's from now on. */
  readonly storage?: StorageFactory;
  /** Whether RUST_LOG says what is logged. */
  readonly rustLog: boolean;
}

/**
 * Loads the configuration. With storage in etcd, settings can stand there too, for all services
 * of a name: `/oaas/config/package-manager/observability.log_level` holds `debug`. They go above
 * the files, and below `.env`, variables and arguments.
 */
export async function openConfig<T extends ServiceConfig>(
  schema: StandardSchemaV1<unknown, T>,
  { settings: args, free }: ServiceArguments,
): Promise<LiveConfig<T>> {
  const loader = ConfigLoader.fromEnv();
  const { storage: where, serviceName } = await loader.load(schema, { args });
  await using opened = new AsyncDisposableStack();
  const storage = where.type === "etcd"
    ? opened.use(await openStorage(await storageOptions(where)))
    : undefined;
  const remote = storage &&
    storeLayer(storage.store, `${storage.keyPrefix}/config/${serviceName}/`);
  const watch = opened.use(await loader.watch(schema, { args, remote }));
  const rustLog = await rustLogCounts(loader);
  opened.move();
  return { config: withFreePorts(watch.config, free), watch, storage, rustLog };
}

/** Takes what changes, until the watch ends. */
export async function followConfig<T extends ServiceConfig>(
  { watch, rustLog }: LiveConfig<T>,
  { logger, setLogLevel }: Pick<RunningService, "logger" | "setLogLevel">,
): Promise<void> {
  for await (const event of watch) {
    if (event.type === "rejected") {
      logger.error("the configuration is wrong now, the last one stays", {
        problems: event.error.message.split("\n"),
      });
      continue;
    }
    const { paths, config } = event;
    const taken = paths.filter((path) => path === LOG_LEVEL && !rustLog);
    if (taken.length > 0) setLogLevel(config.observability.logLevel);
    const waiting = paths.filter((path) => !taken.includes(path));
    logger.info("the configuration changed", { taken, waiting });
  }
}

/** RUST_LOG counts as a variable of the process does: above files, below OAAS_OBSERVABILITY__LOG_LEVEL. */
async function rustLogCounts(loader: ConfigLoader): Promise<boolean> {
  if (!Deno.env.get("RUST_LOG")) return false;
  const { values } = await loader.explain();
  const { layer } = values.find(({ path }) => path === LOG_LEVEL)!;
  return LAYERS.indexOf(layer) < LAYERS.indexOf("variables");
}

/** Free ports are the wish of a start, such as that of a test: no configuration knows them. */
function withFreePorts<T extends ServiceConfig>(config: T, free: ServiceArguments["free"]): T {
  const { server, observability } = config;
  return {
    ...config,
    server: free.includes("port") ? { ...server, port: 0 } : server,
    observability: free.includes("metrics-port")
      ? { ...observability, metricsPort: 0 }
      : observability,
  };
}
