/** Loads the configuration of the working directory and prints it, for tests of permissions. */
import { ConfigLoader, isConfigError, serviceConfigSchema } from "../mod.ts";

const loader = ConfigLoader.fromEnv();
try {
  const config = await loader.load(serviceConfigSchema);
  const { sources } = await loader.explain();
  console.log(JSON.stringify({ config, sources }));
} catch (error) {
  if (!isConfigError(error)) throw error;
  console.log(error.message);
}
