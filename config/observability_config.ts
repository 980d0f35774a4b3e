import { objectSchema } from "./container_schemas.ts";
import { enumSchema, integerSchema, stringSchema } from "./scalar_schemas.ts";
import type { ObjectSchema } from "./schema.ts";

/** How much a service logs. */
export type LogLevel = "trace" | "debug" | "info" | "warn" | "error";

/** How a service writes its log: `auto` is text on a terminal and JSON elsewhere. */
export type LogFormat = "json" | "text" | "auto";

/** Section `observability`: logs and metrics. */
export interface ObservabilityConfig {
  /**
   * `log_level`: the least important level that is logged.
   *
   * @default {"info"}
   */
  readonly logLevel: LogLevel;
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
   * `metrics_port`: 1 to 65535, or 0 for any free port.
   *
   * @default {9090}
   */
  readonly metricsPort: number;
}

/** The schema of {@link ObservabilityConfig}. */
export const observabilityConfigSchema: ObjectSchema<ObservabilityConfig> = objectSchema({
  logLevel: enumSchema(["trace", "debug", "info", "warn", "error"], {
    default: "info",
    description: "Least important level that is logged",
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
    min: 0,
    max: 65535,
    description: "Port of /metrics and the health endpoints; 0 for any free port",
  }),
}, { description: "Logs and metrics" });
