import type { AnyFieldRules, MessageRules } from "./_rule.ts";
import { commonRules } from "./_rules_common.ts";
import { deploymentRules } from "./_rules_deployment.ts";
import { packageRules } from "./_rules_package.ts";
import { runtimeRules } from "./_rules_runtime.ts";

/** The rules of every message that has some. */
export const allRules: readonly MessageRules[] = [
  ...commonRules,
  ...packageRules,
  ...deploymentRules,
  ...runtimeRules,
];

const tables: ReadonlyMap<string, MessageRules> = new Map(
  allRules.map((rules) => [rules.schema.typeName, rules]),
);

const NONE: AnyFieldRules = { own: [], each: [] };

/** The rules of a field, by the full name of its message and its name in TypeScript. */
export function rulesOfField(typeName: string, localName: string): AnyFieldRules {
  return tables.get(typeName)?.fields.get(localName) ?? NONE;
}
