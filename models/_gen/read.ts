// Generates `gen/read.ts`: for each message a function that makes it of a JSON
// value in the common case, and gives up at anything else.
import { type DescField, type DescMessage, ScalarType } from "@bufbuild/protobuf";
import { heading, messages, protoFiles, schemaImports } from "./source.ts";

/** google.protobuf.FeatureSet.FieldPresence.IMPLICIT */
const IMPLICIT = 2;

/** The text of `gen/read.ts`. */
export function readSource(): string {
  const entries = messages.map(({ name }) => `  [${name}Schema, read${name}],\n`).join("");
  const enums = Object.values(protoFiles)
    .flatMap((file) => [...file.enums, ...file.messages.flatMap((it) => it.nestedEnums)])
    .map((desc) =>
      `const numbersOf${desc.name}: ReadonlyMap<unknown, number> = new Map([${
        desc.values.map((value) => `["${value.name}", ${value.number}]`).join(", ")
      }]);\n`
    );
  return heading(
    "Makes messages of what JSON.parse returns, one function a message. They know the\n" +
      "common case only, and answer undefined for anything else: an unknown key, a\n" +
      "value of another type, a key in both spellings. The texts are taken to be\n" +
      "well-formed, and lists and maps of texts are used as they are.",
  ) +
    `import type { DescMessage } from "@bufbuild/protobuf";\n${schemaImports()}\n` +
    `import { int64Of, isInt32, isTextList, isTextMap, isUint32, type Tally, timestampOf } ` +
    `from "../_quick_values.ts";\n\n` +
    `// deno-lint-ignore no-explicit-any\ntype Loose = any;\n\n` +
    `/** Makes a message of a value, and counts the keys on the way. */\n` +
    `export type QuickRead = (value: Loose, tally: Tally) => Loose;\n\n` +
    `/** The readers, by the schemas of their messages. */\n` +
    `export const quickReaders: ReadonlyMap<DescMessage, QuickRead> = ` +
    `new Map<DescMessage, QuickRead>([\n${entries}]);\n\n` +
    `${enums.join("")}\n${messages.map(readerOf).join("\n")}`;
}

function readerOf(schema: DescMessage): string {
  const { name, typeName } = schema;
  const zeros = schema.fields.filter((field) => field.presence === IMPLICIT)
    .map((field) => `${field.localName}: ${zeroOf(field)}`);
  const twofold = schema.fields.filter((field) => field.jsonName !== field.name);
  const lines = [
    `function read${name}(value: Loose, tally: Tally): Loose {`,
    `if (typeof value !== "object" || value === null || Array.isArray(value)) {`,
    typeName === "oaas.common.Timestamp"
      ? `return typeof value === "string" ? timestampOf(value) : undefined;`
      : "return undefined;",
    "}",
    `const m: Loose = { ${[`$typeName: "${typeName}"`, ...zeros].join(", ")} };`,
  ];
  // Each of these fields has two keys, and may be given once.
  if (twofold.length > 0) lines.push("let given = 0;");
  lines.push("for (const key in value) {", "tally.keys++;", "const v = value[key];");
  if (schema.fields.length === 0) lines.push("return undefined;");
  else lines.push("switch (key) {");
  for (const field of schema.fields) {
    lines.push(`case "${field.name}":`);
    const bit = twofold.indexOf(field);
    if (bit >= 0) {
      lines.push(`case "${field.jsonName}":`);
      lines.push(`if ((given & ${1 << bit}) !== 0) return undefined;`, `given |= ${1 << bit};`);
    }
    // In ProtoJSON null is another way of leaving a field out.
    lines.push("if (v === null) break;", ...fieldRead(field), "break;");
  }
  lines.push("default: return undefined;", "}", "}", "return m;", "}", "");
  return lines.join("\n");
}

function fieldRead(field: DescField): string[] {
  const target = `m.${field.localName}`;
  const unless = (condition: string) => `if (!(${condition})) return undefined;`;
  const made = (expression: string) => [
    `const made = ${expression};`,
    `if (made === undefined) return undefined;`,
  ];
  const block = (lines: string[]) => ["{", ...lines, "}"];
  if (field.fieldKind === "map") {
    if (field.scalar !== ScalarType.STRING || field.mapKey !== ScalarType.STRING) unread(field);
    return [unless("isTextMap(v, tally)"), `${target} = v;`];
  }
  if (field.fieldKind === "list") {
    if (field.listKind === "message") {
      return block([
        unless("Array.isArray(v)"),
        "const list: Loose[] = [];",
        "for (let i = 0; i < v.length; i++) {",
        ...made(`read${field.message.name}(v[i], tally)`),
        "list.push(made);",
        "}",
        `${target} = list;`,
      ]);
    }
    if (field.listKind !== "scalar" || field.scalar !== ScalarType.STRING) unread(field);
    return [unless("isTextList(v)"), `${target} = v;`];
  }
  if (field.fieldKind === "message") {
    return block([...made(`read${field.message.name}(v, tally)`), `${target} = made;`]);
  }
  if (field.fieldKind === "enum") {
    return block([
      ...made(`isInt32(v) ? v : numbersOf${field.enum.name}.get(v)`),
      `${target} = made;`,
    ]);
  }
  switch (field.scalar) {
    case ScalarType.STRING:
      return [unless(`typeof v === "string"`), `${target} = v;`];
    case ScalarType.BOOL:
      return [unless(`typeof v === "boolean"`), `${target} = v;`];
    case ScalarType.DOUBLE:
      return [unless(`typeof v === "number"`), `${target} = v;`];
    case ScalarType.UINT32:
      return [unless("isUint32(v)"), `${target} = v;`];
    case ScalarType.INT32:
      return [unless("isInt32(v)"), `${target} = v;`];
    case ScalarType.INT64:
      return block([...made("int64Of(v)"), `${target} = made;`]);
    default:
      return unread(field);
  }
}

function zeroOf(field: DescField): string {
  if (field.fieldKind === "list") return "[]";
  if (field.fieldKind === "map") return "{}";
  if (field.fieldKind === "enum") return "0";
  switch (field.scalar) {
    case ScalarType.STRING:
      return `""`;
    case ScalarType.BOOL:
      return "false";
    case ScalarType.INT64:
      return "0n";
    default:
      return "0";
  }
}

function unread(field: DescField): never {
  throw new Error(`no reader for the type of ${field.name}: add it here and to the checks`);
}
