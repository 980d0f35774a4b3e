import { Ajv2020 } from "ajv/dist/2020.js";
import * as rules from "./_models_rules.ts";

const ajv = new Ajv2020();
ajv.addKeyword({
  keyword: "areLimitsEnough",
  schema: false,
  validate: rules.areLimitsEnough,
  errors: false,
});
ajv.addKeyword({ keyword: "agrees", schema: false, validate: rules.agrees, errors: false });
ajv.addKeyword({
  keyword: "isBigint",
  schema: false,
  validate: (value: unknown) => typeof value === "bigint",
  errors: false,
});

const text = { type: "string" };
const texts = { type: "array", items: text };
const bool = { type: "boolean" };
const matching = (pattern: string) => ({ type: "string", pattern });
const notBlank = matching(rules.NOT_BLANK);
const listOf = (items: object) => ({ type: "array", items });
const object = (required: object, optional: object = {}) => ({
  type: "object",
  properties: { ...required, ...optional },
  required: Object.keys(required),
});
const timestamp = object({
  seconds: { isBigint: true },
  nanos: { type: "integer", minimum: 0, maximum: 999_999_999 },
});
const quantity = matching(rules.QUANTITY);
const resources = {
  ...object(
    { cpuRequest: quantity, memoryRequest: quantity },
    { cpuLimit: quantity, memoryLimit: quantity },
  ),
  areLimitsEnough: true,
};
const binding = object({
  functionKey: matching(rules.REFERENCE),
  accessModifier: matching(rules.ACCESS),
  parameters: texts,
});
const cls = object({
  key: matching(rules.KEY),
  name: notBlank,
  package: notBlank,
  functions: { ...listOf(binding), minItems: 1 },
  disabled: bool,
}, { stateSpec: object({ type: text, persistent: bool, serializationFormat: text }) });
const fn = object({
  key: matching(rules.KEY),
  name: notBlank,
  package: notBlank,
  runtime: notBlank,
  handler: notBlank,
  disabled: bool,
}, {
  metadata: object(
    { description: text, parameters: texts, returnType: text },
    { resourceRequirements: resources },
  ),
});

export const ajvAccepts: (value: unknown) => boolean = ajv.compile({
  ...object({
    name: matching(rules.NAME),
    classes: listOf(cls),
    functions: listOf(fn),
    dependencies: listOf(matching(rules.NAME)),
    disabled: bool,
  }, {
    version: matching(rules.VERSION),
    metadata: object(
      { author: text, description: text, tags: texts },
      { createdAt: timestamp, updatedAt: timestamp },
    ),
  }),
  agrees: true,
});
