import { type DescEnum, ScalarType } from "@bufbuild/protobuf";
import type { Decoding } from "./_decoding.ts";
import { scalarCheck, wrongType } from "./_scalar.ts";
import { suggest } from "./_suggest.ts";
import { describe } from "./_text.ts";

/** Makes a value of a field of a JSON value, or reports why it can't. */
export type ReadValue = (value: unknown, to: Decoding) => unknown;

/** What a reader answers when there is no value; the fault has been reported. */
export const UNREADABLE: unique symbol = Symbol("unreadable");

const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const JSON_INTEGER = /^-?(?:0|[1-9]\d{0,19})$/;
const SPECIAL: ReadonlyMap<unknown, number> = new Map([
  ["NaN", NaN],
  ["Infinity", Infinity],
  ["-Infinity", -Infinity],
]);

/** The reader for a scalar type. */
export function scalarReader(type: ScalarType): ReadValue {
  const convert = converter(type);
  const check = scalarCheck(type);
  const zero = type === ScalarType.STRING ? "" : UNREADABLE;
  return (value, to) => {
    const converted = convert(value, to);
    const fault = check(converted);
    if (fault === undefined) return converted;
    // The rules tell an amount out of range in the words of the field.
    if (fault.code === "OutOfRange") {
      if (!to.rulesFollow) to.report(fault.code, fault.fault);
      return converted;
    }
    to.report(fault.code, fault.fault + hint(type, value, to));
    // An element keeps its place, so that the indexes after it are right.
    return zero;
  };
}

function hint(type: ScalarType, value: unknown, to: Decoding): string {
  const isNumber = typeof value === "number";
  if (type === ScalarType.STRING && (isNumber || typeof value === "boolean")) {
    return to.textOfValue === undefined ? ", in double quotes" : ", in quotes";
  }
  return isNumber && !Number.isSafeInteger(value) && converter(type) === toBigint
    ? ", in quotes when it is past 2^53"
    : "";
}

function converter(type: ScalarType): ReadValue {
  switch (type) {
    case ScalarType.STRING:
      return (value, to) =>
        typeof value === "number" || typeof value === "boolean"
          ? to.textOfValue?.(to.segments) ?? value
          : value;
    case ScalarType.DOUBLE:
    case ScalarType.FLOAT:
      return (value) => SPECIAL.get(value) ?? toNumber(value);
    case ScalarType.INT64:
    case ScalarType.UINT64:
    case ScalarType.SINT64:
    case ScalarType.FIXED64:
    case ScalarType.SFIXED64:
      return toBigint;
    case ScalarType.BOOL:
      return (value) => value;
    default:
      return toNumber;
  }
}

/** ProtoJSON takes numbers in quotes for numbers. */
function toNumber(value: unknown): unknown {
  return typeof value === "string" && JSON_NUMBER.test(value) ? Number(value) : value;
}

function toBigint(value: unknown, to: Decoding): unknown {
  let given = value;
  // A number past 2^53 has lost digits already; its text may still be there.
  if (typeof given === "number" && !Number.isSafeInteger(given)) {
    given = to.textOfValue?.(to.segments) ?? given;
  }
  if (typeof given === "string" && JSON_INTEGER.test(given)) return BigInt(given);
  const number = toNumber(given);
  return Number.isSafeInteger(number) ? BigInt(number as number) : value;
}

/** The reader for an enum: the name of a value, or its number. */
export function enumReader(desc: DescEnum): ReadValue {
  const numbers = new Map(desc.values.map((value) => [value.name, value.number]));
  const check = scalarCheck(ScalarType.INT32);
  return (value, to) => {
    if (typeof value === "string") {
      const number = numbers.get(value);
      if (number !== undefined) return number;
      // A newer peer may know more values; ProtoJSON drops them with unknown fields.
      if (to.ignoresUnknown) return UNREADABLE;
      const meant = suggest(value, numbers.keys());
      const advice = meant === undefined
        ? `expected one of ${[...numbers.keys()].join(", ")}`
        : `did you mean ${meant}?`;
      to.report("InvalidType", `is ${describe(value)}, not a value of ${desc.name}: ${advice}`);
      return UNREADABLE;
    }
    const fault = check(value);
    if (fault === undefined) return value;
    const { code, fault: text } = fault.code === "OutOfRange"
      ? fault
      : wrongType(value, `the name of a value of ${desc.name}`);
    to.report(code, text);
    return UNREADABLE;
  };
}
