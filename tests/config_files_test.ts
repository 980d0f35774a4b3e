/** What is committed for people and editors beside the services' configuration. */
import { toEnvExample } from "@oprc/config";
import { parse } from "@std/yaml";
import { Ajv2020 } from "ajv/dist/2020.js";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { generatedFiles } from "../examples/generate.ts";
import { packageManagerConfigSchema } from "../examples/package_manager/config.ts";

const examples = new URL("../examples/", import.meta.url);
const read = (path: string) => Deno.readTextFile(new URL(path, examples));

for (const [path, text] of await generatedFiles()) {
  Deno.test(`examples/${path} is in date`, async () => {
    assertEquals(await read(path), text, "run deno run -A examples/generate.ts");
  });
}

for (const service of ["package_manager", "class_runtime_manager"]) {
  Deno.test(`the configuration files of ${service} name their schema, which takes them`, async () => {
    const ajv = new Ajv2020({ allowUnionTypes: true, formats: { uri: true } });
    const valid = ajv.compile(JSON.parse(await read(`${service}/config.schema.json`)));
    let seen = 0;
    for await (const { name } of Deno.readDir(new URL(`${service}/config/`, examples))) {
      const text = await read(`${service}/config/${name}`);
      assert(text.startsWith("# yaml-language-server: $schema=../config.schema.json\n"), name);
      assert(valid(parse(text)), `${name}: ${ajv.errorsText(valid.errors)}`);
      seen++;
    }
    assert(seen > 0);
    assertEquals(valid({ server: { prot: 80 } }), false);
  });
}

Deno.test("a copy of .env.example as .env changes nothing", async () => {
  const text = await read("package_manager/.env.example");
  assertEquals(text.split("\n").filter((line) => line !== "" && !line.startsWith("#")), []);
  // It would: what must be set stands ready to be filled in, unless files give it.
  assertStringIncludes(toEnvExample(packageManagerConfigSchema), "\nOAAS_SERVICE_NAME=\n");
});
