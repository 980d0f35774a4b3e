// Generates `gen/check.ts`: for each message a function that tells, without
// looking for what is wrong, whether a message keeps all rules. It comes from the
// same tables as the walk that finds the issues.
import { type DescField, type DescMessage, ScalarType } from "@bufbuild/protobuf";
import type { AnyFieldRules, Rule } from "../_rule.ts";
import { allRules, rulesOfField } from "../_rules.ts";
import * as names from "../_names.ts";
import * as references from "../_references.ts";
import * as statuses from "../_status.ts";
import * as values from "../_values.ts";
import { heading, messages, schemaImports } from "./source.ts";

const modules = {
  "../_names.ts": names,
  "../_references.ts": references,
  "../_status.ts": statuses,
  "../_values.ts": values,
};

/** What only well-formed texts that aren't blank pass. */
const strict: ReadonlySet<unknown> = new Set([
  names.isIdentifier,
  names.isKey,
  names.isPackageName,
  names.isVersion,
  statuses.isDeploymentStatus,
  statuses.isRuntimeStatus,
  values.isAmount,
]);

/** google.protobuf.FeatureSet.FieldPresence.IMPLICIT */
const IMPLICIT = 2;

// deno-lint-ignore no-explicit-any
type Predicate = (...args: any[]) => boolean;

/** The text of `gen/check.ts`. */
export function checkSource(): string {
  const used = new Map<string, Set<string>>();
  /** The name of a predicate, which is then imported. */
  const nameOf = (predicate: Predicate): string => {
    for (const [module, exports] of Object.entries(modules)) {
      for (const [name, value] of Object.entries(exports)) {
        if (value !== predicate) continue;
        used.set(module, (used.get(module) ?? new Set()).add(name));
        return name;
      }
    }
    throw new Error(`a rule's \`holds\`, ${predicate.name}, is no export of the modules of rules`);
  };
  const functions = messages.map((schema) => checkOf(schema, nameOf)).join("\n");
  const imports = [...used].map(([module, symbols]) =>
    `import { ${[...symbols].sort().join(", ")} } from "${module}";`
  ).join("\n");
  const entries = messages.map(({ name }) => `  [${name}Schema, check${name}],\n`).join("");
  return heading(
    "Tells whether messages keep all rules, one function a message; what is wrong\n" +
      "with one that doesn't is found by the walk.",
  ) +
    `import type { DescMessage } from "@bufbuild/protobuf";\n${schemaImports()}\n` +
    `import { isInt32, isInt64, isUint32 } from "../_quick_values.ts";\n${imports}\n` +
    `import { type OpenScope, PackageScope } from "../_scope.ts";\n\n` +
    `// A check reads fields by name, and must bear values that no type allows.\n` +
    `// deno-lint-ignore no-explicit-any\ntype Loose = any;\n\n` +
    `/** Whether a message, which may be of any type in truth, keeps all rules. */\n` +
    `export type Check = (message: Loose, scope: OpenScope) => boolean;\n\n` +
    `/** The checks, by the schemas of their messages. */\n` +
    `export const checks: ReadonlyMap<DescMessage, Check> = new Map<DescMessage, Check>([\n` +
    `${entries}]);\n\n${functions}`;
}

function checkOf(schema: DescMessage, nameOf: (predicate: Predicate) => string): string {
  const { name, typeName } = schema;
  const rules = allRules.find((it) => it.schema === schema);
  // Only some messages are looked at with what is around them in mind.
  const needs = needsScope(schema, new Set());
  const scope = needs ? "s" : "_s";
  const lines = [
    `function check${name}(m: Loose, ${scope}: OpenScope): boolean {`,
    `if (typeof m !== "object" || m === null || m.$typeName !== "${typeName}") return false;`,
  ];
  // What is asked of a class with all its bindings needs no scope of its own here.
  const opensScope = typeName === "oaas.package.OPackage";
  if (opensScope) lines.push("const outer = s.package;", "s.package = new PackageScope(m);");
  for (const field of schema.fields) {
    lines.push(...fieldCheck(field, rulesOfField(typeName, field.localName), nameOf));
  }
  if (rules?.whole !== undefined) {
    lines.push(`if (!${callOf(rules.whole, "m", nameOf, ["m", "s"])}) return false;`);
  }
  if (opensScope) lines.push("s.package = outer;");
  lines.push("return true;", "}", "");
  return lines.join("\n");
}

function needsScope(schema: DescMessage, seen: Set<DescMessage>): boolean {
  if (seen.has(schema)) return false;
  seen.add(schema);
  const rules = allRules.find((it) => it.schema === schema);
  if (rules?.whole !== undefined) return true;
  return schema.fields.some((field) => {
    const { own, each } = rulesOfField(schema.typeName, field.localName);
    return [...own, ...each].some(({ holds }) => holds.length > 2) || field.message !== undefined;
  });
}

function fieldCheck(
  field: DescField,
  { own, each }: AnyFieldRules,
  nameOf: (predicate: Predicate) => string,
): string[] {
  const value = `m.${field.localName}`;
  const local = `v${field.number}`;
  const out: string[] = [`const ${local} = ${value};`];
  const fail = (condition: string) => `if (${condition}) return false;`;
  switch (field.fieldKind) {
    case "list": {
      out.push(fail([`!Array.isArray(${local})`, ...ruleTests(own, local, nameOf)].join(" || ")));
      const test = valueTests(field, each, "e", nameOf).join(" || ");
      out.push(`for (let i = 0; i < ${local}.length; i++) {`, `const e = ${local}[i];`);
      out.push(fail(test), "}");
      return out;
    }
    case "map":
      out.push(
        fail(`typeof ${local} !== "object" || ${local} === null || Array.isArray(${local})`),
        `for (const key in ${local}) {`,
        `const e = ${local}[key];`,
        fail([...valueTests(field, [], "e", nameOf), "!key.isWellFormed()"].join(" || ")),
        "}",
      );
      return out;
    case "message": {
      const isPresent = own.some(({ holds }) => holds === values.isPresent);
      const test = valueTests(field, [], local, nameOf).join(" || ");
      out.push(fail(isPresent ? test : `${local} !== undefined && (${test})`));
      return out;
    }
    default: {
      const test = valueTests(field, own, local, nameOf).join(" || ");
      const isOptional = field.presence !== IMPLICIT;
      out.push(fail(isOptional ? `${local} !== undefined && (${test})` : test));
      return out;
    }
  }
}

/** Conditions under which a value of a field breaks something. */
function valueTests(
  field: DescField,
  rules: readonly Rule<unknown>[],
  value: string,
  nameOf: (predicate: Predicate) => string,
): string[] {
  if (field.message !== undefined) return [`!check${field.message.name}(${value}, s)`];
  const tests = ruleTests(rules, value, nameOf);
  switch (field.enum === undefined ? field.scalar : ScalarType.INT32) {
    case ScalarType.STRING:
      tests.unshift(`typeof ${value} !== "string"`);
      if (!rules.some(({ holds }) => strict.has(holds))) tests.push(`!${value}.isWellFormed()`);
      for (const { settles } of rules) {
        if (settles === undefined) continue;
        const [isText, ...others] = tests;
        return [isText!, `(!${callOf(settles, value, nameOf)} && (${others.join(" || ")}))`];
      }
      return tests;
    case ScalarType.BOOL:
      return [`typeof ${value} !== "boolean"`, ...tests];
    case ScalarType.DOUBLE:
      return [`typeof ${value} !== "number"`, ...tests];
    case ScalarType.UINT32:
      return [`!isUint32(${value})`, ...tests];
    case ScalarType.INT32:
      return [`!isInt32(${value})`, ...tests];
    case ScalarType.INT64:
      return [`!isInt64(${value})`, ...tests];
    default:
      throw new Error(`no check for the type of ${field.name}: add it here and to the readers`);
  }
}

function ruleTests(
  rules: readonly Rule<unknown>[],
  value: string,
  nameOf: (predicate: Predicate) => string,
): string[] {
  const isStrict = rules.some(({ holds }) => strict.has(holds));
  const asked = rules.filter(({ inWhole, holds }) =>
    inWhole !== true && !(isStrict && holds === values.isNotBlank)
  );
  // Where a rule refuses empty texts, those after it need not pass them over.
  let isFilled = rules.some(({ holds }) => holds === values.isNotBlank);
  return asked.map(({ holds, ofEmpty }) => {
    const test = `!${callOf(holds, value, nameOf)}`;
    if (ofEmpty === true) isFilled = true;
    return ofEmpty === true || isFilled || !isText(holds) ? test : `(${value} !== "" && ${test})`;
  });
}

function callOf(
  predicate: Predicate,
  value: string,
  nameOf: (predicate: Predicate) => string,
  available: readonly string[] = [value, "m", "s"],
): string {
  const args = available.slice(0, Math.max(1, predicate.length));
  return `${nameOf(predicate)}(${args.join(", ")})`;
}

/** Rules of texts pass over empty ones; those of numbers and lists meet none. */
function isText(holds: unknown): boolean {
  return holds !== values.isCount && holds !== values.isShare && holds !== values.isNanos &&
    holds !== values.hasElements;
}
