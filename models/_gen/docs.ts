// Generates the documentation of messages and rules, in Markdown.
import type { DescField, DescMessage, Message } from "@bufbuild/protobuf";
import { ScalarType } from "@bufbuild/protobuf";
import type { AnyFieldRules, Rule } from "../_rule.ts";
import { allRules, rulesOfField } from "../_rules.ts";
import { fromYaml } from "../yaml.ts";
import { examples } from "./examples.ts";
import { enumName, literalOf } from "./literal.ts";
import { messages, protoFiles } from "./source.ts";

const NOTE = "<!-- Made by `deno task gen`; do not edit. -->\n\n";

// deno-lint-ignore no-explicit-any
type AnyRule = Rule<any>;

/** The documents, by their paths in the package. */
export async function docs(comments: ReadonlyMap<string, string>): Promise<Map<string, string>> {
  const made = new Map<string, string>();
  for (const schema of messages) {
    made.set(`docs/messages/${schema.name}.md`, await messagePage(schema, comments));
  }
  made.set("docs/messages/README.md", index(comments));
  made.set("docs/rules.md", rulesPage());
  return made;
}

function subpathOf(schema: DescMessage): string {
  return Object.entries(protoFiles).find(([, file]) => file.messages.includes(schema as never))![0];
}

function index(comments: ReadonlyMap<string, string>): string {
  const sections = Object.entries(protoFiles).map(([subpath, file]) => {
    const rows = file.messages.map(({ name, typeName }) =>
      `| [${name}](${name}.md) | ${comments.get(typeName)} |`
    );
    return `## @oprc/proto/${subpath}\n\n| Message | What it is |\n| --- | --- |\n${
      rows.join("\n")
    }\n`;
  });
  return `${NOTE}# Messages\n\n${sections.join("\n")}`;
}

async function messagePage(
  schema: DescMessage,
  comments: ReadonlyMap<string, string>,
): Promise<string> {
  const { name, typeName } = schema;
  const example = examples[typeName];
  if (example === undefined) throw new Error(`${typeName} has no example in _gen/examples.ts`);
  const message = await fromYaml(schema, example);
  const rows = schema.fields.map((field) => {
    const rules = rulesOfField(typeName, field.localName);
    const spelled = field.localName === field.name ? "" : ` (\`${field.localName}\`)`;
    return `| \`${field.name}\`${spelled} | ${typeOf(field)} | ${
      comments.get(`${typeName}.${field.name}`)
    } | ${ruleCell(rules)} |`;
  });
  const table = rows.length === 0
    ? "It has no fields.\n"
    : `| Field | Type | What it is | Must |\n| --- | --- | --- | --- |\n${rows.join("\n")}\n`;
  return `${NOTE}# ${name}\n\n${comments.get(typeName)}\n\nFull name \`${typeName}\`. ` +
    `Its rules are explained in [rules](../rules.md).\n\n## Fields\n\n${table}\n` +
    `## In YAML\n\n\`\`\`yaml\n${example}\`\`\`\n\n## In TypeScript\n\n\`\`\`ts\n${
      program(schema, message)
    }\`\`\`\n`;
}

function program(schema: DescMessage, message: Message): string {
  const { text, enums } = literalOf(schema, message);
  const imports = new Map<string, Set<string>>([[
    subpathOf(schema),
    new Set([`${schema.name}Schema`]),
  ]]);
  for (const desc of enums) {
    const subpath = Object.entries(protoFiles).find(([, file]) => file === desc.file)![0];
    imports.set(subpath, (imports.get(subpath) ?? new Set()).add(enumName(desc)));
  }
  const lines = [...imports].sort().map(([subpath, names]) =>
    `import { ${[...names].sort().join(", ")} } from "@oprc/proto/${subpath}";\n`
  );
  return `import { assertValid, createModel, toYaml } from "@oprc/models";\n${lines.join("")}\n` +
    `const message = createModel(${schema.name}Schema, ${text});\n` +
    `assertValid(${schema.name}Schema, message);\n` +
    `console.log(toYaml(${schema.name}Schema, message));\n`;
}

function typeOf(field: DescField): string {
  switch (field.fieldKind) {
    case "list":
      return `list of ${elementType(field)}`;
    case "map":
      return `map of ${elementType(field)}`;
    default:
      return field.presence === IMPLICIT || field.fieldKind === "message"
        ? elementType(field)
        : `${elementType(field)}, optional`;
  }
}

/** google.protobuf.FeatureSet.FieldPresence.IMPLICIT */
const IMPLICIT = 2;

function elementType(field: DescField): string {
  if (field.message !== undefined) return `[${field.message.name}](${field.message.name}.md)`;
  if (field.enum !== undefined) return field.enum.values.map(({ name }) => `\`${name}\``).join(" ");
  return ScalarType[field.scalar!]!.toLowerCase();
}

function ruleCell({ own, each }: AnyFieldRules): string {
  return [...own.map(({ must }) => must), ...each.map(({ must }) => `each ${must}`)]
    .map(cell).join("; ");
}

/** A text in a cell of a table. */
function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}

function rulesPage(): string {
  const sections = Object.entries(protoFiles).map(([subpath, file]) => {
    const parts = allRules.filter(({ schema }) => file.messages.includes(schema as never))
      .map(({ schema, fields, isOwn }) => {
        const rows = schema.fields.flatMap((field) => {
          const { own, each } = fields.get(field.localName) ?? { own: [], each: [] };
          return [
            ...own.map((rule) => ruleRow(field.name, rule, isOwn)),
            ...each.map((rule) => ruleRow(`${field.name}[]`, rule, isOwn)),
          ];
        });
        return `### [${schema.name}](messages/${schema.name}.md)\n\n` +
          `| Field | Must | Code | Whose |\n| --- | --- | --- | --- |\n${rows.join("\n")}\n`;
      });
    return parts.length === 0 ? "" : `## oaas.${subpath}\n\n${parts.join("\n")}\n`;
  });
  return `${NOTE}# Rules

What \`validate\` asks of each field, made from the tables that the code runs on. Rules hold wherever a
message is reached: those of a binding also in a class in a package in a request. They are asked in
turn until one is broken, so that one fault makes one issue.

- Rules of texts other than "not be empty" are not asked of an empty text, which means "not stated",
  unless a rule above them refuses it. A status, a version and a limit that are stated are not empty.
- Rules of optional fields are not asked of fields that are left out.
- What only a package can answer (is the key unique, is the function there) is not asked of a class
  or a function that is checked alone.
- Text that is only white space counts as empty.

*Whose* tells who asks for the rule: the platform's wire **contract**, which services in every
language keep, or this **library**, because a request that carries nothing can't be served. Another
service may accept what only this library refuses.

Besides, every value fits its type: text is well-formed Unicode and whole numbers are within their
range (\`InvalidType\`, \`OutOfRange\`); documents are well-formed, no key stands twice
(\`InvalidType\`), and no key is unknown (\`UnknownField\`).

${sections.filter((it) => it !== "").join("\n")}`;
}

function ruleRow(field: string, rule: AnyRule, isOwn: boolean): string {
  const whose = isOwn || rule.isOwn ? "library" : "contract";
  return `| \`${field}\` | ${cell(rule.must)} | \`${rule.code}\` | ${whose} |`;
}
