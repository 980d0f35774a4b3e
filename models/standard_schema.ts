import type { DescMessage, MessageShape } from "@bufbuild/protobuf";
import { type Finding, toIssue } from "./_finding.ts";
import { isSurelyRight } from "./_quick.ts";
import { read } from "./_read.ts";
import { walk } from "./_walk.ts";

/** The interface of the Standard Schema specification, version 1 (standardschema.dev). */
export interface StandardSchemaV1<Input = unknown, Output = Input> {
  /** What the specification asks for. */
  readonly "~standard": {
    /** Version of the specification. */
    readonly version: 1;
    /** Who made the schema. */
    readonly vendor: string;
    /** Checks a value. */
    readonly validate: (value: unknown) => StandardResult<Output>;
    /** Types for the compiler; there is nothing behind it at run time. */
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

/** What a Standard Schema answers: a value, or issues. */
export type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly StandardIssue[] };

/** An issue in the form of the Standard Schema specification. */
export interface StandardIssue {
  /** A sentence for people. */
  readonly message: string;
  /** Where: field names of the .proto files, map keys and indexes, from the root. */
  readonly path: readonly (string | number)[];
}

/**
 * Makes a Standard Schema of a type of message, for libraries that take one. It
 * accepts a message, which it answers as it is, or a JSON value as
 * {@linkcode fromJsonValue} does, of which it makes a message.
 *
 * @example
 * ```ts
 * import { standardSchema } from "@oprc/models";
 * import { OPackageSchema } from "@oprc/proto/package";
 *
 * const result = standardSchema(OPackageSchema)["~standard"].validate({ name: "" });
 * console.log(result.issues?.map((issue) => issue.path)); // [ [ "name" ] ]
 * ```
 */
export function standardSchema<Desc extends DescMessage>(
  schema: Desc,
): StandardSchemaV1<unknown, MessageShape<Desc>> {
  return {
    "~standard": {
      version: 1,
      vendor: "oprc",
      validate: (value) => {
        if (isSurelyRight(schema, value)) return { value: value as MessageShape<Desc> };
        const { message, findings } = isMessageOf(schema, value)
          ? { message: value, findings: walk(schema, value).findings }
          : read(schema, value, { ignoresUnknown: false, rulesFollow: true });
        return findings.length === 0
          ? { value: message as MessageShape<Desc> }
          : { issues: findings.map((finding) => toStandardIssue(schema, finding)) };
      },
    },
  };
}

function isMessageOf(schema: DescMessage, value: unknown): boolean {
  return typeof value === "object" && value !== null &&
    (value as { $typeName?: unknown }).$typeName === schema.typeName;
}

function toStandardIssue(schema: DescMessage, finding: Finding): StandardIssue {
  return { message: toIssue(schema, finding).message, path: finding.segments };
}
