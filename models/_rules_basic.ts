import type { IssueCode } from "./issue.ts";
import { isFunctionReference, isIdentifier, isKey, isPackageName } from "./_names.ts";
import type { Rule } from "./_rule.ts";
import { quote } from "./_text.ts";
import { hasElements, isCount, isNotBlank, isPresent, isShare, UINT32_MAX } from "./_values.ts";

const NAME_LIMIT = "at most 253 characters";

/** A text with something in it; blanks are nothing. `wanted` says what to put there. */
export function notEmpty(code: IssueCode, wanted: string): Rule<string> {
  return {
    code,
    must: "not be empty",
    ofEmpty: true,
    holds: isNotBlank,
    fault: (value) => `is ${value === "" ? "empty" : "blank"}: expected ${wanted}`,
  };
}

/** A list with at least one element. */
export function notEmptyList(code: IssueCode, wanted: string): Rule<readonly unknown[]> {
  return {
    code,
    must: "have at least one element",
    holds: hasElements,
    fault: () => `is empty: expected at least one ${wanted}`,
  };
}

/** A message that must be there. */
export const present: Rule<object | undefined> = {
  code: "EmptyField",
  must: "be present",
  ofEmpty: true,
  holds: isPresent,
  fault: () => "is missing",
};

function named(kind: string, holds: (text: string) => boolean, grammar: string): Rule<string> {
  return {
    code: "InvalidName",
    must: `be ${kind}: ${grammar.replace(/^expected /, "")}`,
    holds,
    fault: (value) => `is ${quote(value)}, not ${kind}: ${grammar}`,
  };
}

/** The name of a package. */
export const packageName: Rule<string> = named(
  "a package name",
  isPackageName,
  "expected lower-case letters, digits, `-` and `.`, with a letter or digit at both ends of " +
    "each part between dots, at most 63 characters a part and 253 in all",
);

/** The key of a class or a function. */
export const key: Rule<string> = named(
  "a key",
  isKey,
  "expected letters, digits, `-`, `_` and `.`, beginning with a lower-case letter or digit, " +
    `ending with a letter or digit, ${NAME_LIMIT}`,
);

/** An id, or the name of a cluster or an environment. */
export const identifier: Rule<string> = named(
  "an identifier",
  isIdentifier,
  `expected letters, digits, \`-\`, \`_\` and \`.\`, with a letter or digit at both ends, ${NAME_LIMIT}`,
);

/** The key of a function as a class binds it: `key`, or `dependency/key`. */
export const functionReference: Rule<string> = named(
  "the key of a function",
  isFunctionReference,
  "expected a key such as `resize`, or `dependency/key` for a function of a dependency",
);

/** A whole number from 1 that fits a uint32. */
export function atLeastOne(code: IssueCode): Rule<number> {
  return {
    code,
    must: "be a whole number, at least 1",
    holds: isCount,
    fault: (value) => `is ${value}: expected a whole number from 1 to ${UINT32_MAX}`,
  };
}

/** A number from 0 to 1. */
export function share(code: IssueCode): Rule<number> {
  return {
    code,
    must: "be a number from 0 to 1",
    holds: isShare,
    fault: (value) => `is ${value}: expected a number from 0 to 1`,
  };
}

/** One of a set of values, in any letter case. */
export function oneOf(
  set: readonly string[],
  holds: (text: string) => boolean,
  options: { readonly orEmpty: boolean },
): Rule<string> {
  const values = `${set.slice(0, -1).join(", ")} or ${set.at(-1)}`;
  return {
    code: "InvalidStatus",
    must: `be ${values}, in any letter case${options.orEmpty ? ", or empty" : ""}`,
    ofEmpty: !options.orEmpty,
    holds,
    fault: (value) => `is ${quote(value)}: expected ${values}`,
  };
}
