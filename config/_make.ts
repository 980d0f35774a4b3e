/** Making a schema of ours a Standard Schema. */
import { check } from "./_check.ts";
import { VENDOR } from "./_native.ts";
import { fromValue, MAX_VALUES, TooLarge } from "./_normalize.ts";
import { Problems } from "./_problems.ts";
import { Secrets } from "./_redact.ts";
import { checkScalar } from "./_scalars.ts";
import type { Schema, SchemaFields } from "./schema.ts";
import type { StandardSchemaResult } from "./standard_schema.ts";
import type { Origin } from "./_tree.ts";

/** What a builder says about its schema; the rest is the same for all. */
export type Parts = Omit<Schema<unknown>, "~standard" | "optional" | "default"> & {
  readonly optional?: boolean;
  readonly default?: unknown;
};

/** A schema from its parts. The builder vouches for the type. */
export function makeSchema(parts: Parts): Schema<unknown> {
  const inner = parts.secret === true ? secretInside(parts) : parts;
  const made: Record<string, unknown> = {};
  for (const key in inner) {
    const value = inner[key as keyof Parts];
    if (value !== undefined) made[key] = value;
  }
  made.optional = parts.optional ?? false;
  made["~standard"] = {
    version: 1,
    vendor: VENDOR,
    validate: (value: unknown) => validate(schema, value),
  };
  const schema = made as unknown as Schema<unknown>;
  if (schema.min !== undefined && schema.max !== undefined && schema.min > schema.max) {
    throw new RangeError(`Cannot make a schema: min ${schema.min} is above max ${schema.max}`);
  }
  if (schema.default !== undefined) {
    if (schema.optional) {
      throw new TypeError("Cannot make a schema: an optional setting has no default");
    }
    const problem = defaultProblem(schema);
    if (problem !== undefined) {
      throw new TypeError(`Cannot make a schema: the default ${problem}`);
    }
  }
  return Object.freeze(schema);
}

function defaultProblem(schema: Schema<unknown>): string | undefined {
  const { default: given } = schema;
  // The common case, without the ways of a whole check: schemas are made at each start.
  const scalar = schema.kind !== "object" && schema.item === undefined;
  if (scalar && "value" in checkScalar(schema, given)) return undefined;
  return validate(schema, given).issues?.[0]?.message;
}

/** Marks what a secret list, map or section holds, unless it says otherwise itself. */
function secretInside(parts: Parts): Parts {
  const mark = (schema: Schema<unknown>): Schema<unknown> => {
    if (schema.secret !== undefined) return schema;
    const { "~standard": _, ...rest } = schema;
    return makeSchema({ ...rest, secret: true });
  };
  const { item, fields } = parts as Parts & { fields?: SchemaFields };
  return {
    ...parts,
    ...(item ? { item: mark(item) } : {}),
    ...(fields
      ? {
        fields: Object.freeze(Object.fromEntries(
          Object.entries(fields).map(([name, field]) => [name, mark(field)]),
        )),
      }
      : {}),
  };
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
