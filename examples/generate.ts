/**
 * Writes what people and editors read about each service's configuration: `config.schema.json`,
 * which the YAML files name, and `.env.example`. `--check` compares, and exits 1 on a difference.
 */
import {
  ConfigLoader,
  jsonSchema,
  type ObjectSchema,
  type ServiceConfig,
  toEnvExample,
} from "@oprc/config";
import { classRuntimeManagerConfigSchema } from "./class_runtime_manager/config.ts";
import { packageManagerConfigSchema } from "./package_manager/config.ts";

const services: Readonly<Record<string, ObjectSchema<ServiceConfig>>> = {
  class_runtime_manager: classRuntimeManagerConfigSchema,
  package_manager: packageManagerConfigSchema,
};

/** The files, by their path below `examples/`. */
export async function generatedFiles(): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const [folder, schema] of Object.entries(services)) {
    const title = `Configuration of ${folder}`;
    const json = JSON.stringify(jsonSchema(schema, { title }), null, 2);
    files.set(`${folder}/config.schema.json`, `${json}\n`);
    files.set(
      `${folder}/.env.example`,
      toEnvExample(schema, { given: await inFiles(folder, schema) }),
    );
  }
  return files;
}

/** What a service's `default.yaml` gives. */
async function inFiles(folder: string, schema: ObjectSchema<ServiceConfig>): Promise<string[]> {
  const config = decodeURIComponent(new URL(`${folder}/config`, import.meta.url).pathname);
  const loader = new ConfigLoader(config, "development", { env: {}, envFile: false });
  await loader.load(schema);
  const { values } = await loader.explain();
  return values.filter(({ layer }) => layer === "base").map(({ path }) => path);
}

if (import.meta.main) {
  const check = Deno.args.includes("--check");
  for (const [path, text] of await generatedFiles()) {
    const file = new URL(path, import.meta.url);
    if (!check) {
      await Deno.writeTextFile(file, text);
      continue;
    }
    if (await Deno.readTextFile(file).catch(() => "") === text) continue;
    console.error(`examples/${path} is out of date: run deno run -A examples/generate.ts`);
    Deno.exitCode = 1;
  }
}
