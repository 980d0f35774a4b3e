/** c12 at the same: the file of the environment extends the other; it has no rules, so valibot's. */
import { loadConfig } from "c12";
import { checked } from "./_config_valibot.ts";

export async function load(dir: string): Promise<unknown> {
  const { config } = await loadConfig({
    cwd: `${dir}/c12`,
    configFile: "production.yaml",
    rcFile: false,
    globalRc: false,
    dotenv: false,
    packageJson: false,
    // It has no variables: what a program would take from them.
    overrides: { server: { port: Number("9000") } },
  });
  return checked(config);
}
