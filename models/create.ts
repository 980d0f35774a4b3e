import {
  clone,
  create,
  type DescMessage,
  type MessageInitShape,
  type MessageShape,
} from "@bufbuild/protobuf";
import { type NfrRequirements, NfrRequirementsSchema } from "@oprc/proto/common";
import { upperCase } from "./_status.ts";

/** What a deployment aims at that states no requirements at all. */
const DEFAULT_AVAILABILITY = 0.99;
const DEFAULT_CPU_UTILIZATION_TARGET = 0.7;

/**
 * Makes a message. What is left out gets the zero value of proto3; the defaults
 * of the platform are {@linkcode withDefaults}' matter.
 *
 * @example
 * ```ts
 * import { createModel } from "@oprc/models";
 * import { OPackageSchema } from "@oprc/proto/package";
 *
 * const pkg = createModel(OPackageSchema, {
 *   name: "images",
 *   functions: [{ key: "resize", name: "Resize", package: "images", runtime: "deno", handler: "mod.ts" }],
 * });
 * console.log(pkg.functions.length);
 * ```
 *
 * @param schema The type of the message.
 * @param init Values of its fields, by their names in TypeScript.
 */
export function createModel<Desc extends DescMessage>(
  schema: Desc,
  init?: MessageInitShape<Desc>,
): MessageShape<Desc> {
  return create(schema, init);
}

/**
 * Copies a message and fills in what the platform takes for granted, in it and
 * in all it holds:
 *
 * - a binding without an access modifier is PUBLIC;
 * - status values are written in upper case;
 * - a deployment (OClassDeployment, DeploymentUnit, DeployClassRequest) that
 *   states no requirement at all aims at an availability of 0.99 and a CPU
 *   utilization of 0.7.
 *
 * @example
 * ```ts
 * import { createModel, withDefaults } from "@oprc/models";
 * import { FunctionBindingSchema } from "@oprc/proto/package";
 *
 * const binding = createModel(FunctionBindingSchema, { functionKey: "resize" });
 * console.log(withDefaults(FunctionBindingSchema, binding).accessModifier); // PUBLIC
 * ```
 *
 * @param schema The type of the message.
 * @param value The message; it is not changed.
 * @returns A new message.
 */
export function withDefaults<Desc extends DescMessage>(
  schema: Desc,
  value: MessageShape<Desc>,
): MessageShape<Desc> {
  const copy = clone(schema, value);
  fill(schema, copy as Fields);
  return copy;
}

// deno-lint-ignore no-explicit-any
type Fields = Record<string, any>;

/** What to fill in, by the full name of the message. */
const fillers: Readonly<Record<string, (message: Fields) => void>> = {
  "oaas.package.FunctionBinding": (message) => {
    message.accessModifier = upperCase(message.accessModifier) || "PUBLIC";
  },
  "oaas.package.DeploymentStatus": fillStatus,
  "oaas.runtime.RuntimeState": fillStatus,
  "oaas.package.DeployClassRequest": fillRequirements,
  "oaas.deployment.OClassDeployment": fillRequirements,
  "oaas.deployment.DeploymentUnit": fillRequirements,
};

function fillStatus(message: Fields): void {
  message.status = upperCase(message.status);
}

function fillRequirements(message: Fields): void {
  const stated: NfrRequirements | undefined = message.nfrRequirements;
  const isEmpty = stated === undefined ||
    NfrRequirementsSchema.fields.every((field) =>
      (stated as Fields)[field.localName] === undefined
    );
  if (!isEmpty) return;
  message.nfrRequirements = create(NfrRequirementsSchema, {
    availability: DEFAULT_AVAILABILITY,
    cpuUtilizationTarget: DEFAULT_CPU_UTILIZATION_TARGET,
  });
}

function fill(schema: DescMessage, message: Fields): void {
  fillers[schema.typeName]?.(message);
  for (const field of schema.fields) {
    if (field.oneof !== undefined || field.message === undefined) continue;
    const value = message[field.localName];
    if (value === undefined) continue;
    if (field.fieldKind === "message") fill(field.message, value);
    else for (const element of Object.values<Fields>(value)) fill(field.message, element);
  }
}
