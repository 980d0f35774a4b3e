/** convict at the same: its own schema, and @std/yaml as the parser of its files. */
import { parse } from "@std/yaml";
import convict from "convict";

convict.addParser({ extension: "yaml", parse });

const text = (value: string) => ({ format: String, default: value });

export function load(dir: string): unknown {
  const config = convict({
    service_name: text(""),
    server: {
      host: text("127.0.0.1"),
      port: { format: "port", default: 8080, env: "OAAS_SERVER__PORT" },
    },
    observability: {
      log_level: text("info"),
      log_format: { format: ["json", "text", "auto"], default: "auto" },
      metrics_host: text("127.0.0.1"),
      metrics_port: { format: "port", default: 9090 },
    },
    storage: {
      type: { format: ["memory", "deno-kv", "etcd"], default: "deno-kv" },
      path: text("data/oprc.kv"),
      key_prefix: text("/oaas"),
    },
  }, { env: { OAAS_SERVER__PORT: "9000" }, args: [] });
  config.loadFile([`${dir}/yaml/default.yaml`, `${dir}/yaml/production.yaml`]);
  config.validate({ allowed: "strict" });
  return config.getProperties();
}
