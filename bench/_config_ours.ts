/** @oprc/config at the three layers of the comparison: two files, and variables. */
import { ConfigLoader, serviceConfigSchema } from "@oprc/config";

export function load(dir: string): Promise<unknown> {
  return new ConfigLoader(`${dir}/yaml`, "production", {
    env: { OAAS_SERVER__PORT: "9000" },
    envFile: false,
  }).load(serviceConfigSchema);
}
