/**
 * The Standard Schema v1 interface, as the specification at
 * https://standardschema.dev asks libraries to declare it: with it, a schema
 * of any library that follows the specification can describe a configuration.
 *
 * @typeParam Input What the schema accepts.
 * @typeParam Output What it gives back.
 */
export interface StandardSchemaV1<Input = unknown, Output = Input> {
  /** The properties that the specification asks for. */
  readonly "~standard": StandardSchemaProps<Input, Output>;
}

/** The properties of a Standard Schema. */
export interface StandardSchemaProps<Input = unknown, Output = Input> {
  /** The version of the specification. */
  readonly version: 1;
  /** The library that made the schema. */
  readonly vendor: string;
  /** Checks a value; gives the result at once or as a promise. */
  readonly validate: (
    value: unknown,
  ) => StandardSchemaResult<Output> | Promise<StandardSchemaResult<Output>>;
  /** The types of the schema, for inference only: never set at run time. */
  readonly types?: StandardSchemaTypes<Input, Output> | undefined;
}

/** What a Standard Schema answers: a value, or what is wrong with it. */
export type StandardSchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly StandardSchemaIssue[] };

/** One thing that is wrong with a value. */
export interface StandardSchemaIssue {
  /** What is wrong. */
  readonly message: string;
  /** Where in the value: keys and indexes from the root. */
  readonly path?: ReadonlyArray<PropertyKey | { readonly key: PropertyKey }> | undefined;
}

/** The types that a Standard Schema carries for inference. */
export interface StandardSchemaTypes<Input = unknown, Output = Input> {
  /** What the schema accepts. */
  readonly input: Input;
  /** What it gives back. */
  readonly output: Output;
}

/**
 * The type of the values that a schema gives back.
 *
 * @example
 * ```ts
 * import { type Infer, integerSchema, objectSchema } from "@oprc/config";
 *
 * const schema = objectSchema({ workers: integerSchema({ default: 2 }) });
 * const value: Infer<typeof schema> = { workers: 4 };
 * console.log(value.workers);
 * ```
 */
export type Infer<S extends StandardSchemaV1> = NonNullable<S["~standard"]["types"]>["output"];
