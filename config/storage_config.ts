import { listSchema, objectSchema } from "./container_schemas.ts";
import { withoutChecks } from "./_make.ts";
import { enumSchema, stringSchema, urlSchema } from "./scalar_schemas.ts";
import type { ObjectSchema } from "./schema.ts";
import { durationSchema } from "./unit_schemas.ts";

/** The kinds of store: in memory, a Deno KV file, an etcd cluster. */
export type StorageType = "memory" | "deno-kv" | "etcd";

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

const KEY_PREFIX = { pattern: /^[\x21-\x7e]*$/, max: 128 };

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

function etcdRule(etcd: { readonly username?: string; readonly password?: string }) {
  if (etcd.password !== undefined && etcd.username === undefined) {
    return [{ path: ["username"], message: "is required when a password is given" }];
  }
  if (etcd.username !== undefined && etcd.password === undefined) {
    return [{ path: ["password"], message: "is required when a username is given" }];
  }
  return [];
}
