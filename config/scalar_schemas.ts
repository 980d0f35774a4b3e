import { makeSchema } from "./_make.ts";
import type { OptionalSetting, RequiredSetting, Schema, SchemaOptions } from "./schema.ts";

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
