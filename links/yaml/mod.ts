/**
 * Stand-in for jsr:@std/yaml where JSR can't be reached: the same code, from
 * npm, with the types that the npm package lacks. Never published.
 *
 * @module
 */
import * as std from "npm:deno-std@1.4.0/yaml/mod.js";

export type SchemaType = "failsafe" | "json" | "core" | "default" | "extended";

export interface ParseOptions {
  allowDuplicateKeys?: boolean;
  schema?: SchemaType;
  onWarning?(error: Error): void;
}

export interface StringifyOptions {
  indent?: number;
  arrayIndent?: boolean;
  skipInvalid?: boolean;
  flowLevel?: number;
  schema?: SchemaType;
  sortKeys?: boolean | ((a: string, b: string) => number);
  lineWidth?: number;
  useAnchors?: boolean;
  compatMode?: boolean;
  condenseFlow?: boolean;
}

export const parse: (content: string, options?: ParseOptions) => unknown = std.parse;
export const parseAll: (content: string, options?: ParseOptions) => unknown = std.parseAll;
export const stringify: (data: unknown, options?: StringifyOptions) => string = std.stringify;
