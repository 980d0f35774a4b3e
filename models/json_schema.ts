import { type DescField, type DescMessage, type JsonValue, ScalarType } from "@bufbuild/protobuf";
import { TimestampSchema } from "@oprc/proto/common";
import { isForeign } from "./_decode.ts";
import { comments } from "./gen/comments.ts";
import type { AnyFieldRules } from "./_rule.ts";
import { rulesOfField } from "./_rules.ts";
import { type Keywords, keywordsOf } from "./_schema_rules.ts";
import { OpenScope } from "./_scope.ts";

/** A JSON Schema, as a JSON value. */
export interface JsonSchema {
  /** The keywords of the schema. */
  readonly [keyword: string]: JsonValue;
}

/** What a JSON Schema is for. */
export interface JsonSchemaOptions {
  /**
   * The documents it is for. In YAML a plain number or boolean may stand where a text
   * belongs, as `fromYaml` takes them.
   *
   * @default "json"
   */
  readonly format?: "json" | "yaml";
  /**
   * What becomes of keys that no field has; see `ReadOptions`.
   *
   * @default "error"
   */
  readonly unknownFields?: "error" | "ignore";
}

/**
 * Makes the JSON Schema (2020-12) of the documents that `fromJson` or `fromYaml`
 * takes for a message, for editors, CI and other languages. It says every rule
 * that JSON Schema has words for; it doesn't say that keys are unique, that limits
 * are not below requests, or that bindings name functions that are there.
 * Titles and descriptions are those of the .proto files, with the rules in words.
 *
 * @example
 * ```ts
 * import { jsonSchema } from "@oprc/models";
 * import { OPackageSchema } from "@oprc/proto/package";
 *
 * console.log(JSON.stringify(jsonSchema(OPackageSchema, { format: "yaml" }), undefined, 2));
 * ```
 *
 * @param schema The type of the message.
 */
export function jsonSchema(schema: DescMessage, options: JsonSchemaOptions = {}): JsonSchema {
  const context: Context = {
    isYaml: options.format === "yaml",
    ignoresUnknown: options.unknownFields === "ignore",
    definitions: {},
  };
  const { definitions } = context;
  define(schema, context);
  const root = definitions[schema.typeName]!;
  // The root stands on its own, so that editors need not follow a reference to it.
  const isUsed = JSON.stringify(definitions).includes(JSON.stringify(referenceTo(schema)));
  if (!isUsed) delete definitions[schema.typeName];
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    ...root,
    ...(Object.keys(definitions).length > 0 ? { $defs: definitions } : {}),
  } as JsonSchema;
}

interface Context {
  readonly isYaml: boolean;
  readonly ignoresUnknown: boolean;
  /** Schemas of messages, by their full names. */
  readonly definitions: Record<string, Keywords>;
}

const NUMBER = "-?(?:0|[1-9][0-9]*)(?:\\.[0-9]+)?(?:[eE][+-]?[0-9]+)?";
const RFC3339 = "^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\\.[0-9]{1,9})?" +
  "(?:[Zz]|[+-][0-9]{2}:[0-9]{2})$";

function referenceTo({ typeName }: DescMessage): Keywords {
  return { $ref: `#/$defs/${typeName}` };
}

/** Sees to it that a message and all it holds are among the definitions. */
function define(schema: DescMessage, context: Context): void {
  if (schema.typeName in context.definitions) return;
  const about = aboutMessage(schema);
  // Taken before its fields are looked at: a message may hold its own kind.
  context.definitions[schema.typeName] = about;
  if (isForeign(schema)) return;
  const object = objectOf(schema, context);
  if (schema.typeName === TimestampSchema.typeName) {
    about.anyOf = [{ type: "string", pattern: RFC3339 }, object];
  } else Object.assign(about, object);
}

function aboutMessage({ typeName, name }: DescMessage): Keywords {
  const description = comments.get(typeName);
  return description === undefined ? { title: name } : { title: name, description };
}

function objectOf(schema: DescMessage, context: Context): Keywords {
  const properties: Keywords = {};
  const patternProperties: Keywords = {};
  const required: string[] = [];
  const twofold: Keywords[] = [];
  for (const field of schema.fields) {
    const { name, jsonName } = field;
    const rules = rulesOfField(schema.typeName, field.localName);
    const isRequired = isNeeded(field, rules);
    const value = { ...valueOf(field, rules, context) };
    const accepted = isRequired ? value : orNull(value);
    properties[name] = { title: name, ...describe(schema, field, rules), ...accepted };
    if (jsonName === name) {
      if (isRequired) required.push(name);
      continue;
    }
    // The other spelling is taken, but not offered: editors list `properties` only.
    patternProperties[`^${jsonName}$`] = accepted;
    twofold.push(
      isRequired
        ? { oneOf: [{ required: [name] }, { required: [jsonName] }] }
        : { not: { required: [name, jsonName] } },
    );
  }
  return {
    type: "object",
    properties,
    ...(twofold.length > 0 ? { patternProperties, allOf: twofold } : {}),
    ...(required.length > 0 ? { required } : {}),
    ...(context.ignoresUnknown ? {} : { additionalProperties: false }),
  };
}

function describe(schema: DescMessage, field: DescField, { own, each }: AnyFieldRules): Keywords {
  const said = [
    comments.get(`${schema.typeName}.${field.name}`),
    ...own.map((rule) => `Must ${rule.must}.`),
    ...each.map((rule) => `Each must ${rule.must}.`),
  ].filter((it) => it !== undefined);
  return said.length === 0 ? {} : { description: said.join("\n") };
}

/** Whether a document that leaves the field out breaks a rule of it. */
function isNeeded(field: DescField, { own }: AnyFieldRules): boolean {
  const scope = new OpenScope();
  switch (field.fieldKind) {
    case "message":
      return own.some((rule) => !rule.holds(undefined, {}, scope));
    case "list":
      return own.some((rule) => !rule.holds([], {}, scope));
    case "scalar":
      if (field.presence !== IMPLICIT) return false;
      return field.scalar === ScalarType.STRING
        ? own.some((rule) => rule.ofEmpty === true && !rule.holds("", {}, scope))
        : own.some((rule) => !rule.holds(0, {}, scope));
    default:
      return false;
  }
}

/** google.protobuf.FeatureSet.FieldPresence.IMPLICIT */
const IMPLICIT = 2;

/** In ProtoJSON null is another way of leaving a field out. */
function orNull(value: Keywords): Keywords {
  if (typeof value.type === "string") return { ...value, type: [value.type, "null"] };
  if (Array.isArray(value.type)) return { ...value, type: [...value.type, "null"] };
  return { anyOf: [value, { type: "null" }] };
}

function valueOf(field: DescField, { own, each }: AnyFieldRules, context: Context): Keywords {
  switch (field.fieldKind) {
    case "list":
      return { type: "array", items: elementOf(field, context, each), ...keywordsOf(own) };
    case "map":
      return {
        type: "object",
        propertyNames: { not: { const: "__proto__" } },
        additionalProperties: elementOf(field, context, each),
      };
    default:
      return elementOf(field, context, own);
  }
}

function elementOf(field: DescField, context: Context, rules: AnyFieldRules["own"]): Keywords {
  if (field.message !== undefined) {
    define(field.message, context);
    return referenceTo(field.message);
  }
  if (field.enum !== undefined) {
    const names = field.enum.values.map((value) => value.name);
    return {
      anyOf: [
        context.ignoresUnknown ? { type: "string" } : { enum: names },
        whole(-(2 ** 31), 2 ** 31 - 1),
      ],
    };
  }
  const keywords = keywordsOf(rules);
  const { anyOf, ...others } = keywords;
  const scalar = scalarOf(field.scalar ?? ScalarType.STRING, context);
  if (anyOf === undefined) return { ...scalar, ...others };
  // A value that is one of some words is no plain number, in YAML either.
  return { type: "string", ...others, anyOf };
}

/** ProtoJSON takes numbers in quotes for numbers. */
function scalarOf(type: ScalarType, { isYaml }: Context): Keywords {
  switch (type) {
    case ScalarType.STRING:
      return { type: isYaml ? ["string", "number", "boolean"] : "string" };
    case ScalarType.BYTES:
      return { type: "string" };
    case ScalarType.BOOL:
      return { type: "boolean" };
    case ScalarType.DOUBLE:
    case ScalarType.FLOAT:
      return { type: ["number", "string"], pattern: `^(?:${NUMBER}|NaN|-?Infinity)$` };
    case ScalarType.UINT32:
    case ScalarType.FIXED32:
      return quoted(whole(0, 2 ** 32 - 1));
    case ScalarType.INT32:
    case ScalarType.SINT32:
    case ScalarType.SFIXED32:
      return quoted(whole(-(2 ** 31), 2 ** 31 - 1));
    default:
      // Numbers past 2^53 lose digits in JSON, so they stand in quotes there.
      return quoted(
        isYaml ? { type: "integer" } : whole(-Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
      );
  }
}

function whole(minimum: number, maximum: number): Keywords {
  return { type: "integer", minimum, maximum };
}

function quoted(number: Keywords): Keywords {
  return { ...number, type: ["integer", "string"], pattern: `^${NUMBER}$` };
}
