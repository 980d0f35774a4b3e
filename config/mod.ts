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
export {
  ConfigError,
  type ConfigIssue,
  type ConfigIssueCode,
  type ExplainedSource,
  type ExplainedValue,
  type Explanation,
  formatExplanation,
  isConfigError,
  type LayerName,
  LAYERS,
  type LayerValue,
} from "./values.ts";
export { ConfigLoader, type ConfigLoaderOptions, loadConfig, type LoadOptions } from "./loader.ts";
export type {
  ConfigChange,
  ConfigEvent,
  ConfigRejection,
  ConfigWatch,
  RemoteLayer,
  WatchOptions,
} from "./watch.ts";
export {
  booleanSchema,
  type ContainerSchemaOptions,
  durationSchema,
  enumSchema,
  type EnvExampleOptions,
  type FileReader,
  type InferFields,
  integerSchema,
  type JsonSchema,
  jsonSchema,
  type JsonSchemaOptions,
  listSchema,
  mapSchema,
  numberSchema,
  type NumberSchemaOptions,
  type ObjectSchema,
  objectSchema,
  type ObjectSchemaOptions,
  type OptionalNames,
  type OptionalSetting,
  type RequiredSetting,
  type RuleIssue,
  type Schema,
  type SchemaFields,
  type SchemaKind,
  type SchemaOptions,
  sizeSchema,
  stringSchema,
  type StringSchemaOptions,
  toEnvExample,
  urlSchema,
  type UrlSchemaOptions,
} from "./schema.ts";
export type {
  Infer,
  StandardSchemaIssue,
  StandardSchemaProps,
  StandardSchemaResult,
  StandardSchemaTypes,
  StandardSchemaV1,
} from "./standard_schema.ts";
export {
  type EtcdConfig,
  etcdConfigSchema,
  type EtcdTlsConfig,
  type LogFormat,
  type ObservabilityConfig,
  observabilityConfigSchema,
  type ServerConfig,
  serverConfigSchema,
  type ServiceConfig,
  serviceConfigSchema,
  type StorageConfig,
  storageConfigSchema,
  type StorageType,
  type TlsConfig,
  tlsConfigSchema,
} from "./service_config.ts";
