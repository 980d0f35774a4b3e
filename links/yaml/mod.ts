/**
 * Stand-in for jsr:@std/yaml where JSR can't be reached: the same code, from
 * npm, with the types that the npm package lacks. Never published.
 *
 * @module
 */
import * as std from "npm:deno-std@1.4.0/yaml/stringify.js";
import type { SchemaType } from "./parse.ts";

export { parse, parseAll, type ParseOptions, type SchemaType } from "./parse.ts";

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

export const stringify: (data: unknown, options?: StringifyOptions) => string = std.stringify;
