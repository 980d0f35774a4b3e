import {
  durationSchema,
  enumSchema,
  listSchema,
  objectSchema,
  stringSchema,
  urlSchema,
} from "./builders.ts";
import { withoutChecks } from "./_make.ts";
import { fileName } from "./_names.ts";
import type { FileReader, ObjectSchema, RuleIssue } from "./schema.ts";
import type { TlsFiles } from "./_tls_files.ts";

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

/** The schema of {@link EtcdConfig}. */
export const etcdConfigSchema: ObjectSchema<EtcdConfig> = withoutChecks(() =>
  objectSchema({
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
    tls: objectSchema({
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
    }, {
      optional: true,
      description: "What secures the connections to https endpoints",
      rule: tlsRule,
      fileRule: checkTlsFiles,
    }),
  }, { rule: etcdRule })
);

/** The schema of {@link StorageConfig}. */
export const storageConfigSchema: ObjectSchema<StorageConfig> = withoutChecks(() =>
  objectSchema({
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
    etcd: objectSchema(etcdConfigSchema.fields, {
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
  })
);

function etcdRule(etcd: EtcdConfig): RuleIssue[] {
  const issues = both(etcd, "username", "password");
  const secure = etcd.endpoints.filter((url) => new URL(url).protocol === "https:").length;
  if (secure > 0 && secure < etcd.endpoints.length) {
    issues.push({ path: ["endpoints"], message: "must be all http: or all https:" });
  } else if (secure === 0 && etcd.tls !== undefined) {
    issues.push({ path: ["tls"], message: "needs endpoints that begin with https://" });
  }
  return issues;
}

function tlsRule(tls: EtcdTlsConfig): RuleIssue[] {
  return both(tls, "certFile", "keyFile");
}

/** Two fields that mean something together only. */
function both<T>(section: T, one: keyof T & string, other: keyof T & string): RuleIssue[] {
  if ((section[one] === undefined) === (section[other] === undefined)) return [];
  const [given, lacking] = section[one] === undefined ? [other, one] : [one, other];
  const message = `is required when a ${fileName(given).replace("_", " ")} is given`;
  return [{ path: [lacking], message }];
}

/** The rule over the files of a certificate, loaded where there is one to look at. */
export async function checkTlsFiles(tls: TlsFiles, read: FileReader): Promise<RuleIssue[]> {
  const rule = await import("./_tls_files.ts");
  return await rule.checkTlsFiles(tls, read);
}
