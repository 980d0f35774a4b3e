import { REST } from "./_normalize.ts";
import type { Schema } from "./schema.ts";
import { holdsSecret, isSecret } from "./_redact.ts";
import { fields, type Path } from "./_names.ts";
import { DURATION, SIZE } from "./_scalars.ts";

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
