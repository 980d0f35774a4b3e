/** What a Class Runtime Manager can be told. */
import {
  durationSchema,
  type ObjectSchema,
  objectSchema,
  type ServiceConfig,
  serviceConfigSchema,
  stringSchema,
  urlSchema,
} from "@oprc/config";

/** A Class Runtime Manager's configuration. */
export interface ClassRuntimeManagerConfig extends ServiceConfig {
  /** Name of the cluster that it runs. */
  readonly cluster: string;
  /** Where the Package Manager listens. */
  readonly packageManagerUrl: string;
  /** How often instances say that they are alive, in milliseconds. */
  readonly heartbeatMs: number;
}

export const classRuntimeManagerConfigSchema: ObjectSchema<ClassRuntimeManagerConfig> =
  objectSchema({
    ...serviceConfigSchema.fields,
    cluster: stringSchema({ min: 1, description: "Name of the cluster that it runs" }),
    packageManagerUrl: urlSchema({ description: "Where the Package Manager listens" }),
    heartbeatMs: durationSchema({
      default: 5000,
      min: 100,
      description: "How often instances say that they are alive",
    }),
  }, {
    // The instances run in the process, which knows of no other's.
    rule: ({ server }) =>
      server.workers > 1
        ? [{ path: ["server", "workers"], message: "must be 1: one process runs the instances" }]
        : [],
  });
