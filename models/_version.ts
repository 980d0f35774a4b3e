// Semantic versions and ranges of them, in the notation that npm, Cargo and Deno
// users know.

/** A version in parts; a loose `1.0` is 1.0.0. Build metadata says nothing of order. */
interface Version {
  readonly numbers: readonly [bigint, bigint, bigint];
  readonly preRelease: readonly string[];
}

type Operator = "<" | "<=" | ">" | ">=" | "=";
type Comparator = readonly [operator: Operator, version: Version];

/** Alternatives, each of conditions that must all hold. */
export type Range = readonly (readonly Comparator[])[];

const VERSION = /^(\d+)\.(\d+)(?:\.(\d+))?(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?$/;
const PART = "(?:0|[1-9]\\d*|[xX*])";
const PARTIAL = new RegExp(
  `^(\\^|~|>=|<=|>|<|=|)v?(${PART})(?:\\.(${PART})(?:\\.(${PART})(?:-([0-9A-Za-z.-]+))?` +
    `(?:\\+[0-9A-Za-z.-]+)?)?)?$`,
);
const MAX_LENGTH = 253;

/** Reads a version; undefined if the text is none. */
export function parseVersion(text: string): Version | undefined {
  const match = text.length > MAX_LENGTH ? null : VERSION.exec(text);
  if (match === null) return undefined;
  const [, major, minor, patch = "0", preRelease = ""] = match;
  return {
    numbers: [BigInt(major!), BigInt(minor!), BigInt(patch)],
    preRelease: preRelease === "" ? [] : preRelease.split("."),
  };
}

/** Reads a range such as `^1.4.0`, `~1.4`, `1.x`, `>=1.2 <2 || 3.0.0`; undefined if it is none. */
export function parseRange(text: string): Range | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  const alternatives: (readonly Comparator[])[] = [];
  for (const alternative of text.split("||")) {
    const comparators = parseAlternative(alternative.trim());
    if (comparators === undefined) return undefined;
    alternatives.push(comparators);
  }
  return alternatives;
}

function parseAlternative(text: string): readonly Comparator[] | undefined {
  const hyphen = /^(\S+)\s+-\s+(\S+)$/.exec(text);
  const words = hyphen !== null ? [`>=${hyphen[1]}`, `<=${hyphen[2]}`] : text === ""
    ? ["*"]
    // An operator may stand apart from its version.
    : text.replaceAll(/(\^|~|>=|<=|>|<|=)\s+/g, "$1").split(/\s+/);
  const all: Comparator[] = [];
  for (const word of words) {
    const comparators = parseComparator(word);
    if (comparators === undefined) return undefined;
    all.push(...comparators);
  }
  return all;
}

/** Comparators of a partial version with an operator: `^1.2` is `>=1.2.0` and `<2.0.0-0`. */
function parseComparator(text: string): readonly Comparator[] | undefined {
  const match = PARTIAL.exec(text);
  if (match === null) return undefined;
  const [, operator = "", ...parts] = match;
  const given = parts.slice(0, 3).map((part) =>
    part === undefined || /[xX*]/.test(part) ? undefined : BigInt(part)
  );
  const open = given.indexOf(undefined);
  const stated = open < 0 ? 3 : open;
  const numbers = [0, 1, 2].map((i) => (i < stated ? given[i]! : 0n)) as [bigint, bigint, bigint];
  const least: Version = { numbers, preRelease: parts[3]?.split(".") ?? [] };
  // The first version past all that the stated parts allow.
  const past = (part: number): Comparator => ["<", nextAt(numbers, part)];
  switch (operator) {
    case "^": {
      const firstNonZero = numbers.findIndex((it) => it !== 0n);
      const part = firstNonZero < 0 || firstNonZero >= stated ? stated - 1 : firstNonZero;
      return stated === 0 ? [] : [[">=", least], past(part)];
    }
    case "~":
      return stated === 0 ? [] : [[">=", least], past(Math.min(stated - 1, 1))];
    case "":
    case "=":
      if (stated === 3) return [["=", least]];
      return stated === 0 ? [] : [[">=", least], past(stated - 1)];
    case ">=":
      return [[">=", least]];
    case "<":
      return [["<", stated === 3 ? least : { numbers, preRelease: ["0"] }]];
    case "<=":
      return stated === 3 ? [["<=", least]] : stated === 0 ? [] : [past(stated - 1)];
    default:
      if (stated === 3) return [[">", least]];
      // Nothing is past every version.
      if (stated === 0) return [["<", { numbers: [0n, 0n, 0n], preRelease: ["0"] }]];
      return [[">=", { numbers: nextAt(numbers, stated - 1).numbers, preRelease: [] }]];
  }
}

/** The least version in which a part is one more; `-0` puts it before its own pre-releases. */
function nextAt(numbers: Version["numbers"], part: number): Version {
  const next = numbers.map((it, i) => i < part ? it : i === part ? it + 1n : 0n);
  return { numbers: next as [bigint, bigint, bigint], preRelease: ["0"] };
}

/**
 * Whether a version is in a range. A pre-release is so only if the range names a
 * pre-release of the same three numbers: who asks for `^1.0.0` wants no `2.0.0-rc`.
 */
export function isInRange(version: Version, range: Range): boolean {
  return range.some((comparators) =>
    comparators.every((comparator) => holds(version, comparator)) &&
    (version.preRelease.length === 0 ||
      comparators.some(([, { numbers, preRelease }]) =>
        preRelease.length > 0 && numbers.every((it, i) => it === version.numbers[i])
      ))
  );
}

function holds(version: Version, [operator, limit]: Comparator): boolean {
  const order = compareVersions(version, limit);
  switch (operator) {
    case "<":
      return order < 0;
    case "<=":
      return order <= 0;
    case ">":
      return order > 0;
    case ">=":
      return order >= 0;
    case "=":
      return order === 0;
  }
}

function compareVersions(a: Version, b: Version): number {
  for (let i = 0; i < 3; i++) {
    if (a.numbers[i]! !== b.numbers[i]!) return a.numbers[i]! < b.numbers[i]! ? -1 : 1;
  }
  // A release comes after its pre-releases.
  if (a.preRelease.length === 0 || b.preRelease.length === 0) {
    return b.preRelease.length - a.preRelease.length;
  }
  for (let i = 0; i < a.preRelease.length && i < b.preRelease.length; i++) {
    const order = compareIdentifiers(a.preRelease[i]!, b.preRelease[i]!);
    if (order !== 0) return order;
  }
  return a.preRelease.length - b.preRelease.length;
}

/** Numbers come before words, and are compared as numbers. */
function compareIdentifiers(a: string, b: string): number {
  const isNumber = [a, b].map((it) => /^\d+$/.test(it));
  if (isNumber[0] && isNumber[1]) {
    return BigInt(a) === BigInt(b) ? 0 : BigInt(a) < BigInt(b) ? -1 : 1;
  }
  if (isNumber[0] !== isNumber[1]) return isNumber[0] ? -1 : 1;
  return a === b ? 0 : a < b ? -1 : 1;
}
