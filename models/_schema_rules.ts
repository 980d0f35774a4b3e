// The rules in the words of JSON Schema, as far as it has words for them.
import {
  isFunctionReference,
  isIdentifier,
  isKey,
  isPackageName,
  isVersion,
  MAX_NAME_LENGTH,
  VERSION,
} from "./_names.ts";
import {
  isBindingReference,
  isFirstBinding,
  isFirstClass,
  isFirstFunction,
  isKnownFunction,
  isOwningPackage,
  isPackageNameAlone,
} from "./_references.ts";
import type { Rule } from "./_rule.ts";
import {
  ACCESS_MODIFIERS,
  DEPLOYMENT_STATUSES,
  isAccessModifier,
  isDeploymentStatus,
  isRuntimeStatus,
  RUNTIME_STATUSES,
} from "./_status.ts";
import {
  hasElements,
  isAmount,
  isCount,
  isLimitOfCpu,
  isLimitOfMemory,
  isNanos,
  isNotBlank,
  isPresent,
  isShare,
} from "./_values.ts";

/** What JSON Schema can say of a rule. */
interface Sayable {
  /** A regular expression for the whole text. */
  readonly pattern?: string;
  /** A regular expression that some part of the text matches. */
  readonly contains?: string;
  /** Values to offer; the pattern has more spellings of them. */
  readonly values?: readonly string[];
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
}

// Lengths are in the expressions where they can be: other languages' engines
// have no look-ahead.
const LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";
const PACKAGE = `${LABEL}(?:\\.${LABEL})*`;
const KEY = "[a-z0-9](?:[A-Za-z0-9._-]{0,251}[A-Za-z0-9])?";
const IDENTIFIER = "[A-Za-z0-9](?:[A-Za-z0-9._-]{0,251}[A-Za-z0-9])?";
const SUFFIX = "(?:[numkMGTPE]|[KMGTPE]i|[eE][+-]?0{0,6}[0-9]{1,3})?";
const AMOUNT = `(?:\\+?(?:[0-9]+(?:\\.[0-9]*)?|\\.[0-9]+)|-(?:0+(?:\\.0*)?|\\.0+))${SUFFIX}`;
const MAX_QUANTITY_LENGTH = 256;

function packageName(): Sayable {
  return { pattern: PACKAGE, maxLength: MAX_NAME_LENGTH };
}

function reference(): Sayable {
  return { pattern: `(?:${PACKAGE}/)?${KEY}` };
}

function status(values: readonly string[]): Sayable {
  const spelled = values.map((value) =>
    value.replaceAll(/[A-Z]/g, (letter) => `[${letter}${letter.toLowerCase()}]`)
  );
  return { pattern: spelled.join("|"), values };
}

// deno-lint-ignore no-explicit-any
type Predicate = (...args: any[]) => boolean;
// deno-lint-ignore no-explicit-any
type AnyRule = Rule<any>;

const sayable: ReadonlyMap<Predicate, Sayable> = new Map<Predicate, Sayable>([
  [isNotBlank, { contains: "\\S" }],
  [isPackageName, packageName()],
  [isPackageNameAlone, packageName()],
  [isKey, { pattern: KEY }],
  [isIdentifier, { pattern: IDENTIFIER }],
  [isFunctionReference, reference()],
  [isBindingReference, reference()],
  [isVersion, { pattern: VERSION.source.slice(1, -1), maxLength: MAX_NAME_LENGTH }],
  [isAmount, { pattern: AMOUNT, maxLength: MAX_QUANTITY_LENGTH }],
  [isAccessModifier, status(ACCESS_MODIFIERS)],
  [isDeploymentStatus, status(DEPLOYMENT_STATUSES)],
  [isRuntimeStatus, status(RUNTIME_STATUSES)],
  [isCount, { minimum: 1 }],
  [isShare, { minimum: 0, maximum: 1 }],
  [isNanos, { minimum: 0, maximum: 999_999_999 }],
  [hasElements, { minItems: 1 }],
  // The field is required; there is no more to it.
  [isPresent, {}],
]);

/** Rules about what one value has to do with another. */
const unsayable: ReadonlySet<Predicate> = new Set<Predicate>([
  isFirstBinding,
  isFirstClass,
  isFirstFunction,
  isKnownFunction,
  isLimitOfCpu,
  isLimitOfMemory,
  isOwningPackage,
]);

/** Whether JSON Schema can say a rule; undefined for a rule that is in neither list. */
export function canSay({ holds }: AnyRule): boolean | undefined {
  return sayable.has(holds) ? true : unsayable.has(holds) ? false : undefined;
}

/** A value of a JSON Schema, as this module makes them. */
export type Keywords = Record<string, unknown>;

/** The keywords of the rules of a value. */
export function keywordsOf(rules: readonly AnyRule[]): Keywords {
  const all: Keywords = {};
  let pattern: string | undefined;
  let part: string | undefined;
  for (const { holds, ofEmpty } of rules) {
    const said = sayable.get(holds);
    if (said === undefined) continue;
    const { pattern: whole, contains, values, ...others } = said;
    Object.assign(all, others);
    part ??= contains;
    if (whole === undefined) continue;
    // A rule that isn't asked about "" lets it pass, unless an earlier one refuses it.
    const canBeEmpty = ofEmpty !== true && part === undefined;
    pattern = `^(?:${canBeEmpty ? "|" : ""}${whole})$`;
    if (values !== undefined) {
      return { ...all, anyOf: [{ enum: canBeEmpty ? [...values, ""] : values }, { pattern }] };
    }
  }
  // What has the form of a name isn't blank.
  pattern ??= part;
  return pattern === undefined ? all : { ...all, pattern };
}
