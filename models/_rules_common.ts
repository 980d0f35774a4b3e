import {
  NfrRequirementsSchema,
  type ResourceRequirements,
  ResourceRequirementsSchema,
  TimestampSchema,
} from "@oprc/proto/common";
import { type MessageRules, type Rule, rulesOf } from "./_rule.ts";
import { atLeastOne, share } from "./_rules_basic.ts";
import { quote } from "./_text.ts";
import { compareQuantities, tryParseQuantity } from "./quantity.ts";

/** The common case, told without parsing: digits with at most one short suffix. */
const SIMPLE_QUANTITY = /^\d{1,9}(?:\.\d{1,3})?(?:[mkMG]|[KMG]i)?$/;

const quantity: Rule<string> = {
  code: "InvalidResourceRequirement",
  must: "be a Kubernetes quantity, not negative",
  fault: (value) => {
    if (SIMPLE_QUANTITY.test(value)) return undefined;
    const parsed = tryParseQuantity(value);
    if (parsed === undefined) {
      return `is ${quote(value)}, not a quantity: ` +
        `expected a number with an optional suffix, such as "100m", "0.5" or "128Mi"`;
    }
    return parsed.nanos < 0n ? `is ${quote(value)}: expected an amount from 0` : undefined;
  },
};

/** An optional limit that is given as "" says nothing; leaving it out does. */
const limitQuantity: Rule<string> = { ...quantity, ofEmpty: true };

function notBelow(request: "cpuRequest" | "memoryRequest"): Rule<string, ResourceRequirements> {
  const name = request === "cpuRequest" ? "cpu_request" : "memory_request";
  return {
    code: "InvalidResourceRequirement",
    must: `not be below \`${name}\``,
    fault: (limit, owner) => {
      const requested = owner[request];
      if (limit === requested || tryParseQuantity(requested) === undefined) return undefined;
      return compareQuantities(limit, requested) < 0
        ? `is ${quote(limit)}, below the ${name} of ${quote(requested)}: ` +
          `expected at least as much`
        : undefined;
    },
  };
}

/** The rules of oaas.common. */
export const commonRules: readonly MessageRules[] = [
  rulesOf(TimestampSchema, {
    nanos: [{
      code: "OutOfRange",
      must: "be from 0 to 999,999,999",
      fault: (value) =>
        Number.isInteger(value) && value >= 0 && value <= 999_999_999
          ? undefined
          : `is ${value}: expected a whole number from 0 to 999999999`,
    }],
  }),
  rulesOf(ResourceRequirementsSchema, {
    cpuRequest: [quantity],
    memoryRequest: [quantity],
    cpuLimit: [limitQuantity, notBelow("cpuRequest")],
    memoryLimit: [limitQuantity, notBelow("memoryRequest")],
  }),
  rulesOf(NfrRequirementsSchema, {
    maxLatencyMs: [atLeastOne("InvalidNfrRequirement")],
    minThroughputRps: [atLeastOne("InvalidNfrRequirement")],
    availability: [share("InvalidNfrRequirement")],
    cpuUtilizationTarget: [share("InvalidNfrRequirement")],
  }),
];
