/** A service's own module of settings, as the program finds it in the working directory. */
import { durationSchema, objectSchema, serviceConfigSchema, stringSchema } from "../../mod.ts";

export const workerConfigSchema = objectSchema({
  ...serviceConfigSchema.fields,
  retryMs: durationSchema({ default: 500, description: "Pause between tries" }),
  apiToken: stringSchema({ optional: true, description: "What the other side asks for" }),
});
export const retrySchema = workerConfigSchema.fields.retryMs;
export const notASchema = { "~standard": 1 };
