/**
 * The rules of the configuration for the loaders that have none of their own: the same
 * settings as those of `serviceConfigSchema`.
 */
import * as v from "valibot";

const port = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65535));
const text = v.pipe(v.string(), v.minLength(1));
const url = v.pipe(v.string(), v.url());
const keyPrefix = v.pipe(v.string(), v.maxLength(128), v.regex(/^[\x21-\x7e]*$/));

const schema = v.strictObject({
  service_name: v.pipe(text, v.maxLength(63)),
  server: v.strictObject({
    host: text,
    port,
    workers: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1)), 1),
    tls: v.optional(
      v.strictObject({ cert_file: text, key_file: text, ca_file: v.optional(text) }),
    ),
  }),
  observability: v.strictObject({
    log_level: text,
    log_format: v.picklist(["json", "text", "auto"]),
    metrics_host: text,
    metrics_port: port,
    otlp_endpoint: v.optional(url),
    jaeger_endpoint: v.optional(url),
    sampling_ratio: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(1)), 1),
  }),
  storage: v.strictObject({
    type: v.picklist(["memory", "deno-kv", "etcd"]),
    path: text,
    key_prefix: keyPrefix,
    etcd: v.optional(v.strictObject({
      endpoints: v.pipe(v.array(url), v.minLength(1)),
      key_prefix: v.optional(keyPrefix),
      username: v.optional(text),
      password: v.optional(v.string()),
      timeout_ms: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1)), 3000),
      tls: v.optional(v.strictObject({
        ca_file: v.optional(text),
        cert_file: v.optional(text),
        key_file: v.optional(text),
        server_name: v.optional(text),
      })),
    })),
  }),
});

/** The configuration, checked. */
export function checked(value: unknown): unknown {
  return v.parse(schema, value);
}
