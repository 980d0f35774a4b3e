import { z } from "zod";
import * as rules from "./_models_rules.ts";

const text = z.string();
const matching = (pattern: string) => text.regex(new RegExp(pattern));
const notBlank = matching(rules.NOT_BLANK);
const timestamp = z.object({
  seconds: z.bigint(),
  nanos: z.int().min(0).max(999_999_999),
});
const resources = z.object({
  cpuRequest: matching(rules.QUANTITY),
  memoryRequest: matching(rules.QUANTITY),
  cpuLimit: matching(rules.QUANTITY).optional(),
  memoryLimit: matching(rules.QUANTITY).optional(),
}).refine(rules.areLimitsEnough);

const zodPackage = z.object({
  name: matching(rules.NAME),
  version: matching(rules.VERSION).optional(),
  classes: z.array(z.object({
    key: matching(rules.KEY),
    name: notBlank,
    package: notBlank,
    functions: z.array(z.object({
      functionKey: matching(rules.REFERENCE),
      accessModifier: matching(rules.ACCESS),
      parameters: z.array(text),
    })).min(1),
    stateSpec: z.object({ type: text, persistent: z.boolean(), serializationFormat: text })
      .optional(),
    disabled: z.boolean(),
  })),
  functions: z.array(z.object({
    key: matching(rules.KEY),
    name: notBlank,
    package: notBlank,
    runtime: notBlank,
    handler: notBlank,
    metadata: z.object({
      description: text,
      parameters: z.array(text),
      returnType: text,
      resourceRequirements: resources.optional(),
    }).optional(),
    disabled: z.boolean(),
  })),
  dependencies: z.array(matching(rules.NAME)),
  metadata: z.object({
    author: text,
    description: text,
    tags: z.array(text),
    createdAt: timestamp.optional(),
    updatedAt: timestamp.optional(),
  }).optional(),
  disabled: z.boolean(),
}).refine(rules.agrees);

export const zodAccepts = (value: unknown): boolean => zodPackage.safeParse(value).success;
