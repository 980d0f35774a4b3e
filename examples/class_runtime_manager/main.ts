import { run } from "../common/run.ts";
import { startClassRuntimeManager } from "./class_runtime_manager.ts";
import { classRuntimeManagerConfigSchema } from "./config.ts";

await run(
  classRuntimeManagerConfigSchema,
  (config, options) => startClassRuntimeManager(config, undefined, options),
);
