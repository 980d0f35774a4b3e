import {
  enumSchema,
  integerSchema,
  numberSchema,
  objectSchema,
  stringSchema,
  urlSchema,
} from "./builders.ts";
import { withoutChecks } from "./_make.ts";
import type { ObjectSchema } from "./schema.ts";
import { checkTlsFiles, type StorageConfig, storageConfigSchema } from "./storage_config.ts";

/**
 * Section `tls`: the files of a server's certificate. A loader reads them: they
 * must exist and parse, and the key must belong to the certificate.
 */
export interface TlsConfig {
  /** `cert_file`: the certificate chain, PEM. */
  readonly certFile: string;
  /** `key_file`: the private key, PEM. */
  readonly keyFile: string;
  /** `ca_file`: the authorities that a client's certificate must come from; asks for one when set. */
  readonly caFile?: string;
}

/** Section `server`: where a service listens. */
export interface ServerConfig {
  /**
   * `host`: the address to listen on; `0.0.0.0` for every interface.
   *
   * @default {"127.0.0.1"}
   */
  readonly host: string;
  /**
   * `port`: 1 to 65535. Who needs any free port, as tests do, replaces it after loading.
   *
   * @default {8080}
   */
  readonly port: number;
  /**
   * `workers`: how many processes answer, at least 1. More than one needs a program that
   * shares its port among them, such as by `serveMany` of `@oprc/grpc`.
   *
   * @default {1}
   */
  readonly workers: number;
  /** `tls`: serve TLS; plaintext when left out. */
  readonly tls?: TlsConfig;
}

/** The schema of {@link TlsConfig}. */
export const tlsConfigSchema: ObjectSchema<TlsConfig> = withoutChecks(() =>
  objectSchema({
    certFile: stringSchema({ min: 1, description: "File of the certificate chain, PEM" }),
    keyFile: stringSchema({ min: 1, description: "File of the private key, PEM" }),
    caFile: stringSchema({
      min: 1,
      optional: true,
      description: "File of the authorities that clients' certificates must come from, PEM",
    }),
  }, { fileRule: checkTlsFiles })
);

/** The schema of {@link ServerConfig}. */
export const serverConfigSchema: ObjectSchema<ServerConfig> = withoutChecks(() =>
  objectSchema({
    host: stringSchema({
      default: "127.0.0.1",
      min: 1,
      description: "Address to listen on; 0.0.0.0 for every interface",
    }),
    port: integerSchema({
      default: 8080,
      min: 1,
      max: 65535,
      description: "Port to listen on",
    }),
    workers: integerSchema({
      default: 1,
      min: 1,
      max: 1024,
      description: "Processes that answer on the port",
    }),
    tls: objectSchema(tlsConfigSchema.fields, {
      optional: true,
      description: "Serve TLS; plaintext when left out",
      fileRule: checkTlsFiles,
    }),
  }, { description: "Where the service listens" })
);

/** How a service writes its log: `auto` is text on a terminal and JSON elsewhere. */
export type LogFormat = "json" | "text" | "auto";

/** Section `observability`: logs and metrics. */
export interface ObservabilityConfig {
  /**
   * `log_level`: the least important level that is logged, with exceptions by target:
   * `info,oprc.grpc=debug`. Levels are trace, debug, info, warn, error, critical and off.
   *
   * @default {"info"}
   */
  readonly logLevel: string;
  /**
   * `log_format`: `json`, `text`, or `auto` for text on a terminal and JSON elsewhere.
   *
   * @default {"auto"}
   */
  readonly logFormat: LogFormat;
  /**
   * `metrics_host`: the address of /metrics and the health endpoints.
   *
   * @default {"127.0.0.1"}
   */
  readonly metricsHost: string;
  /**
   * `metrics_port`: 1 to 65535.
   *
   * @default {9090}
   */
  readonly metricsPort: number;
  /** `otlp_endpoint`: the collector of traces, for OTLP over HTTP; none where it is left out. */
  readonly otlpEndpoint?: string;
  /** `jaeger_endpoint`: the same by its older name; `otlp_endpoint` goes first. */
  readonly jaegerEndpoint?: string;
  /**
   * `sampling_ratio`: the share of new traces that is recorded, 0 to 1.
   *
   * @default {1}
   */
  readonly samplingRatio: number;
}

/** A level, or levels by target: `info,oprc.grpc=debug`. */
const LEVELS =
  /^(?:[\w.-]+=)?(?:trace|debug|info|warn|error|critical|off)(?:,(?:[\w.-]+=)?(?:trace|debug|info|warn|error|critical|off))*$/i;

/** The schema of {@link ObservabilityConfig}. */
export const observabilityConfigSchema: ObjectSchema<ObservabilityConfig> = withoutChecks(() =>
  objectSchema({
    logLevel: stringSchema({
      default: "info",
      pattern: LEVELS,
      expected: "trace, debug, info, warn, error, critical or off, as info or info,oprc.grpc=debug",
      description: "Least important level that is logged, as info or info,oprc.grpc=debug",
    }),
    logFormat: enumSchema(["json", "text", "auto"], {
      default: "auto",
      description: "auto is text on a terminal and JSON elsewhere",
    }),
    metricsHost: stringSchema({
      default: "127.0.0.1",
      min: 1,
      description: "Address of /metrics and the health endpoints",
    }),
    metricsPort: integerSchema({
      default: 9090,
      min: 1,
      max: 65535,
      description: "Port of /metrics and the health endpoints",
    }),
    otlpEndpoint: urlSchema({
      optional: true,
      description: "Collector of traces, for OTLP over HTTP",
    }),
    jaegerEndpoint: urlSchema({
      optional: true,
      description: "The collector by its older name; otlp_endpoint goes first",
    }),
    samplingRatio: numberSchema({
      default: 1,
      min: 0,
      max: 1,
      description: "Share of new traces that is recorded",
    }),
  }, { description: "Logs and metrics" })
);

/** The settings that every service of the platform has. */
export interface ServiceConfig {
  /** `service_name`: the name in logs and metrics; required. */
  readonly serviceName: string;
  /** `server`: where the service listens. */
  readonly server: ServerConfig;
  /** `observability`: logs and metrics. */
  readonly observability: ObservabilityConfig;
  /** `storage`: where the service keeps its data. */
  readonly storage: StorageConfig;
}

/** The schema of {@link ServiceConfig}. Spread its `fields` to add settings of a program. */
export const serviceConfigSchema: ObjectSchema<ServiceConfig> = withoutChecks(() =>
  objectSchema({
    serviceName: stringSchema({
      min: 1,
      max: 63,
      pattern: /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/,
      expected: "1 to 63 letters, digits, dots, dashes and underscores, " +
        "with a letter or digit at both ends",
      description: "Name in logs and metrics",
    }),
    server: serverConfigSchema,
    observability: observabilityConfigSchema,
    storage: storageConfigSchema,
  })
);
