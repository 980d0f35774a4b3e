/**
 * node-config at the same, with @std/yaml as the parser of its files. A file of its own,
 * custom-environment-variables.yaml, names the variable; it has no rules, so valibot's.
 */
import { parse } from "@std/yaml/parse";
import { Load } from "node-config/lib/util.js";
import { checked } from "./_config_valibot.ts";

// What is given to it in place of its own, which finds YAML only beside a package.json.
const parser = {
  parse: (_name: string, text: string) => parse(text),
  getFilesOrder: () => ["yaml"],
  getParser: () => (_name: string, text: string) => Number(text),
};

export function load(dir: string): unknown {
  const options = { configDir: `${dir}/yaml`, nodeEnv: ["production"], parser };
  // deno-lint-ignore no-explicit-any -- its types ask for every one of its parsers
  const loading = new Load(options as any);
  loading.scan();
  return checked(loading.config);
}
