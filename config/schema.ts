import type { StandardSchemaV1 } from "./standard_schema.ts";

/** The kinds of setting that a {@link Schema} describes. */
export type SchemaKind =
  | "string"
  | "integer"
  | "number"
  | "boolean"
  | "duration"
  | "size"
  | "enum"
  | "url"
  | "list"
  | "map"
  | "object";

/**
 * A setting: its type, its rules, its default. Plain data that is also a
 * Standard Schema v1, made by the builders of this package.
 *
 * @typeParam T The type of the value.
 */
export interface Schema<out T> extends StandardSchemaV1<unknown, T> {
  /** The kind of setting. */
  readonly kind: SchemaKind;
  /** What the setting does, for people. */
  readonly description?: string;
  /** Whether the value must never be printed; by its name when not given. */
  readonly secret?: boolean;
  /** Whether the setting may be left out and has no default. */
  readonly optional: boolean;
  /** The value when no layer sets one. */
  readonly default?: T;
  /** Least number, length of a string or count of a list or map. */
  readonly min?: number;
  /** Greatest number, length of a string or count of a list or map. */
  readonly max?: number;
  /** What a string must match. */
  readonly pattern?: RegExp;
  /** What is right, in words that follow "must be"; said in place of the rules. */
  readonly expected?: string;
  /** The values of an enum. */
  readonly values?: readonly string[];
  /** The schemes of a URL, without the colon. */
  readonly protocols?: readonly string[];
  /** The items of a list, the values of a map. */
  readonly item?: Schema<unknown>;
}

/** The fields of a section, by their names in TypeScript. */
export type SchemaFields = Readonly<Record<string, Schema<unknown>>>;

/** One problem that a rule over a whole section finds. */
export interface RuleIssue {
  /** The field, from the section, by names in TypeScript. */
  readonly path: readonly string[];
  /** What is right and what was found instead; without secrets. */
  readonly message: string;
}

/** Reads a file as text, for rules: `undefined` when there is none, an error when it can't be read. */
export type FileReader = (path: string) => Promise<string | undefined>;

/**
 * A section: fields under names.
 *
 * @typeParam T The type of the section, with a property a field.
 */
export interface ObjectSchema<out T> extends Schema<T> {
  /** Always `object`. */
  readonly kind: "object";
  /** The schema of each field. Spread it into another `objectSchema` to extend the section. */
  readonly fields: { readonly [K in keyof NonNullable<T>]-?: Schema<NonNullable<T>[K]> };
  /** The rule over the whole section. */
  readonly rule?: (value: unknown) => readonly RuleIssue[];
  /** The rule over the files that the section names; only a loader asks it. */
  readonly fileRule?: (value: unknown, read: FileReader) => Promise<readonly RuleIssue[]>;
}

/** What every setting can say about itself. */
export interface SchemaOptions {
  /** What the setting does, for people. */
  readonly description?: string;
  /**
   * Whether the value must never be printed.
   *
   * @default {true for names such as password, token or secret}
   */
  readonly secret?: boolean;
}

/** Options that make a setting one that may be left out. */
export interface OptionalSetting {
  /** The value may be left out, and is `undefined` then. */
  readonly optional: true;
  /** An optional setting has no default. */
  readonly default?: undefined;
}

/**
 * Options that make a setting one that always has a value.
 *
 * @typeParam T The type of the value.
 */
export interface RequiredSetting<T> {
  /** Not optional: without a default, some layer must set the value. */
  readonly optional?: false;
  /** The value when no layer sets one. */
  readonly default?: T;
}
