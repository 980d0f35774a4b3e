/**
 * Stand-in for jsr:@std/yaml/parse, which loads nothing of what writes YAML.
 *
 * @module
 */
import * as std from "npm:deno-std@1.4.0/yaml/parse.js";

export type SchemaType = "failsafe" | "json" | "core" | "default" | "extended";

export interface ParseOptions {
  allowDuplicateKeys?: boolean;
  schema?: SchemaType;
  onWarning?(error: Error): void;
}

export const parse: (content: string, options?: ParseOptions) => unknown = std.parse;
export const parseAll: (content: string, options?: ParseOptions) => unknown = std.parseAll;
