/** Making a schema of ours a Standard Schema, and knowing it again. */
import { check } from "./_check.ts";
import { assertFieldNames } from "./_names.ts";
import { fromValue, MAX_VALUES, TooLarge } from "./_normalize.ts";
import { Problems } from "./_problems.ts";
import { Secrets } from "./_redact.ts";
import { checkScalar } from "./_scalars.ts";
import type { Schema, SchemaFields, SchemaKind } from "./schema.ts";
import type { StandardSchemaResult, StandardSchemaV1 } from "./standard_schema.ts";
import type { Origin } from "./_tree.ts";

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
export type Parts =
  & Omit<Schema<unknown>, keyof Inside | "~standard" | "kind" | "optional" | "default">
  & { readonly optional?: boolean; readonly default?: unknown };

let vouched = false;

/**
 * Makes schemas whose defaults a test has found right. Those of this package
 * are made at each start, and looking at what never changes takes a while there.
 */
export function withoutChecks<T>(make: () => T): T {
  vouched = true;
  try {
    return make();
  } finally {
    vouched = false;
  }
}

/** A schema from its parts. The builder vouches for the type. */
export function makeSchema(kind: SchemaKind, parts: Parts, inside?: Inside): Schema<unknown> {
  // Schemas are made at each start: one copy, and the checks only where there is something to check.
  const schema: Schema<unknown> = Object.freeze({
    ...parts,
    ...(parts.secret && inside ? secretInside(inside) : inside),
    kind,
    optional: parts.optional ?? false,
    "~standard": {
      version: 1,
      vendor: VENDOR,
      validate: (value: unknown) => validate(schema, value),
    },
  });
  if (!vouched) assertSensible(schema);
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
