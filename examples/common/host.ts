/** What every service of the platform is made of: storage, logs, metrics, health, one gRPC port. */
import type { Interceptor } from "@connectrpc/connect";
import type { ServiceConfig } from "@oprc/config";
import {
  serve,
  serveMany,
  type ServeOptions,
  type Server,
  type ServiceRegistration,
  validation,
} from "@oprc/grpc";
import {
  getLogger,
  HealthRegistry,
  type Logger,
  observeConnect,
  observeHealth,
  observeProcess,
  ServiceMetrics,
  setupLogging,
  setupMetricsServer,
  setupTracing,
  traceConnect,
} from "@oprc/observability";
import { openStorage, type StorageFactory } from "@oprc/storage";
import { isWorker, type MetricsPage, serveMetricsOfAll, sharedRegistry } from "./processes.ts";
import { storageOptions } from "./storage_options.ts";

/** How long calls in flight may take to end once a shutdown has begun. */
const GRACE_MS = 10_000;

/** What a service is given to build itself from. */
export interface Parts {
  readonly storage: StorageFactory;
  readonly logger: Logger;
  readonly health: HealthRegistry;
  /** For the clients of other services, so that a trace goes on there. */
  readonly clientInterceptors: readonly Interceptor[];
}

/** What a service consists of. */
export interface BuiltService extends AsyncDisposable {
  readonly services: readonly ServiceRegistration[];
  /** Called when the port answers. */
  start?(server: Server): void;
}

/** What a service can be started with beside its configuration. */
export interface HostOptions {
  /** The storage, which the service closes; by default opened as the configuration says. */
  readonly storage?: StorageFactory;
  /** Whether RUST_LOG says what is logged, in place of the configuration. */
  readonly rustLog?: boolean;
}

/** A running service. */
export interface RunningService extends AsyncDisposable {
  readonly server: Server;
  /** Where metrics and health are answered; by the first process, where there are several. */
  readonly metricsServer: Pick<MetricsPage, "addr">;
  readonly logger: Logger;
  /** Changes what is logged from now on. */
  setLogLevel(level: string): void;
}

/**
 * Starts a service as its configuration says. Disposing it stops taking calls,
 * lets those in flight end, and then closes what they used, dependents first.
 *
 * With several workers the program is started once more for each, and comes here in all of
 * them: the first process answers metrics and health, the others the calls.
 */
export async function startService(
  config: ServiceConfig,
  build: (parts: Parts) => BuiltService,
  given: HostOptions = {},
): Promise<RunningService> {
  const { serviceName, server: listen, observability } = config;
  await using opened = new AsyncDisposableStack();
  const opening = given.storage && opened.use(given.storage);

  const logging = opened.use(setupLogging({
    level: given.rustLog ? undefined : observability.logLevel,
    format: observability.logFormat === "auto" ? undefined : observability.logFormat,
  }));
  const logger = getLogger(serviceName);

  const storage = opening ?? opened.use(await openStorage(await storageOptions(config.storage)));
  const health = new HealthRegistry();
  health.add({
    name: "storage",
    kind: "readiness",
    check: (signal) => storage.store.health({ signal }),
    cacheMs: 1000,
  });

  const several = listen.workers > 1;
  const first = several && !isWorker;
  const metrics = new ServiceMetrics(serviceName, several ? { registry: sharedRegistry() } : {});
  const observation = observeProcess(metrics.registry);
  opened.defer(() => observation.shutdown());
  opened.defer(observeHealth(metrics.registry, health));
  const page = { hostname: observability.metricsHost, port: observability.metricsPort };
  const metricsServer = isWorker
    ? { addr: page }
    : first
    ? opened.use(serveMetricsOfAll({ ...page, health }))
    : opened.use(
      await setupMetricsServer(page.port, { ...page, registry: metrics.registry, health }),
    );

  const traced = (observability.otlpEndpoint ?? observability.jaegerEndpoint) !== undefined;
  if (traced) {
    const tracing = await setupTracing({
      serviceName,
      otlpEndpoint: observability.otlpEndpoint,
      jaegerEndpoint: observability.jaegerEndpoint,
      samplingRatio: observability.samplingRatio,
      registry: metrics.registry,
    });
    opened.defer(() => tracing.shutdown());
  }

  const clientInterceptors = traced ? [traceConnect("client")] : [];
  const built = first
    ? undefined
    : opened.use(build({ storage, logger, health, clientInterceptors }));
  const options = {
    services: built?.services ?? [],
    hostname: listen.host,
    port: listen.port,
    tls: listen.tls && {
      cert: await Deno.readTextFile(listen.tls.certFile),
      key: await Deno.readTextFile(listen.tls.keyFile),
      ca: listen.tls.caFile && await Deno.readTextFile(listen.tls.caFile),
    },
    interceptors: [
      ...traced ? [traceConnect("server")] : [],
      observeConnect(metrics, { logger: getLogger(`${serviceName}.grpc`) }),
      validation(),
    ],
    health,
    onError: (error, { path }) => {
      logger.error("a call failed by the service's own fault", { path, error });
    },
  } satisfies ServeOptions;
  const group = several ? await serveMany({ ...options, processes: listen.workers }) : undefined;
  const server = group ?? await serve(options);
  opened.defer(() => server.shutdown({ graceMs: GRACE_MS }));
  opened.defer(() => health.setDraining(true));
  built?.start?.(server);
  if (!isWorker) {
    logger.info("listening", {
      address: `${server.addr.hostname}:${server.addr.port}`,
      metrics: `${metricsServer.addr.hostname}:${metricsServer.addr.port}`,
      storage: config.storage.type,
      ...group ? { workers: group.pids() } : {},
    });
  }

  const owned = opened.move();
  return {
    server,
    metricsServer,
    logger,
    setLogLevel: (level) => logging.setLevel(level),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
