/** The settings that every service of the platform has. */
import type { TlsFiles } from "./_tls_files.ts";
import {
  durationSchema,
  enumSchema,
  type FileReader,
  integerSchema,
  listSchema,
  makeLater,
  numberSchema,
  type ObjectSchema,
  objectSchema,
  type RuleIssue,
  stringSchema,
  urlSchema,
  vouch,
} from "./schema.ts";

// --- Where a service keeps its data

/** The kinds of store: in memory, a Deno KV file, an etcd cluster. */
export type StorageType = "memory" | "deno-kv" | "etcd";

/**
 * Section `storage.etcd.tls`: what secures the connections to `https:` endpoints. A
 * loader reads the files that are named: they must exist and parse, and the key must
 * belong to the certificate.
 */
export interface EtcdTlsConfig {
  /** `ca_file`: the authorities that the members' certificates must come from, PEM; the system's by default. */
  readonly caFile?: string;
  /** `cert_file`: the certificate that this client shows, PEM, with `key_file`. */
  readonly certFile?: string;
  /** `key_file`: the private key of `cert_file`, PEM. */
  readonly keyFile?: string;
  /** `server_name`: the name that the members' certificates must have; each endpoint's host by default. */
  readonly serverName?: string;
}

/** Section `storage.etcd`: the cluster that `type: etcd` uses. */
export interface EtcdConfig {
  /** `endpoints`: the URLs of the members, at least one. */
  readonly endpoints: readonly string[];
  /** `key_prefix`: what every key in the cluster begins with, in place of `storage.key_prefix`. */
  readonly keyPrefix?: string;
  /** `username`: the user, with `password`. */
  readonly username?: string;
  /** `password`: the password of `username`; a secret. */
  readonly password?: string;
  /**
   * `timeout_ms`: how long one call may take, as `3s` or in milliseconds.
   *
   * @default {3000}
   */
  readonly timeoutMs: number;
  /** `tls`: for `https:` endpoints; the system's authorities and no certificate of its own when left out. */
  readonly tls?: EtcdTlsConfig;
}

/** Section `storage`: where a service keeps its data. */
export interface StorageConfig {
  /**
   * `type`: `memory` (lost on exit), `deno-kv` (a file) or `etcd`.
   *
   * @default {"deno-kv"}
   */
  readonly type: StorageType;
  /**
   * `path`: the file of `deno-kv`.
   *
   * @default {"data/oprc.kv"}
   */
  readonly path: string;
  /**
   * `key_prefix`: what every key begins with.
   *
   * @default {"/oaas"}
   */
  readonly keyPrefix: string;
  /** `etcd`: the cluster; required for `type: etcd`. */
  readonly etcd?: EtcdConfig;
}

const KEY_PREFIX = {
  pattern: /^[\x21-\x7e]*$/,
  max: 128,
  expected: "at most 128 printable ASCII characters without spaces",
};

const before = vouch(true);

/** The schema of {@link EtcdConfig}. */
export const etcdConfigSchema: ObjectSchema<EtcdConfig> = makeLater(() => ({
  endpoints: listSchema(urlSchema({ protocols: ["http", "https"] }), {
    min: 1,
    description: "URLs of the members",
  }),
  keyPrefix: stringSchema({
    ...KEY_PREFIX,
    optional: true,
    description: "What every key begins with, in place of storage.key_prefix",
  }),
  username: stringSchema({ optional: true, min: 1, description: "User, with password" }),
  password: stringSchema({
    optional: true,
    secret: true,
    description: "Password of username",
  }),
  timeoutMs: durationSchema({
    default: 3000,
    min: 1,
    description: "How long one call may take, as 3s or in milliseconds",
  }),
  tls: makeLater(() => ({
    caFile: stringSchema({
      optional: true,
      min: 1,
      description: "File of the authorities of the members' certificates, PEM",
    }),
    certFile: stringSchema({
      optional: true,
      min: 1,
      description: "File of the certificate that the client shows, PEM, with key_file",
    }),
    keyFile: stringSchema({
      optional: true,
      min: 1,
      description: "File of the private key of cert_file, PEM",
    }),
    serverName: stringSchema({
      optional: true,
      min: 1,
      description: "Name that the members' certificates must have, in place of the host",
    }),
  }), {
    optional: true,
    description: "What secures the connections to https endpoints",
    rule: tlsRule,
    fileRule: checkTlsFiles,
  }),
}), { rule: etcdRule });

/** The schema of {@link StorageConfig}. */
export const storageConfigSchema: ObjectSchema<StorageConfig> = objectSchema({
  type: enumSchema(["memory", "deno-kv", "etcd"], {
    default: "deno-kv",
    description: "memory (lost on exit), deno-kv (a file) or etcd",
  }),
  path: stringSchema({ default: "data/oprc.kv", min: 1, description: "File of deno-kv" }),
  keyPrefix: stringSchema({
    ...KEY_PREFIX,
    default: "/oaas",
    description: "What every key begins with",
  }),
  etcd: makeLater(() => etcdConfigSchema.fields, {
    optional: true,
    description: "The cluster of type etcd",
    rule: etcdRule,
  }),
}, {
  description: "Where the service keeps its data",
  rule: (storage) =>
    storage.type === "etcd" && storage.etcd === undefined
      ? [{ path: ["type"], message: "is etcd, which needs a section etcd with endpoints" }]
      : [],
});

function etcdRule(etcd: EtcdConfig): RuleIssue[] {
  const issues = both(etcd, { username: "username", password: "password" });
  const secure = etcd.endpoints.filter((url) => new URL(url).protocol === "https:").length;
  if (secure > 0 && secure < etcd.endpoints.length) {
    issues.push({ path: ["endpoints"], message: "must be all http: or all https:" });
  } else if (secure === 0 && etcd.tls !== undefined) {
    issues.push({ path: ["tls"], message: "needs endpoints that begin with https://" });
  }
  return issues;
}

function tlsRule(tls: EtcdTlsConfig): RuleIssue[] {
  return both(tls, { certFile: "cert file", keyFile: "key file" });
}

/** Two fields that mean something together only, with their names in words. */
function both<T>(section: T, names: { readonly [K in keyof T & string]?: string }): RuleIssue[] {
  const fields = Object.keys(names) as (keyof T & string)[];
  const given = fields.filter((field) => section[field] !== undefined);
  const lacking = fields.filter((field) => section[field] === undefined);
  if (given.length !== 1) return [];
  return [{ path: lacking, message: `is required when a ${names[given[0]!]} is given` }];
}

/** The rule over the files of a certificate, loaded where there is one to look at. */
async function checkTlsFiles(tls: TlsFiles, read: FileReader): Promise<RuleIssue[]> {
  const rule = await import("./_tls_files.ts");
  return await rule.checkTlsFiles(tls, read);
}

// --- Where it listens, what it tells, and the whole

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
export const tlsConfigSchema: ObjectSchema<TlsConfig> = makeLater(() => ({
  certFile: stringSchema({ min: 1, description: "File of the certificate chain, PEM" }),
  keyFile: stringSchema({ min: 1, description: "File of the private key, PEM" }),
  caFile: stringSchema({
    min: 1,
    optional: true,
    description: "File of the authorities that clients' certificates must come from, PEM",
  }),
}), { fileRule: checkTlsFiles });

/** The schema of {@link ServerConfig}. */
export const serverConfigSchema: ObjectSchema<ServerConfig> = objectSchema({
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
  tls: makeLater(() => tlsConfigSchema.fields, {
    optional: true,
    description: "Serve TLS; plaintext when left out",
    fileRule: checkTlsFiles,
  }),
}, { description: "Where the service listens" });

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
export const observabilityConfigSchema: ObjectSchema<ObservabilityConfig> = objectSchema({
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
}, { description: "Logs and metrics" });

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
export const serviceConfigSchema: ObjectSchema<ServiceConfig> = objectSchema({
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
});

vouch(before);
