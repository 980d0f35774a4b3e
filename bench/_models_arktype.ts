import { type } from "arktype";
import * as rules from "./_models_rules.ts";

const matching = (pattern: string) => type(new RegExp(pattern));
const notBlank = matching(rules.NOT_BLANK);
const timestamp = type({ seconds: "bigint", nanos: "0 <= number.integer <= 999999999" });
const resources = type({
  cpuRequest: matching(rules.QUANTITY),
  memoryRequest: matching(rules.QUANTITY),
  "cpuLimit?": matching(rules.QUANTITY),
  "memoryLimit?": matching(rules.QUANTITY),
}).narrow(rules.areLimitsEnough);
const binding = type({
  functionKey: matching(rules.REFERENCE),
  accessModifier: matching(rules.ACCESS),
  parameters: "string[]",
});
const cls = type({
  key: matching(rules.KEY),
  name: notBlank,
  package: notBlank,
  functions: binding.array().atLeastLength(1),
  "stateSpec?": { type: "string", persistent: "boolean", serializationFormat: "string" },
  disabled: "boolean",
});
const fn = type({
  key: matching(rules.KEY),
  name: notBlank,
  package: notBlank,
  runtime: notBlank,
  handler: notBlank,
  "metadata?": {
    description: "string",
    parameters: "string[]",
    returnType: "string",
    "resourceRequirements?": resources,
  },
  disabled: "boolean",
});
const arktypePackage = type({
  name: matching(rules.NAME),
  "version?": matching(rules.VERSION),
  classes: cls.array(),
  functions: fn.array(),
  dependencies: matching(rules.NAME).array(),
  "metadata?": {
    author: "string",
    description: "string",
    tags: "string[]",
    "createdAt?": timestamp,
    "updatedAt?": timestamp,
  },
  disabled: "boolean",
}).narrow(rules.agrees);

export const arktypeAccepts = (value: unknown): boolean => arktypePackage.allows(value);
