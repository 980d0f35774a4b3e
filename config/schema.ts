/**
 * Schemas: what they are, the builders that make them, and the documents made of them. Why they
 * stand in one file is said in `values.ts`.
 */
import type {
  Infer,
  StandardSchemaProps,
  StandardSchemaResult,
  StandardSchemaV1,
} from "./standard_schema.ts";
import {
  assertFieldNames,
  check,
  checkScalar,
  DURATION,
  expectation,
  fields,
  formatDuration,
  formatPath,
  formatSize,
  fromValue,
  holdsSecret,
  isSecret,
  MAX_VALUES,
  type Origin,
  type Path,
  Problems,
  REST,
  Secrets,
  SIZE,
  TooLarge,
  variableName,
} from "./values.ts";

// --- What a schema is

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

// --- The builders

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

// --- Making a schema of ours a Standard Schema, and knowing it again

const VENDOR = "@oprc/config";

/** The schema as one of ours, also of another copy of this package. */
export function asNative(schema: StandardSchemaV1): Schema<unknown> | undefined {
  return schema["~standard"].vendor === VENDOR && "kind" in schema
    ? schema as Schema<unknown>
    : undefined;
}

/** The settings inside a list, a map or a section. */
type Inside = { readonly item?: Schema<unknown>; readonly fields?: SchemaFields };

/** What a builder says about its schema; the rest is the same for all. */
type Parts =
  & Omit<Schema<unknown>, keyof Inside | "~standard" | "kind" | "optional" | "default">
  & { readonly optional?: boolean; readonly default?: unknown };

let vouched = false;

/**
 * Says whether a test has found right what is made from here on, and answers what held
 * before. The schemas of this package are made at each start, and looking at what never
 * changes takes a while there; making them in a function would have it compiled twice.
 */
export function vouch(right: boolean): boolean {
  const before = vouched;
  vouched = right;
  return before;
}

/** What makes a schema a Standard Schema. */
function standard<T>(schema: () => Schema<T>): StandardSchemaProps<unknown, T> {
  return {
    version: 1,
    vendor: VENDOR,
    validate: (value) => validate(schema(), value) as StandardSchemaResult<T>,
  };
}

/** A schema from its parts. The builder vouches for the type. */
export function makeSchema(kind: SchemaKind, parts: Parts, inside?: Inside): Schema<unknown> {
  // Schemas are made at each start: one copy, and the checks only where there is something to check.
  const schema: Schema<unknown> = Object.freeze({
    ...parts,
    ...(parts.secret && inside ? secretInside(inside) : inside),
    kind,
    optional: parts.optional ?? false,
    "~standard": standard(() => schema),
  });
  if (!vouched) assertSensible(schema);
  return schema;
}

/**
 * A section of this package that few configurations have: its fields are made when somebody
 * first looks at them, so that a start without it doesn't wait for them.
 */
export function makeLater<F extends SchemaFields>(
  make: () => F,
  options: ObjectSchemaOptions<InferFields<F>> & { readonly optional: true },
): ObjectSchema<InferFields<F> | undefined>;
export function makeLater<F extends SchemaFields>(
  make: () => F,
  options: ObjectSchemaOptions<InferFields<F>> & { readonly optional?: false },
): ObjectSchema<InferFields<F>>;
export function makeLater(
  make: () => SchemaFields,
  options: SchemaOptions & { readonly optional?: boolean },
): Schema<unknown> {
  let made: SchemaFields | undefined;
  const schema: Schema<unknown> = Object.freeze({
    ...options,
    kind: "object",
    optional: options.optional ?? false,
    get fields() {
      if (made === undefined) {
        const before = vouch(true);
        made = Object.freeze(make());
        vouch(before);
      }
      return made;
    },
    "~standard": standard(() => schema),
  });
  return schema;
}

/** Refuses names of fields, bounds and a default that contradict the schema itself. */
function assertSensible(schema: Schema<unknown>): void {
  if (schema.kind === "object") assertFieldNames(schema);
  const { min, max } = schema;
  if (min !== undefined && max !== undefined && min > max) {
    throw new RangeError(`Cannot make a schema: min ${min} is above max ${max}`);
  }
  if (schema.default === undefined) return;
  if (schema.optional) {
    throw new TypeError("Cannot make a schema: an optional setting has no default");
  }
  // The common case, without the ways of a whole check.
  const scalar = schema.kind !== "object" && schema.item === undefined;
  if (scalar && "value" in checkScalar(schema, schema.default)) return;
  // By another way than a load's, for which a value equal to the default is right.
  const problem = validate({ ...schema, default: undefined }, schema.default).issues?.[0]?.message;
  if (problem !== undefined) throw new TypeError(`Cannot make a schema: the default ${problem}`);
}

/** Marks what a secret list, map or section holds, unless it says otherwise itself. */
function secretInside({ item, fields }: Inside): Inside {
  return {
    ...(item ? { item: secret(item) } : {}),
    ...(fields
      ? {
        fields: Object.freeze(Object.fromEntries(
          Object.entries(fields).map(([name, field]) => [name, secret(field)]),
        )),
      }
      : {}),
  };
}

function secret(schema: Schema<unknown>): Schema<unknown> {
  if (schema.secret !== undefined) return schema;
  const { kind, item, fields, ...parts } = schema as Schema<unknown> & Inside;
  const inside = { ...(item ? { item } : {}), ...(fields ? { fields } : {}) };
  return makeSchema(kind, { ...parts, secret: true }, inside);
}

const ORIGIN: Origin = { source: { layer: "overrides", name: "" }, at: [] };

function validate(schema: Schema<unknown>, value: unknown): StandardSchemaResult<unknown> {
  const problems = new Problems();
  let result: unknown;
  try {
    const node = fromValue(schema, value, ORIGIN, [], {
      problems,
      root: schema,
      budget: { left: MAX_VALUES },
    });
    result = check(schema, node, [], ORIGIN, {
      problems,
      secrets: new Secrets(),
      prefix: undefined,
    });
  } catch (error) {
    if (!(error instanceof TooLarge)) throw error;
    return { issues: [{ message: error.message, path: [] }] };
  }
  if (problems.list.length === 0) return { value: result };
  return { issues: problems.list.map(({ message, path }) => ({ message, path })) };
}

// --- A schema as a `.env.example`

/** Options of {@link toEnvExample}. */
export interface EnvExampleOptions {
  /**
   * What the names of variables begin with, before an underscore.
   *
   * @default {"OAAS"}
   */
  readonly envPrefix?: string;
  /**
   * The settings that files of the program give already, as files spell them:
   * `["service_name"]`. They stand behind a `#`, so that a copy of the text
   * doesn't empty them.
   *
   * @default {[]}
   */
  readonly given?: readonly string[];
}

/**
 * The text of a `.env.example`: every variable of a schema with what it does,
 * what is right, and its default. What must be set stands ready to be filled
 * in, everything else behind a `#`.
 *
 * @example
 * ```ts
 * import { serviceConfigSchema, toEnvExample } from "@oprc/config";
 *
 * const text = toEnvExample(serviceConfigSchema);
 * console.log(text.includes("# OAAS_SERVER__PORT=8080")); // true
 * ```
 *
 * @param schema A schema of this package, of a section.
 * @param options The prefix of the variables, and what needn't be set.
 */
export function toEnvExample(
  schema: Schema<unknown>,
  { envPrefix = "OAAS", given = [] }: EnvExampleOptions = {},
): string {
  const lines = [
    "# Settings as variables. Copy this file to .env and set what you need; a variable of",
    "# the process wins over .env.",
  ];
  walk(schema, [], undefined, { prefix: envPrefix, given: new Set(given), lines });
  return lines.join("\n") + "\n";
}

interface Sheet {
  readonly prefix: string;
  readonly given: ReadonlySet<string>;
  readonly lines: string[];
}

function walk(schema: Schema<unknown>, path: Path, within: Path | undefined, sheet: Sheet): void {
  if (schema.kind !== "object") return setting(schema, path, within, sheet);
  if (path.length > 0) {
    const about = schema.description === undefined ? "" : `: ${schema.description}`;
    sheet.lines.push("", `# --- ${formatPath(path)}${about}`);
  }
  const optional = schema.optional ? path : within;
  // What stands alone goes before sections, so that nobody takes it for a part of one.
  const known = [...fields(schema)];
  for (const sections of [false, true]) {
    for (const [name, field] of known) {
      const isSection = field.schema.kind === "object";
      if (isSection === sections) walk(field.schema, [...path, name], optional, sheet);
    }
  }
}

function setting(schema: Schema<unknown>, path: Path, within: Path | undefined, sheet: Sheet) {
  const name = variableName(sheet.prefix, path)!;
  const secret = isSecret(schema, path);
  const required = !schema.optional && schema.default === undefined;
  const notes = [`${expectation(schema)}${howWritten(schema)}`];
  const ready = sheet.given.has(formatPath(path));
  if (ready) notes.push("given in the files");
  else if (required) {
    notes.push(within === undefined ? "required" : `required with ${formatPath(within)}`);
  }
  if (schema.optional) notes.push("optional");
  if (secret) notes.push(`a secret; ${name}_FILE may name a file that holds it`);
  const about = schema.description === undefined ? "" : `${oneLine(schema.description)}: `;
  const shown = schema.default === undefined || holdsSecret(schema, path)
    ? ""
    : quote(asText(schema, schema.default));
  const off = required && within === undefined && !ready ? "" : "# ";
  sheet.lines.push("", `# ${about}${notes.map(oneLine).join("; ")}`, `${off}${name}=${shown}`);
}

function howWritten(schema: Schema<unknown>): string {
  if (schema.kind === "map") return " as a JSON object";
  return schema.kind === "list" ? ", as a,b or as a JSON array" : "";
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ");
}

/** A value as a variable gives it. */
function asText(schema: Schema<unknown>, value: unknown): string {
  switch (schema.kind) {
    case "duration":
      return formatDuration(value as number);
    case "size":
      return formatSize(value as number);
    case "list": {
      const items = (value as readonly unknown[]).map((item) =>
        // What would stand for the layers below must be told from it.
        typeof item === "string" && /^\\*\.\.\.$/.test(item) ? `\\${item}` : item
      );
      const plain = items.every((item) => /^[\w./:@+-]+$/.test(String(item)));
      return plain ? items.join(",") : asJson(items);
    }
    case "map":
      return asJson(value);
    default:
      return String(value);
  }
}

/** JSON that single quotes can hold. */
function asJson(value: unknown): string {
  return JSON.stringify(value).replaceAll("'", "\\u0027");
}

/** A text as a `.env` file holds it; nothing for one that no quotes can hold. */
function quote(text: string): string {
  if (/^[\w./:,@+-]*$/.test(text)) return text;
  if (!text.includes("'")) return `'${text}'`;
  return /["\\]/.test(text) ? "" : `"${text}"`;
}

// --- A schema as a JSON Schema

/** A JSON Schema, as data to be written to a file. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** Options of {@link jsonSchema}. */
export interface JsonSchemaOptions {
  /**
   * Whether the schema describes a whole configuration, such as the values
   * file of a Helm chart: required settings are required then, and neither
   * `${NAME}` nor `...` is known. Otherwise it describes one file of several,
   * in which nothing is required.
   *
   * @default {false}
   */
  readonly complete?: boolean;
  /** The title, for people. */
  readonly title?: string;
}

/** Text that holds a reference, which becomes anything once it's replaced. */
const REFERENCE: JsonSchema = { type: "string", pattern: "\\$\\{" };

/**
 * A JSON Schema (2020-12) of the files of a configuration, for editors and CI.
 * Settings stand under their spelling in files. What only a loader can know,
 * such as a rule over a section, is left to it; what the schema refuses, the
 * loader refuses too, except for the camelCase spelling of keys.
 *
 * @example For editors: `# yaml-language-server: $schema=./config.schema.json`
 * ```ts
 * import { jsonSchema, serviceConfigSchema } from "@oprc/config";
 *
 * const text = JSON.stringify(jsonSchema(serviceConfigSchema), null, 2);
 * console.log(text.includes('"service_name"')); // true
 * ```
 *
 * @param schema A schema of this package.
 * @param options Whether it describes a whole configuration.
 */
export function jsonSchema(
  schema: Schema<unknown>,
  { complete = false, title }: JsonSchemaOptions = {},
): JsonSchema {
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    ...(title === undefined ? {} : { title }),
    ...describe(schema, [], complete),
  };
}

function describe(schema: Schema<unknown>, path: Path, complete: boolean): JsonSchema {
  const secret = isSecret(schema, path);
  const shown = schema.default !== undefined && !holdsSecret(schema, path);
  return {
    ...(schema.description === undefined ? {} : { description: schema.description }),
    ...rules(schema, path, complete),
    ...(shown ? { default: inFile(schema, schema.default) } : {}),
    ...(secret && !isContainer(schema) ? { writeOnly: true } : {}),
  };
}

function rules(schema: Schema<unknown>, path: Path, complete: boolean): JsonSchema {
  switch (schema.kind) {
    case "object":
      return section(schema, path, complete);
    case "map":
      return {
        type: complete ? "object" : ["object", "null"],
        additionalProperties: describe(schema.item!, [...path, "*"], complete),
        ...(complete ? counts(schema, "Properties") : {}),
      };
    case "list": {
      const items = describe(schema.item!, [...path, 0], complete);
      if (complete) return { type: "array", items, ...counts(schema, "Items") };
      // How many there are is known only when all the layers are.
      return anyOf({ type: "array", items: anyOf(items, { const: REST }) }, REFERENCE);
    }
    default: {
      const own = scalar(schema);
      const taken = own.type === "string" && Object.keys(own).length === 1;
      return complete || taken ? own : anyOf(own, REFERENCE);
    }
  }
}

function section(schema: Schema<unknown>, path: Path, complete: boolean): JsonSchema {
  const known = [...fields(schema)];
  const required = known.filter(([, field]) => isRequired(field.schema)).map(([name]) => name);
  return {
    type: complete || path.length === 0 ? "object" : ["object", "null"],
    properties: Object.fromEntries(
      known.map(([name, field]) => [name, describe(field.schema, [...path, name], complete)]),
    ),
    additionalProperties: false,
    ...(complete && required.length > 0 ? { required } : {}),
  };
}

/** Whether a whole configuration must mention a setting. */
function isRequired(schema: Schema<unknown>): boolean {
  if (schema.optional || schema.default !== undefined) return false;
  if (schema.kind !== "object") return true;
  return [...fields(schema).values()].some((field) => isRequired(field.schema));
}

function scalar(schema: Schema<unknown>): JsonSchema {
  switch (schema.kind) {
    case "string":
      return { type: "string", ...counts(schema, "Length"), ...pattern(schema.pattern) };
    case "enum":
      return { enum: schema.values };
    case "url": {
      const schemes = schema.protocols?.map((name) => name.replace(/[.+]/g, "\\$&"));
      return {
        type: "string",
        format: "uri",
        ...(schemes === undefined ? {} : { pattern: `^(?:${schemes.join("|")}):` }),
      };
    }
    case "boolean":
      return { type: "boolean" };
    case "duration":
      return anyOf(bounded("integer", schema, 0), { type: "string", pattern: DURATION });
    case "size":
      return anyOf(bounded("integer", schema, 0), { type: "string", pattern: SIZE });
    default:
      return bounded(schema.kind, schema);
  }
}

function bounded(type: string, { min, max }: Schema<unknown>, least?: number): JsonSchema {
  const minimum = min ?? least;
  return {
    type,
    ...(minimum === undefined ? {} : { minimum }),
    ...(max === undefined ? {} : { maximum: max }),
  };
}

function counts({ min, max }: Schema<unknown>, what: string): JsonSchema {
  return {
    ...(min === undefined ? {} : { [`min${what}`]: min }),
    ...(max === undefined ? {} : { [`max${what}`]: max }),
  };
}

/** The pattern, where JSON Schema can say it: it has no flags, and reads all as with `u`. */
function pattern(given: RegExp | undefined): JsonSchema {
  if (given === undefined || /[imsv]/.test(given.flags)) return {};
  try {
    new RegExp(given.source, "u");
  } catch {
    return {};
  }
  return { pattern: given.source };
}

function anyOf(...choices: readonly JsonSchema[]): JsonSchema {
  return {
    anyOf: choices.flatMap((choice) => {
      const { anyOf: inner, ...rest } = choice as { anyOf?: readonly JsonSchema[] };
      return inner !== undefined && Object.keys(rest).length === 0 ? inner : [choice];
    }),
  };
}

function isContainer({ kind }: Schema<unknown>): boolean {
  return kind === "object" || kind === "map" || kind === "list";
}

/** A default under the names that files have. */
function inFile(schema: Schema<unknown> | undefined, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => inFile(schema?.item, item));
  if (typeof value !== "object" || value === null) return value;
  const given = value as Readonly<Record<string, unknown>>;
  if (schema?.kind === "map") {
    return Object.fromEntries(
      Object.entries(given).map(([key, item]) => [key, inFile(schema.item, item)]),
    );
  }
  if (schema?.kind !== "object") return value;
  return Object.fromEntries(
    [...fields(schema)].filter(([, field]) => given[field.name] !== undefined)
      .map(([name, field]) => [name, inFile(field.schema, given[field.name])]),
  );
}
