import * as v from "valibot";
import * as rules from "./_models_rules.ts";

const text = v.string();
const matching = (pattern: string) => v.pipe(text, v.regex(new RegExp(pattern)));
const notBlank = matching(rules.NOT_BLANK);
const timestamp = v.object({
  seconds: v.bigint(),
  nanos: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(999_999_999)),
});
const resources = v.pipe(
  v.object({
    cpuRequest: matching(rules.QUANTITY),
    memoryRequest: matching(rules.QUANTITY),
    cpuLimit: v.optional(matching(rules.QUANTITY)),
    memoryLimit: v.optional(matching(rules.QUANTITY)),
  }),
  v.check((it) => rules.areLimitsEnough(it)),
);

const valibotPackage = v.pipe(
  v.object({
    name: matching(rules.NAME),
    version: v.optional(matching(rules.VERSION)),
    classes: v.array(v.object({
      key: matching(rules.KEY),
      name: notBlank,
      package: notBlank,
      functions: v.pipe(
        v.array(v.object({
          functionKey: matching(rules.REFERENCE),
          accessModifier: matching(rules.ACCESS),
          parameters: v.array(text),
        })),
        v.minLength(1),
      ),
      stateSpec: v.optional(
        v.object({ type: text, persistent: v.boolean(), serializationFormat: text }),
      ),
      disabled: v.boolean(),
    })),
    functions: v.array(v.object({
      key: matching(rules.KEY),
      name: notBlank,
      package: notBlank,
      runtime: notBlank,
      handler: notBlank,
      metadata: v.optional(v.object({
        description: text,
        parameters: v.array(text),
        returnType: text,
        resourceRequirements: v.optional(resources),
      })),
      disabled: v.boolean(),
    })),
    dependencies: v.array(matching(rules.NAME)),
    metadata: v.optional(v.object({
      author: text,
      description: text,
      tags: v.array(text),
      createdAt: v.optional(timestamp),
      updatedAt: v.optional(timestamp),
    })),
    disabled: v.boolean(),
  }),
  v.check((pkg) => rules.agrees(pkg)),
);

export const valibotAccepts = (value: unknown): boolean => v.is(valibotPackage, value);
