/**
 * The rules of the platform's messages: making, checking, reading and writing
 * them. The messages themselves are those of `@oprc/proto`; every function takes
 * the schema of one.
 *
 * @example Read a package and see what is wrong with it
 * ```ts
 * import { fromYaml, isValidationError } from "@oprc/models";
 * import { OPackageSchema } from "@oprc/proto/package";
 *
 * try {
 *   await fromYaml(OPackageSchema, `
 * name: images
 * functions:
 *   - { key: resize, name: Resize, package: image, runtime: deno, handler: mod.ts }
 * `);
 * } catch (error) {
 *   if (!isValidationError(error)) throw error;
 *   for (const { line, code, message } of error.issues) console.log(line, code, message);
 * }
 * ```
 *
 * @module
 */
export { createModel, withDefaults } from "./create.ts";
export type { IssueCode, ValidationIssue } from "./issue.ts";
export { fromJson, fromJsonValue, toJson, toJsonValue } from "./json.ts";
export type { ReadOptions, ToJsonOptions } from "./json.ts";
export { jsonSchema } from "./json_schema.ts";
export type { JsonSchema, JsonSchemaOptions } from "./json_schema.ts";
export { dependentsOf, lintPackages } from "./lint.ts";
export type { LintCode, LintIssue, LintOptions } from "./lint.ts";
export { toJsonPointer } from "./pointer.ts";
export { compareQuantities, formatQuantity, parseQuantity } from "./quantity.ts";
export type { Quantity, QuantityFormat } from "./quantity.ts";
export { standardSchema } from "./standard_schema.ts";
export type { StandardIssue, StandardResult, StandardSchemaV1 } from "./standard_schema.ts";
export { fromTimestamp, toTimestamp } from "./timestamp.ts";
export { assertValid, validate } from "./validate.ts";
export { isValidationError, ValidationError } from "./validation_error.ts";
export { fromYaml, toYaml } from "./yaml.ts";
