import { objectSchema } from "./container_schemas.ts";
import { withoutChecks } from "./_make.ts";
import {
  enumSchema,
  integerSchema,
  numberSchema,
  stringSchema,
  urlSchema,
} from "./scalar_schemas.ts";
import type { ObjectSchema } from "./schema.ts";

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
