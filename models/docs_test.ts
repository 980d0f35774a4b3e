import { createRegistry } from "@bufbuild/protobuf";
import { assert, assertEquals } from "@std/assert";
import { parse } from "@std/yaml";
import { Ajv2020 } from "ajv/dist/2020.js";
import { allMessages } from "./_fixtures.ts";
import { jsonSchema } from "./json_schema.ts";
import { fromYaml } from "./yaml.ts";

const registry = createRegistry(...allMessages);
const read = (path: string) => Deno.readTextFileSync(new URL(path, import.meta.url));

/** The fenced blocks of a language. */
function blocks(text: string, language: string): string[] {
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, "gms"))]
    .map((match) => match[1]!);
}

const ajv = new Ajv2020({ allowUnionTypes: true });
for (const { name, typeName } of allMessages) {
  const page = read(`docs/messages/${name}.md`);

  Deno.test(`docs/messages/${name}.md has a right example in YAML and one in TypeScript`, async () => {
    const schema = registry.getMessage(typeName)!;
    const [yaml, ...others] = blocks(page, "yaml");
    assertEquals(others, []);
    await fromYaml(schema, yaml!);
    // The JSON Schema for editors takes it too.
    const value = parse(yaml!, { schema: "core" });
    assert(ajv.validate(jsonSchema(schema, { format: "yaml" }), value), ajv.errorsText());
    // `deno test --doc` runs it.
    assertEquals(blocks(page, "ts").length, 1);
  });
}

Deno.test("docs/ links to pages that are there", () => {
  const pages = ["docs/README.md", "docs/rules.md", "docs/messages/README.md", "README.md"];
  for (const page of pages) {
    for (const [, target] of read(page).matchAll(/\]\((?!https?:)([^)#]+)[^)]*\)/g)) {
      const url = new URL(target!, new URL(page, import.meta.url));
      assert(Deno.statSync(url).isFile, `${page}: ${target}`);
    }
  }
});

for (const name of ["OPackage", "OClassDeployment", "DeploymentUnit", "DeployClassRequest"]) {
  Deno.test(`schemas/${name}.schema.json is what jsonSchema() makes for YAML`, () => {
    const schema = allMessages.find((it) => it.name === name)!;
    const expected = jsonSchema(schema, { format: "yaml" });
    assertEquals(
      JSON.parse(read(`schemas/${name}.schema.json`)),
      JSON.parse(JSON.stringify(expected)),
    );
  });
}

Deno.test("schemas/OPackage.schema.json takes the packages of the examples but the wrong one", () => {
  const schema = JSON.parse(read("schemas/OPackage.schema.json"));
  const folder = "../examples/packages/";
  let right = 0;
  for (const { name } of Deno.readDirSync(new URL(folder, import.meta.url))) {
    const value = parse(read(folder + name), { schema: "core" });
    const isAccepted = ajv.validate(schema, value);
    assertEquals(isAccepted, name !== "wrong.yaml", `${name}: ${ajv.errorsText()}`);
    if (isAccepted) right++;
  }
  assert(right >= 4);
});
