/**
 * The wire contract of the platform: the messages, enums and services of its
 * five .proto files, generated for `@bufbuild/protobuf`.
 *
 * Each file has an entry point of its own (`@oprc/proto/package`); this one
 * holds a namespace for each (`package_` with the underscore that JavaScript asks for).
 *
 * @example Make a package
 * ```ts
 * import { create } from "@bufbuild/protobuf";
 * import { OPackageSchema } from "@oprc/proto/package";
 *
 * const pkg = create(OPackageSchema, { name: "images", version: "1.0.0" });
 * ```
 *
 * @module
 */
export * as common from "./common.ts";
export * as deployment from "./deployment.ts";
export * as health from "./health.ts";
export * as package_ from "./package.ts";
export * as runtime from "./runtime.ts";
