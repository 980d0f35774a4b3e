// What the rules ask of single values. Generated code calls these by name.
import type { ResourceRequirements } from "@oprc/proto/common";
import { compareQuantities, isPlainAmount, plainMillis, tryParseQuantity } from "./quantity.ts";

/** The largest number of a uint32. */
export const UINT32_MAX = 4_294_967_295;
const MAX_NANOS = 999_999_999;

/** A message that is there. */
export function isPresent(value: unknown): boolean {
  return value !== undefined;
}

/** A text with something in it; white space is nothing. */
export function isNotBlank(text: string): boolean {
  if (text === "") return false;
  const first = text.charCodeAt(0);
  return (first > 0x20 && first < 0x80) || /\S/.test(text);
}

/** A list with at least one element. */
export function hasElements(list: readonly unknown[]): boolean {
  return list.length > 0;
}

/** A whole number from 1 that fits a uint32. */
export function isCount(value: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= UINT32_MAX;
}

/** A number from 0 to 1; NaN fails both comparisons. */
export function isShare(value: number): boolean {
  return value >= 0 && value <= 1;
}

/** Nanoseconds of a timestamp. */
export function isNanos(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= MAX_NANOS;
}

/** A Kubernetes quantity that isn't negative. */
export function isAmount(text: string): boolean {
  return isPlainAmount(text) || (tryParseQuantity(text)?.nanos ?? -1n) >= 0n;
}

/** A limit that is not below the request beside it. */
export function isLimitOfCpu(limit: string, owner: ResourceRequirements): boolean {
  return isNotBelow(limit, owner.cpuRequest);
}

/** A limit that is not below the request beside it. */
export function isLimitOfMemory(limit: string, owner: ResourceRequirements): boolean {
  return isNotBelow(limit, owner.memoryRequest);
}

/** Both plain amounts, and the limit not below the request. */
export function isPlainLimitOfCpu(limit: string, owner: ResourceRequirements): boolean {
  return isPlainlyNotBelow(limit, owner.cpuRequest);
}

/** Both plain amounts, and the limit not below the request. */
export function isPlainLimitOfMemory(limit: string, owner: ResourceRequirements): boolean {
  return isPlainlyNotBelow(limit, owner.memoryRequest);
}

function isPlainlyNotBelow(limit: string, request: unknown): boolean {
  if (typeof request !== "string") return false;
  const least = plainMillis(request);
  return least >= 0 && plainMillis(limit) >= least;
}

/** What is compared with a request that is no quantity is not to blame. */
function isNotBelow(limit: string, request: unknown): boolean {
  if (limit === request || typeof request !== "string") return true;
  if (plainMillis(request) < 0 && tryParseQuantity(request) === undefined) return true;
  return compareQuantities(limit, request) >= 0;
}
