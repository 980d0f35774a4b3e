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

/** Options of {@link stringSchema}. */
export interface StringSchemaOptions extends SchemaOptions {
  /** Least length in UTF-16 units. */
  readonly min?: number;
  /** Greatest length in UTF-16 units. */
  readonly max?: number;
  /** What the string must match. */
  readonly pattern?: RegExp;
  /**
   * What is right, in words that follow "must be": `a label of a host name`.
   *
   * @default {a string that matches the pattern}
   */
  readonly expected?: string;
}

/**
 * A string.
 *
 * @example
 * ```ts
 * import { stringSchema } from "@oprc/config";
 *
 * const keyPrefix = stringSchema({ default: "/oaas", pattern: /^\// });
 * console.log(keyPrefix.default);
 * ```
 *
 * @param options Its rules; without a default some layer must set it.
 */
export function stringSchema(
  options: StringSchemaOptions & OptionalSetting,
): Schema<string | undefined>;
/** A string that always has a value. */
export function stringSchema(
  options?: StringSchemaOptions & RequiredSetting<string>,
): Schema<string>;
export function stringSchema(
  options: StringSchemaOptions & (OptionalSetting | RequiredSetting<string>) = {},
): Schema<string | undefined> {
  return makeSchema("string", options) as Schema<string | undefined>;
}

/** Options of {@link integerSchema} and {@link numberSchema}. */
export interface NumberSchemaOptions extends SchemaOptions {
  /** Least value. */
  readonly min?: number;
  /** Greatest value. */
  readonly max?: number;
}

/**
 * An integer that a double can hold exactly.
 *
 * @param options Its rules; without a default some layer must set it.
 */
export function integerSchema(
  options: NumberSchemaOptions & OptionalSetting,
): Schema<number | undefined>;
/** An integer that always has a value. */
export function integerSchema(
  options?: NumberSchemaOptions & RequiredSetting<number>,
): Schema<number>;
export function integerSchema(
  options: NumberSchemaOptions & (OptionalSetting | RequiredSetting<number>) = {},
): Schema<number | undefined> {
  return makeSchema("integer", options) as Schema<number | undefined>;
}

/**
 * A finite number.
 *
 * @param options Its rules; without a default some layer must set it.
 */
export function numberSchema(
  options: NumberSchemaOptions & OptionalSetting,
): Schema<number | undefined>;
/** A number that always has a value. */
export function numberSchema(
  options?: NumberSchemaOptions & RequiredSetting<number>,
): Schema<number>;
export function numberSchema(
  options: NumberSchemaOptions & (OptionalSetting | RequiredSetting<number>) = {},
): Schema<number | undefined> {
  return makeSchema("number", options) as Schema<number | undefined>;
}

/**
 * `true` or `false`; in variables and arguments also `1` and `0`.
 *
 * @param options Its rules; without a default some layer must set it.
 */
export function booleanSchema(options: SchemaOptions & OptionalSetting): Schema<
  boolean | undefined
>;
/** A boolean that always has a value. */
export function booleanSchema(
  options?: SchemaOptions & RequiredSetting<boolean>,
): Schema<boolean>;
export function booleanSchema(
  options: SchemaOptions & (OptionalSetting | RequiredSetting<boolean>) = {},
): Schema<boolean | undefined> {
  return makeSchema("boolean", options) as Schema<boolean | undefined>;
}

/**
 * One of some words.
 *
 * @example
 * ```ts
 * import { enumSchema, type Infer } from "@oprc/config";
 *
 * const level = enumSchema(["debug", "info", "warn"], { default: "info" });
 * const value: Infer<typeof level> = "warn";
 * console.log(value);
 * ```
 *
 * @typeParam V The words.
 * @param values The words, at least one.
 * @param options Its rules; without a default some layer must set it.
 */
export function enumSchema<const V extends string>(
  values: readonly V[],
  options: SchemaOptions & OptionalSetting,
): Schema<V | undefined>;
/** A word that always has a value. */
export function enumSchema<const V extends string>(
  values: readonly V[],
  options?: SchemaOptions & RequiredSetting<NoInfer<V>>,
): Schema<V>;
export function enumSchema<const V extends string>(
  values: readonly V[],
  options: SchemaOptions & (OptionalSetting | RequiredSetting<V>) = {},
): Schema<V | undefined> {
  if (values.length === 0) throw new TypeError("Cannot make an enum schema: it has no values");
  return makeSchema("enum", { ...options, values: [...values] }) as Schema<V | undefined>;
}

/** Options of {@link urlSchema}. */
export interface UrlSchemaOptions extends SchemaOptions {
  /**
   * The schemes allowed, without the colon: `["http", "https"]`.
   *
   * @default {any scheme}
   */
  readonly protocols?: readonly string[];
}

/**
 * An absolute URL, kept as the string that was given.
 *
 * @param options Its rules; without a default some layer must set it.
 */
export function urlSchema(options: UrlSchemaOptions & OptionalSetting): Schema<string | undefined>;
/** A URL that always has a value. */
export function urlSchema(options?: UrlSchemaOptions & RequiredSetting<string>): Schema<string>;
export function urlSchema(
  options: UrlSchemaOptions & (OptionalSetting | RequiredSetting<string>) = {},
): Schema<string | undefined> {
  return makeSchema("url", options) as Schema<string | undefined>;
}

/**
 * A duration: the value is a whole number of milliseconds. It's written `30s`,
 * `250ms`, `1m30s`, `2h` or `1d` in files, variables and code, or as a plain
 * number of milliseconds.
 *
 * @example
 * ```ts
 * import { durationSchema, loadConfig, objectSchema } from "@oprc/config";
 *
 * const schema = objectSchema({ timeoutMs: durationSchema({ default: 3000, min: 1 }) });
 * const { timeoutMs } = await loadConfig(schema, { env: { OAAS_TIMEOUT_MS: "1m30s" } });
 * console.log(timeoutMs); // 90000
 * ```
 *
 * @param options Its rules, in milliseconds; without a default some layer must set it.
 */
export function durationSchema(
  options: NumberSchemaOptions & OptionalSetting,
): Schema<number | undefined>;
/** A duration that always has a value. */
export function durationSchema(
  options?: NumberSchemaOptions & RequiredSetting<number>,
): Schema<number>;
export function durationSchema(
  options: NumberSchemaOptions & (OptionalSetting | RequiredSetting<number>) = {},
): Schema<number | undefined> {
  return makeSchema("duration", options) as Schema<number | undefined>;
}

/**
 * A size: the value is a whole number of bytes. It's written `64MiB` or `64Mi`
 * (powers of 1024), `10MB` or `10M` (powers of 1000), or as a plain number of
 * bytes.
 *
 * @example
 * ```ts
 * import { loadConfig, objectSchema, sizeSchema } from "@oprc/config";
 *
 * const schema = objectSchema({ maxBodyBytes: sizeSchema({ default: 4 * 1024 * 1024 }) });
 * const { maxBodyBytes } = await loadConfig(schema, { env: { OAAS_MAX_BODY_BYTES: "64MiB" } });
 * console.log(maxBodyBytes); // 67108864
 * ```
 *
 * @param options Its rules, in bytes; without a default some layer must set it.
 */
export function sizeSchema(
  options: NumberSchemaOptions & OptionalSetting,
): Schema<number | undefined>;
/** A size that always has a value. */
export function sizeSchema(
  options?: NumberSchemaOptions & RequiredSetting<number>,
): Schema<number>;
export function sizeSchema(
  options: NumberSchemaOptions & (OptionalSetting | RequiredSetting<number>) = {},
): Schema<number | undefined> {
  return makeSchema("size", options) as Schema<number | undefined>;
}

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
