import { makeSchema } from "./_make.ts";
import type { NumberSchemaOptions } from "./scalar_schemas.ts";
import type { OptionalSetting, RequiredSetting, Schema } from "./schema.ts";

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
  return makeSchema({ ...options, kind: "duration" }) as Schema<number | undefined>;
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
  return makeSchema({ ...options, kind: "size" }) as Schema<number | undefined>;
}
