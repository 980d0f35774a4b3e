import { makeSchema } from "./_make.ts";
import type {
  FileReader,
  ObjectSchema,
  OptionalSetting,
  RequiredSetting,
  RuleIssue,
  Schema,
  SchemaFields,
  SchemaOptions,
} from "./schema.ts";
import type { Infer } from "./standard_schema.ts";

/** Options of {@link listSchema} and {@link mapSchema}. */
export interface ContainerSchemaOptions extends SchemaOptions {
  /** Least count of values. */
  readonly min?: number;
  /** Greatest count of values. */
  readonly max?: number;
}

/**
 * A list of values of one type. In a variable or argument it's written `a,b`
 * or as a JSON array.
 *
 * @example
 * ```ts
 * import { listSchema, urlSchema } from "@oprc/config";
 *
 * const endpoints = listSchema(urlSchema(), { min: 1 });
 * console.log(endpoints.kind);
 * ```
 *
 * @typeParam T The type of one value.
 * @param item The schema of one value.
 * @param options Its rules; without a default some layer must set it.
 */
export function listSchema<T>(
  item: Schema<T>,
  options: ContainerSchemaOptions & OptionalSetting,
): Schema<readonly T[] | undefined>;
/** A list that always has a value. */
export function listSchema<T>(
  item: Schema<T>,
  options?: ContainerSchemaOptions & RequiredSetting<readonly NoInfer<T>[]>,
): Schema<readonly T[]>;
export function listSchema<T>(
  item: Schema<T>,
  options: ContainerSchemaOptions & (OptionalSetting | RequiredSetting<readonly T[]>) = {},
): Schema<readonly T[] | undefined> {
  return makeSchema("list", options, { item }) as Schema<readonly T[] | undefined>;
}

/**
 * Values of one type under keys that the user chooses. In a variable or
 * argument it's written as a JSON object.
 *
 * @example
 * ```ts
 * import { mapSchema, objectSchema, urlSchema } from "@oprc/config";
 *
 * const clusters = mapSchema(objectSchema({ url: urlSchema() }));
 * console.log(clusters.kind);
 * ```
 *
 * @typeParam T The type of one value.
 * @param item The schema of one value.
 * @param options Its rules; without a default some layer must set it.
 */
export function mapSchema<T>(
  item: Schema<T>,
  options: ContainerSchemaOptions & OptionalSetting,
): Schema<Readonly<Record<string, T>> | undefined>;
/** A map that always has a value. */
export function mapSchema<T>(
  item: Schema<T>,
  options?: ContainerSchemaOptions & RequiredSetting<Readonly<Record<string, NoInfer<T>>>>,
): Schema<Readonly<Record<string, T>>>;
export function mapSchema<T>(
  item: Schema<T>,
  options:
    & ContainerSchemaOptions
    & (OptionalSetting | RequiredSetting<Readonly<Record<string, T>>>) = {},
): Schema<Readonly<Record<string, T>> | undefined> {
  return makeSchema("map", options, { item }) as Schema<
    Readonly<Record<string, T>> | undefined
  >;
}

/** Names whose value may be left out. */
export type OptionalNames<F extends SchemaFields> = {
  [K in keyof F]: undefined extends Infer<F[K]> ? K : never;
}[keyof F];

/** The type of a section with these fields. */
export type InferFields<F extends SchemaFields> =
  & { readonly [K in Exclude<keyof F, OptionalNames<F>>]: Infer<F[K]> }
  & { readonly [K in OptionalNames<F>]?: Infer<F[K]> };

/**
 * Options of {@link objectSchema}.
 *
 * @typeParam T The type of the section.
 */
export interface ObjectSchemaOptions<T> extends SchemaOptions {
  /** A rule over the whole section, asked once all its fields are right. */
  readonly rule?: (value: T) => readonly RuleIssue[];
  /**
   * A rule that needs the files which the section names. Asked by a loader
   * once all the section's fields are right, with the loader's own reader;
   * left out where a schema is used without a loader, and where the loader's
   * `checkFiles` is `false`.
   */
  readonly fileRule?: (value: T, read: FileReader) => Promise<readonly RuleIssue[]>;
}

/**
 * A section: fields under names, camelCase here and snake_case in files and
 * variables. A key that is no field is an error.
 *
 * @example A program's own settings beside the platform's
 * ```ts
 * import { mapSchema, objectSchema, serviceConfigSchema, urlSchema } from "@oprc/config";
 *
 * const schema = objectSchema({
 *   ...serviceConfigSchema.fields,
 *   clusters: mapSchema(objectSchema({ url: urlSchema() }), { default: {} }),
 * });
 * console.log(Object.keys(schema.fields));
 * ```
 *
 * @typeParam F The fields.
 * @param fields The schema of each field, by its name in TypeScript.
 * @param options Its rules. A section that isn't optional is there even when no
 * layer mentions it, and its fields take their defaults.
 */
export function objectSchema<F extends SchemaFields>(
  fields: F,
  options: ObjectSchemaOptions<InferFields<F>> & { readonly optional: true },
): ObjectSchema<InferFields<F> | undefined>;
/** A section that is always there. */
export function objectSchema<F extends SchemaFields>(
  fields: F,
  options?: ObjectSchemaOptions<InferFields<F>> & { readonly optional?: false },
): ObjectSchema<InferFields<F>>;
export function objectSchema<F extends SchemaFields>(
  fields: F,
  options: ObjectSchemaOptions<InferFields<F>> & { readonly optional?: boolean } = {},
): ObjectSchema<InferFields<F> | undefined> {
  const own = Object.isFrozen(fields) ? fields : Object.freeze({ ...fields });
  return makeSchema("object", options as SchemaOptions, { fields: own }) as ObjectSchema<
    InferFields<F> | undefined
  >;
}
