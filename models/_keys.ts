import type { DescField, DescMessage } from "@bufbuild/protobuf";

/** The field that a key of a document names, in snake_case or camelCase. */
export function fieldOf(schema: DescMessage, key: string): DescField | undefined {
  return schema.fields.find((field) => field.name === key || field.jsonName === key);
}

/** The key in camelCase: the other way to write the name of a field. */
export function camelCase(name: string): string {
  return name.replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
