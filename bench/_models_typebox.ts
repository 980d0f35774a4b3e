import { Type } from "typebox";
import { Compile } from "typebox/compile";
import * as rules from "./_models_rules.ts";

const text = Type.String();
const matching = (pattern: string) => Type.String({ pattern });
const notBlank = matching(rules.NOT_BLANK);
const timestamp = Type.Object({
  seconds: Type.BigInt(),
  nanos: Type.Integer({ minimum: 0, maximum: 999_999_999 }),
});
const resources = Type.Refine(
  Type.Object({
    cpuRequest: matching(rules.QUANTITY),
    memoryRequest: matching(rules.QUANTITY),
    cpuLimit: Type.Optional(matching(rules.QUANTITY)),
    memoryLimit: Type.Optional(matching(rules.QUANTITY)),
  }),
  rules.areLimitsEnough,
);

const typeboxPackage = Compile(Type.Refine(
  Type.Object({
    name: matching(rules.NAME),
    version: Type.Optional(matching(rules.VERSION)),
    classes: Type.Array(Type.Object({
      key: matching(rules.KEY),
      name: notBlank,
      package: notBlank,
      functions: Type.Array(
        Type.Object({
          functionKey: matching(rules.REFERENCE),
          accessModifier: matching(rules.ACCESS),
          parameters: Type.Array(text),
        }),
        { minItems: 1 },
      ),
      stateSpec: Type.Optional(
        Type.Object({ type: text, persistent: Type.Boolean(), serializationFormat: text }),
      ),
      disabled: Type.Boolean(),
    })),
    functions: Type.Array(Type.Object({
      key: matching(rules.KEY),
      name: notBlank,
      package: notBlank,
      runtime: notBlank,
      handler: notBlank,
      metadata: Type.Optional(Type.Object({
        description: text,
        parameters: Type.Array(text),
        returnType: text,
        resourceRequirements: Type.Optional(resources),
      })),
      disabled: Type.Boolean(),
    })),
    dependencies: Type.Array(matching(rules.NAME)),
    metadata: Type.Optional(Type.Object({
      author: text,
      description: text,
      tags: Type.Array(text),
      createdAt: Type.Optional(timestamp),
      updatedAt: Type.Optional(timestamp),
    })),
    disabled: Type.Boolean(),
  }),
  rules.agrees,
));

export const typeboxAccepts = (value: unknown): boolean => typeboxPackage.Check(value);
