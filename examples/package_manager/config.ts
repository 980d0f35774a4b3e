/** What a Package Manager can be told. */
import {
  durationSchema,
  mapSchema,
  type ObjectSchema,
  objectSchema,
  type ServiceConfig,
  serviceConfigSchema,
  urlSchema,
} from "@oprc/config";
import type { ClusterConfig } from "./clusters.ts";

/** A Package Manager's configuration. */
export interface PackageManagerConfig extends ServiceConfig {
  /** The clusters to deploy to, by name. */
  readonly clusters: Readonly<Record<string, ClusterConfig>>;
  /** How long a cluster may take to answer, in milliseconds. */
  readonly clusterTimeoutMs: number;
  /** How often clusters that did not answer are asked again, in milliseconds. */
  readonly resumeIntervalMs: number;
}

export const packageManagerConfigSchema: ObjectSchema<PackageManagerConfig> = objectSchema({
  ...serviceConfigSchema.fields,
  clusters: mapSchema(
    objectSchema({ url: urlSchema({ description: "Where the cluster's manager listens" }) }),
    { default: {}, description: "The clusters to deploy to, by name" },
  ),
  clusterTimeoutMs: durationSchema({
    default: 3000,
    min: 1,
    description: "How long a cluster may take to answer",
  }),
  resumeIntervalMs: durationSchema({
    default: 5000,
    min: 100,
    description: "How often clusters that did not answer are asked again",
  }),
}, {
  rule: ({ server, storage }) =>
    server.workers > 1 && storage.type === "memory"
      ? [{
        path: ["server", "workers"],
        message: "is above 1, and processes share no storage of type memory",
      }]
      : [],
});
