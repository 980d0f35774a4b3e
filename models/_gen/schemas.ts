// Generates the JSON Schema files for editors: of the documents that people write.
import { DeploymentUnitSchema, OClassDeploymentSchema } from "@oprc/proto/deployment";
import { DeployClassRequestSchema, OPackageSchema } from "@oprc/proto/package";
import { jsonSchema } from "../json_schema.ts";

const written = [
  OPackageSchema,
  OClassDeploymentSchema,
  DeploymentUnitSchema,
  DeployClassRequestSchema,
];

/** The files, by their paths in the package. */
export function schemas(): Map<string, string> {
  return new Map(
    written.map((schema) => [
      `schemas/${schema.name}.schema.json`,
      JSON.stringify(jsonSchema(schema, { format: "yaml" })),
    ]),
  );
}
