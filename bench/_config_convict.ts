/**
 * convict at the same: a schema of its own with the settings of `serviceConfigSchema`, and
 * @std/yaml as the parser of its files.
 */
import { parse } from "@std/yaml/parse";
import convict from "convict";

convict.addParser({ extension: "yaml", parse });

const text = (value: string) => ({ format: String, default: value });
const optional = { format: String, default: null, nullable: true };

export function load(dir: string): unknown {
  const config = convict({
    service_name: text(""),
    server: {
      host: text("127.0.0.1"),
      port: { format: "port", default: 8080, env: "OAAS_SERVER__PORT" },
      workers: { format: "nat", default: 1 },
      tls: { cert_file: optional, key_file: optional, ca_file: optional },
    },
    observability: {
      log_level: text("info"),
      log_format: { format: ["json", "text", "auto"], default: "auto" },
      metrics_host: text("127.0.0.1"),
      metrics_port: { format: "port", default: 9090 },
      otlp_endpoint: optional,
      jaeger_endpoint: optional,
      sampling_ratio: { format: Number, default: 1 },
    },
    storage: {
      type: { format: ["memory", "deno-kv", "etcd"], default: "deno-kv" },
      path: text("data/oprc.kv"),
      key_prefix: text("/oaas"),
      etcd: {
        endpoints: { format: Array, default: [] },
        key_prefix: optional,
        username: optional,
        password: { ...optional, sensitive: true },
        timeout_ms: { format: "nat", default: 3000 },
        tls: { ca_file: optional, cert_file: optional, key_file: optional, server_name: optional },
      },
    },
  }, { env: { OAAS_SERVER__PORT: "9000" }, args: [] });
  config.loadFile([`${dir}/yaml/default.yaml`, `${dir}/yaml/production.yaml`]);
  config.validate({ allowed: "strict" });
  return config.getProperties();
}
