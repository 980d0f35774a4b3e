/** node-config at the same, with @std/yaml as the parser of its files; it has no rules, so valibot's. */
import { parse } from "@std/yaml";
import { Load } from "node-config/lib/util.js";
import { checked } from "./_config_valibot.ts";

// What is given to it in place of its own, which finds YAML only beside a package.json.
const parser = {
  parse: (_name: string, text: string) => parse(text),
  getFilesOrder: () => ["yaml"],
  getParser: () => undefined,
};

export function load(dir: string): unknown {
  const options = { configDir: `${dir}/yaml`, nodeEnv: ["production"], parser };
  // deno-lint-ignore no-explicit-any -- its types ask for every one of its parsers
  const loading = new Load(options as any);
  loading.scan([{ name: "variables", config: { server: { port: Number("9000") } } }]);
  return checked(loading.config);
}
