/** Telling schemas of this package from those of others. */
import { fileName } from "./_names.ts";
import type { StandardSchemaV1 } from "./standard_schema.ts";
import type { ObjectSchema, Schema } from "./schema.ts";

export const VENDOR = "@oprc/config";

/** The schema as one of ours, also of another copy of this package. */
export function asNative(schema: StandardSchemaV1): Schema<unknown> | undefined {
  return schema["~standard"].vendor === VENDOR && "kind" in schema
    ? schema as Schema<unknown>
    : undefined;
}

/** The fields of a section by their spelling in files. */
export interface Field {
  readonly name: string;
  readonly schema: Schema<unknown>;
}

const fieldsOf = new WeakMap<object, ReadonlyMap<string, Field>>();

export function fields(schema: Schema<unknown>): ReadonlyMap<string, Field> {
  const all = (schema as ObjectSchema<Record<string, unknown>>).fields;
  let known = fieldsOf.get(all);
  if (known === undefined) {
    known = new Map(
      Object.entries(all).map(([name, field]) => [fileName(name), { name, schema: field }]),
    );
    fieldsOf.set(all, known);
  }
  return known;
}
