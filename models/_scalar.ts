import { ScalarType } from "@bufbuild/protobuf";
import type { IssueCode } from "./issue.ts";
import { describe } from "./_text.ts";

/** What is wrong with a value of a scalar type. */
export interface ScalarFault {
  readonly code: IssueCode;
  readonly fault: string;
}

/** Tells what keeps a value from being one of a scalar type; undefined if nothing does. */
export type ScalarCheck = (value: unknown) => ScalarFault | undefined;

/** The check for a scalar type. */
export function scalarCheck(type: ScalarType): ScalarCheck {
  switch (type) {
    case ScalarType.STRING:
      return checkString;
    case ScalarType.BOOL:
      return (value) => typeof value === "boolean" ? undefined : wrongType(value, "true or false");
    case ScalarType.DOUBLE:
    case ScalarType.FLOAT:
      return (value) => typeof value === "number" ? undefined : wrongType(value, "a number");
    case ScalarType.UINT32:
    case ScalarType.FIXED32:
      return whole(0, 4_294_967_295);
    case ScalarType.INT32:
    case ScalarType.SINT32:
    case ScalarType.SFIXED32:
      return whole(-2_147_483_648, 2_147_483_647);
    case ScalarType.INT64:
    case ScalarType.SINT64:
    case ScalarType.SFIXED64:
      return wholeBig(-(2n ** 63n), 2n ** 63n - 1n);
    case ScalarType.UINT64:
    case ScalarType.FIXED64:
      return wholeBig(0n, 2n ** 64n - 1n);
    case ScalarType.BYTES:
      return (value) => value instanceof Uint8Array ? undefined : wrongType(value, "bytes");
  }
}

/** The fault of a value that isn't of the type its field has. */
export function wrongType(value: unknown, expected: string): ScalarFault {
  return { code: "InvalidType", fault: `is ${describe(value)}: expected ${expected}` };
}

function checkString(value: unknown): ScalarFault | undefined {
  if (typeof value !== "string") return wrongType(value, "a text");
  // Half of a surrogate pair has no UTF-8 and would arrive as another character.
  return value.isWellFormed() ? undefined : {
    code: "InvalidType",
    fault: `is ${describe(value)}: expected well-formed Unicode, without lone surrogates`,
  };
}

function whole(min: number, max: number): ScalarCheck {
  return (value) => {
    if (typeof value !== "number") return wrongType(value, "a whole number");
    return Number.isInteger(value) && value >= min && value <= max
      ? undefined
      : outOfRange(value, min, max);
  };
}

function wholeBig(min: bigint, max: bigint): ScalarCheck {
  return (value) => {
    if (typeof value !== "bigint") return wrongType(value, "a 64-bit whole number");
    return value >= min && value <= max ? undefined : outOfRange(value, min, max);
  };
}

function outOfRange<T extends number | bigint>(value: T, min: T, max: T): ScalarFault {
  return {
    code: "OutOfRange",
    fault: `is ${describe(value)}: expected a whole number from ${min} to ${max}`,
  };
}
