/** The rules of the configuration for the loaders that have none of their own. */
import * as v from "valibot";

const port = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65535));

const schema = v.strictObject({
  service_name: v.pipe(v.string(), v.minLength(1), v.maxLength(63)),
  server: v.strictObject({ host: v.string(), port }),
  observability: v.strictObject({
    log_level: v.string(),
    log_format: v.picklist(["json", "text", "auto"]),
    metrics_host: v.string(),
    metrics_port: port,
  }),
  storage: v.strictObject({
    type: v.picklist(["memory", "deno-kv", "etcd"]),
    path: v.string(),
    key_prefix: v.string(),
  }),
});

/** The configuration, checked. */
export function checked(value: unknown): unknown {
  return v.parse(schema, value);
}
