import {
  NfrRequirementsSchema,
  type ResourceRequirements,
  ResourceRequirementsSchema,
  TimestampSchema,
} from "@oprc/proto/common";
import { type MessageRules, type Rule, rulesOf } from "./_rule.ts";
import { atLeastOne, share } from "./_rules_basic.ts";
import { quote } from "./_text.ts";
import {
  isAmount,
  isLimitOfCpu,
  isLimitOfMemory,
  isNanos,
  isPlainLimitOfCpu,
  isPlainLimitOfMemory,
} from "./_values.ts";
import { tryParseQuantity } from "./quantity.ts";

const quantity: Rule<string> = {
  code: "InvalidResourceRequirement",
  must: "be a Kubernetes quantity, not negative",
  holds: isAmount,
  fault: (value) =>
    tryParseQuantity(value) === undefined
      ? `is ${quote(value)}, not a quantity: ` +
        `expected a number with an optional suffix, such as "100m", "0.5" or "128Mi"`
      : `is ${quote(value)}: expected an amount from 0`,
};

/** An optional limit that is given as "" says nothing; leaving it out does. */
const limitQuantity: Rule<string> = { ...quantity, ofEmpty: true };

function notBelow(
  name: string,
  requestOf: (owner: ResourceRequirements) => string,
  holds: (limit: string, owner: ResourceRequirements) => boolean,
  settles: (limit: string, owner: ResourceRequirements) => boolean,
): Rule<string, ResourceRequirements> {
  return {
    code: "InvalidResourceRequirement",
    must: `not be below \`${name}\``,
    holds,
    settles,
    fault: (limit, owner) =>
      `is ${quote(limit)}, below the ${name} of ${quote(requestOf(owner))}: ` +
      `expected at least as much`,
  };
}

/** The rules of oaas.common. */
export const commonRules: readonly MessageRules[] = [
  rulesOf(TimestampSchema, {
    nanos: [{
      code: "OutOfRange",
      must: "be from 0 to 999,999,999",
      isOwn: true,
      holds: isNanos,
      fault: (value) => `is ${value}: expected a whole number from 0 to 999999999`,
    }],
  }),
  rulesOf(ResourceRequirementsSchema, {
    cpuRequest: [quantity],
    memoryRequest: [quantity],
    cpuLimit: [
      limitQuantity,
      notBelow("cpu_request", (it) => it.cpuRequest, isLimitOfCpu, isPlainLimitOfCpu),
    ],
    memoryLimit: [
      limitQuantity,
      notBelow("memory_request", (it) => it.memoryRequest, isLimitOfMemory, isPlainLimitOfMemory),
    ],
  }),
  rulesOf(NfrRequirementsSchema, {
    maxLatencyMs: [atLeastOne("InvalidNfrRequirement")],
    minThroughputRps: [atLeastOne("InvalidNfrRequirement")],
    availability: [share("InvalidNfrRequirement")],
    cpuUtilizationTarget: [share("InvalidNfrRequirement")],
  }),
];
