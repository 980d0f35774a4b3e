// permissions: --allow-read=config,.env --allow-env=OAAS_*
import { isConfigError, loadConfig, serviceConfigSchema } from "@oprc/config";

const env = { OAAS_SERVICE_NAME: "a", OAAS_SERVER__PORT: "9000" };
const config = await loadConfig(serviceConfigSchema, { env });
if (config.server.port !== 9000) throw new Error("not read");
const wrong = await loadConfig(serviceConfigSchema, { env: { ...env, OAAS_SERVER__PORT: "x" } })
  .catch((error) => error);
if (!isConfigError(wrong) || wrong.issues.length !== 1) throw new Error("not refused");
console.log("ok");
