import { createRegistry } from "@bufbuild/protobuf";
import { assert, assertEquals } from "@std/assert";
import { parse } from "@std/yaml";
import { Ajv2020 } from "ajv/dist/2020.js";
import { allMessages } from "./_fixtures.ts";
import type { ValidationIssue } from "./issue.ts";
import { fromJson } from "./json.ts";
import { jsonSchema } from "./json_schema.ts";
import { isValidationError } from "./validation_error.ts";
import { fromYaml } from "./yaml.ts";

interface Expected {
  readonly about: string;
  readonly message: string;
  readonly document: string;
  readonly issues: readonly { code: string; path: string; line?: number; column?: number }[];
}

const folder = new URL("testdata/documents/", import.meta.url);
const registry = createRegistry(...allMessages);
const files = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
const cases = files.filter((name) => name.endsWith(".expected.json")).map((name): Expected =>
  JSON.parse(Deno.readTextFileSync(new URL(name, folder)))
);

async function issuesOf({ message, document }: Expected): Promise<readonly ValidationIssue[]> {
  const schema = registry.getMessage(message)!;
  const text = Deno.readTextFileSync(new URL(document, folder));
  try {
    if (document.endsWith(".json")) fromJson(schema, text);
    else await fromYaml(schema, text);
    return [];
  } catch (error) {
    if (!isValidationError(error)) throw error;
    return error.issues;
  }
}

for (const expected of cases) {
  Deno.test(`documents/${expected.document}: ${expected.about}`, async () => {
    const found = (await issuesOf(expected)).map(({ code, path, line, column }, i) =>
      expected.issues[i]?.line === undefined ? { code, path } : { code, path, line, column }
    );
    assertEquals(found, [...expected.issues]);
  });
}

Deno.test("documents/ has 60 and more, each with what is expected, of every code", () => {
  assert(cases.length >= 60, `${cases.length}`);
  assertEquals(files.length, cases.length * 2);
  const codes = new Set(cases.flatMap(({ issues }) => issues.map(({ code }) => code)));
  assertEquals(codes.size, 18, [...codes].join(", "));
});

/** What JSON Schema has no words for, or what went wrong before there was a value. */
function isUnsayable({ code, path, message }: ValidationIssue): boolean {
  return ["DuplicateClassKey", "DuplicateFunctionKey", "DuplicateBinding", "PackageMismatch"]
    .includes(code) ||
    code === "UnknownFunction" ||
    (code === "InvalidResourceRequirement" && message.includes("below the")) ||
    // JSON.parse keeps one of two; a text has no well-formedness; days, and digits
    // in quotes, are no matter of form.
    message.includes("is given twice: ") || message.includes("lone surrogates") ||
    message.includes("not a time") ||
    (code === "OutOfRange" && path === "seconds") ||
    (code === "InvalidNfrRequirement" && /is (NaN|Infinity)/.test(message));
}

const ajv = new Ajv2020({ allowUnionTypes: true });
for (const expected of cases) {
  Deno.test(`jsonSchema() agrees with the rules on documents/${expected.document}`, async () => {
    const format = expected.document.endsWith(".json") ? "json" : "yaml";
    const schema = jsonSchema(registry.getMessage(expected.message)!, { format });
    const text = Deno.readTextFileSync(new URL(expected.document, folder));
    const value = format === "json" ? JSON.parse(text) : parse(text, { schema: "core" });
    const isAccepted = ajv.validate(schema, value);
    const issues = await issuesOf(expected);
    if (issues.length === 0) assert(isAccepted, ajv.errorsText());
    if (!issues.every(isUnsayable)) assert(!isAccepted);
  });
}
