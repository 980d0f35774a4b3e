import { run } from "../common/run.ts";
import { packageManagerConfigSchema } from "./config.ts";
import { startPackageManager } from "./package_manager.ts";

await run(packageManagerConfigSchema, startPackageManager);
