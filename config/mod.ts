/**
 * Layered configuration in which every value knows where it came from.
 *
 * The layers, by rising precedence:
 * 1. the defaults of the schema
 * 2. `default.yaml`
 * 3. `<environment>.yaml`, one file for each profile
 * 4. the files of the secrets directory
 * 5. `OAAS_*` variables in `.env`
 * 6. `OAAS_*` variables of the process: `OAAS_SERVER__PORT` sets `server.port`
 * 7. overrides given in code
 * 8. `--set server.port=8080` arguments
 *
 * Maps are merged key by key; lists and single values are replaced, except that
 * `...` in a list stands for the values of the layers below. Every problem is reported at once, with file, line and column or the variable.
 *
 * @example
 * ```ts
 * import { loadConfig, serviceConfigSchema } from "@oprc/config";
 *
 * const config = await loadConfig(serviceConfigSchema, {
 *   env: { OAAS_SERVICE_NAME: "demo", OAAS_SERVER__PORT: "8081" },
 * });
 * console.log(config.server.port);
 * ```
 *
 * @module
 */
export { ConfigError, isConfigError } from "./errors.ts";
export type { ConfigIssue, ConfigIssueCode } from "./errors.ts";
export { ConfigLoader, type ConfigLoaderOptions, loadConfig, type LoadOptions } from "./loader.ts";
export type {
  ConfigChange,
  ConfigEvent,
  ConfigRejection,
  ConfigWatch,
  RemoteLayer,
  WatchOptions,
} from "./watch.ts";
export { type EnvExampleOptions, toEnvExample } from "./env_example.ts";
export { type JsonSchema, jsonSchema, type JsonSchemaOptions } from "./json_schema.ts";
export {
  type ExplainedSource,
  type ExplainedValue,
  type Explanation,
  formatExplanation,
  type LayerName,
  LAYERS,
  type LayerValue,
} from "./explanation.ts";
export type {
  Infer,
  StandardSchemaIssue,
  StandardSchemaProps,
  StandardSchemaResult,
  StandardSchemaTypes,
  StandardSchemaV1,
} from "./standard_schema.ts";
export type {
  FileReader,
  ObjectSchema,
  OptionalSetting,
  RequiredSetting,
  RuleIssue,
  Schema,
  SchemaFields,
  SchemaKind,
  SchemaOptions,
} from "./schema.ts";
export {
  booleanSchema,
  type ContainerSchemaOptions,
  durationSchema,
  enumSchema,
  type InferFields,
  integerSchema,
  listSchema,
  mapSchema,
  numberSchema,
  type NumberSchemaOptions,
  objectSchema,
  type ObjectSchemaOptions,
  type OptionalNames,
  sizeSchema,
  stringSchema,
  type StringSchemaOptions,
  urlSchema,
  type UrlSchemaOptions,
} from "./builders.ts";
export {
  type LogFormat,
  type ObservabilityConfig,
  observabilityConfigSchema,
  type ServerConfig,
  serverConfigSchema,
  type ServiceConfig,
  serviceConfigSchema,
  type TlsConfig,
  tlsConfigSchema,
} from "./service_config.ts";
export {
  type EtcdConfig,
  etcdConfigSchema,
  type EtcdTlsConfig,
  type StorageConfig,
  storageConfigSchema,
  type StorageType,
} from "./storage_config.ts";
