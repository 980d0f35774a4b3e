import { objectSchema } from "./container_schemas.ts";
import { withoutChecks } from "./_make.ts";
import { type ObservabilityConfig, observabilityConfigSchema } from "./observability_config.ts";
import { stringSchema } from "./scalar_schemas.ts";
import type { ObjectSchema } from "./schema.ts";
import { type ServerConfig, serverConfigSchema } from "./server_config.ts";
import { type StorageConfig, storageConfigSchema } from "./storage_config.ts";

/** The settings that every service of the platform has. */
export interface ServiceConfig {
  /** `service_name`: the name in logs and metrics; required. */
  readonly serviceName: string;
  /** `server`: where the service listens. */
  readonly server: ServerConfig;
  /** `observability`: logs and metrics. */
  readonly observability: ObservabilityConfig;
  /** `storage`: where the service keeps its data. */
  readonly storage: StorageConfig;
}

/** The schema of {@link ServiceConfig}. Spread its `fields` to add settings of a program. */
export const serviceConfigSchema: ObjectSchema<ServiceConfig> = withoutChecks(() =>
  objectSchema({
    serviceName: stringSchema({
      min: 1,
      max: 63,
      pattern: /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/,
      expected: "1 to 63 letters, digits, dots, dashes and underscores, " +
        "with a letter or digit at both ends",
      description: "Name in logs and metrics",
    }),
    server: serverConfigSchema,
    observability: observabilityConfigSchema,
    storage: storageConfigSchema,
  })
);
