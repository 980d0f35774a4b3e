// Writes messages as TypeScript, for the examples of the documentation.
import type { DescEnum, DescField, DescMessage, Message } from "@bufbuild/protobuf";

/** A message as the literal that makes it, and the enums that it names. */
export function literalOf(
  schema: DescMessage,
  message: Message,
): { readonly text: string; readonly enums: readonly DescEnum[] } {
  const enums = new Set<DescEnum>();
  return { text: objectOf(schema, message, enums), enums: [...enums] };
}

// deno-lint-ignore no-explicit-any
type Loose = any;

function objectOf(schema: DescMessage, message: Loose, enums: Set<DescEnum>): string {
  const entries = schema.fields.flatMap((field): string[] => {
    const value = message[field.localName];
    // What is zero says nothing; optional fields are there or not.
    if (value === undefined || value === "" || value === 0 && field.fieldKind !== "enum") return [];
    if (value === false || value === 0n || (Array.isArray(value) && value.length === 0)) return [];
    if (field.fieldKind === "map" && Object.keys(value).length === 0) return [];
    return [`${field.localName}: ${fieldOf(field, value, enums)}`];
  });
  return entries.length === 0 ? "{}" : `{ ${entries.join(", ")} }`;
}

function fieldOf(field: DescField, value: Loose, enums: Set<DescEnum>): string {
  if (field.fieldKind === "list") {
    return `[${value.map((element: Loose) => elementOf(field, element, enums)).join(", ")}]`;
  }
  if (field.fieldKind === "map") return JSON.stringify(value);
  return elementOf(field, value, enums);
}

function elementOf(field: DescField, value: Loose, enums: Set<DescEnum>): string {
  if (field.message !== undefined) return objectOf(field.message, value, enums);
  if (field.enum !== undefined) {
    enums.add(field.enum);
    return `${enumName(field.enum)}.${field.enum.value[value]!.localName}`;
  }
  return typeof value === "bigint" ? `${value}n` : JSON.stringify(value);
}

/** The name that the generated code gives an enum: a nested one has its message's before it. */
export function enumName(desc: DescEnum): string {
  return desc.parent === undefined ? desc.name : `${desc.parent.name}_${desc.name}`;
}
