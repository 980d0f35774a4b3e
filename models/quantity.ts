import { quote } from "./_text.ts";

/** An amount of a resource, read from a Kubernetes quantity. */
export interface Quantity {
  /**
   * The amount in billionths of the unit (cores, bytes), exact. As in Kubernetes
   * a billionth is the finest step and anything finer is rounded away from zero.
   */
  readonly nanos: bigint;
  /** The family of its suffix, which its canonical form keeps. */
  readonly format: QuantityFormat;
}

/**
 * The family of a quantity's suffix, by Kubernetes' names: `100m`, `1` and `5G`
 * are decimal, `128Mi` is binary, `1e3` has an exponent.
 */
export type QuantityFormat = "DecimalSI" | "BinarySI" | "DecimalExponent";

const BILLION = 1_000_000_000n;
const GRAMMAR = /^([+-]?)(\d*)(?:\.(\d*))?(?:([numkMGTPE]|[KMGTPE]i)|[eE]([+-]?\d{1,9}))?$/;
const DECIMAL: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};
const BINARY: Readonly<Record<string, bigint>> = {
  Ki: 10n,
  Mi: 20n,
  Gi: 30n,
  Ti: 40n,
  Pi: 50n,
  Ei: 60n,
};
/** Far past every real amount; they bound the cost of a hostile text. */
const MAX_LENGTH = 256;
const MAX_EXPONENT = 999;

/**
 * Reads a Kubernetes quantity: a decimal number with a suffix of `n u m k M G T
 * P E`, of `Ki Mi Gi Ti Pi Ei`, or with an exponent (`1e3`), as its documented
 * grammar says. Unlike Kubernetes, which caps binary amounts at 2^63 - 1, it keeps
 * every digit of an amount however large; it refuses a text of more than 256
 * characters and an exponent past 999, and a lone sign or dot, which is no number.
 *
 * @example
 * ```ts
 * import { parseQuantity } from "@oprc/models";
 *
 * parseQuantity("1.5Gi").nanos; // 1_610_612_736n * 1_000_000_000n
 * ```
 *
 * @throws {SyntaxError} If the text is no quantity.
 */
export function parseQuantity(text: string): Quantity {
  const quantity = tryParseQuantity(text);
  if (quantity === undefined) {
    throw new SyntaxError(
      `Cannot parse quantity ${quote(String(text))}: expected a number with an optional suffix, ` +
        `such as "100m", "0.5", "128Mi" or "1e3"`,
    );
  }
  return quantity;
}

/**
 * Compares two quantities exactly: negative if `a` is less than `b`, 0 if they
 * are the same amount, positive if `a` is more. It can be given to `sort`.
 *
 * @example
 * ```ts
 * import { compareQuantities } from "@oprc/models";
 *
 * compareQuantities("1000m", "1"); // 0
 * compareQuantities("1Gi", "1G"); // 1
 * ```
 *
 * @throws {SyntaxError} If a text is no quantity.
 */
export function compareQuantities(a: string | Quantity, b: string | Quantity): -1 | 0 | 1 {
  if (typeof a === "string" && typeof b === "string") {
    const left = plainMillis(a);
    const right = plainMillis(b);
    if (left >= 0 && right >= 0) return left < right ? -1 : left > right ? 1 : 0;
  }
  const left = (typeof a === "string" ? parseQuantity(a) : a).nanos;
  const right = (typeof b === "string" ? parseQuantity(b) : b).nanos;
  return left < right ? -1 : left > right ? 1 : 0;
}

/**
 * A common quantity in thousandths, exact and without a bigint: digits, perhaps a
 * fraction, perhaps a suffix of `m k M G Ki Mi Gi`. -1 for any other text.
 */
export function plainMillis(text: string): number {
  const { length } = text;
  let digits = 0;
  let i = 0;
  for (; i < length && i < 12; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x30 || code > 0x39) break;
    digits = digits * 10 + (code - 0x30);
  }
  if (i === 0) return -1;
  let fraction = 0;
  if (text.charCodeAt(i) === 0x2e) {
    const from = ++i;
    for (let scale = 100; scale >= 1; scale /= 10, i++) {
      const code = text.charCodeAt(i);
      if (!(code >= 0x30 && code <= 0x39)) break;
      fraction += (code - 0x30) * scale;
    }
    if (i === from) return -1;
  }
  const factor = i === length ? 1 : plainFactor(text, i);
  if (factor === 0) return fraction === 0 ? digits : -1;
  const millis = (digits * 1000 + fraction) * factor;
  return millis <= Number.MAX_SAFE_INTEGER ? millis : -1;
}

/** Whether a text is surely a quantity that isn't negative, which spares computing it. */
export function isPlainAmount(text: string): boolean {
  const { length } = text;
  if (length > 16) return false;
  let i = afterDigits(text, 0);
  if (i === 0) return false;
  if (text.charCodeAt(i) === 0x2e) i = afterDigits(text, i + 1);
  return i === length || plainFactor(text, i) >= 0;
}

function afterDigits(text: string, from: number): number {
  let i = from;
  for (; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x30 || code > 0x39) break;
  }
  return i;
}

/** What the suffix from `at` multiplies by; 0 for thousandths, NaN for others. */
function plainFactor(text: string, at: number): number {
  const isBinary = text.charCodeAt(at + 1) === 0x69; // i
  if (text.length !== at + (isBinary ? 2 : 1)) return NaN;
  switch (text.charCodeAt(at)) {
    case 0x6d: // m
      return isBinary ? NaN : 0;
    case 0x6b: // k
      return isBinary ? NaN : 1e3;
    case 0x4b: // K
      return isBinary ? 2 ** 10 : NaN;
    case 0x4d: // M
      return isBinary ? 2 ** 20 : 1e6;
    case 0x47: // G
      return isBinary ? 2 ** 30 : 1e9;
    default:
      return NaN;
  }
}

/** `parseQuantity` without the exception; not exported by the package. */
export function tryParseQuantity(text: string): Quantity | undefined {
  if (typeof text !== "string" || text.length > MAX_LENGTH) return undefined;
  const match = GRAMMAR.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = "", fraction = "", suffix = "", exponent = "0"] = match;
  if (whole === "" && fraction === "") return undefined;
  const power = Number(exponent);
  if (Math.abs(power) > MAX_EXPONENT) return undefined;

  const digits = BigInt(whole + fraction) << (BINARY[suffix] ?? 0n);
  const scale = power + (DECIMAL[suffix] ?? 0) + 9 - fraction.length;
  const nanos = scale >= 0
    ? digits * 10n ** BigInt(scale)
    : divideUp(digits, 10n ** BigInt(-scale));
  return { nanos: sign === "-" ? -nanos : nanos, format: formatOf(suffix, match[5], nanos) };
}

function formatOf(suffix: string, exponent: string | undefined, nanos: bigint): QuantityFormat {
  if (exponent !== undefined) return "DecimalExponent";
  // As in Kubernetes a part of a byte has no binary suffix to be written with.
  const isPart = nanos > 0n && nanos < BILLION;
  return BINARY[suffix] !== undefined && !isPart ? "BinarySI" : "DecimalSI";
}

const DECIMAL_SUFFIXES = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"];
const BINARY_SUFFIXES = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];

/**
 * Writes a quantity in the canonical form of Kubernetes: no precision is lost, no
 * fractional digits are written, the suffix or exponent is as large as possible.
 * A binary amount that isn't whole, or is below 1,024, gets a decimal suffix.
 *
 * @example
 * ```ts
 * import { formatQuantity } from "@oprc/models";
 *
 * formatQuantity("1.5"); // 1500m
 * formatQuantity("1.5Gi"); // 1536Mi
 * formatQuantity("1000k"); // 1M
 * ```
 *
 * @throws {SyntaxError} If a text is no quantity.
 */
export function formatQuantity(quantity: string | Quantity): string {
  const { nanos, format } = typeof quantity === "string" ? parseQuantity(quantity) : quantity;
  if (nanos === 0n) return "0";
  const sign = nanos < 0n ? "-" : "";
  const amount = nanos < 0n ? -nanos : nanos;
  if (format === "BinarySI" && amount % BILLION === 0n && amount >= 1024n * BILLION) {
    const [digits, steps] = divided(amount / BILLION, 1024n, BINARY_SUFFIXES.length - 1);
    return sign + digits + BINARY_SUFFIXES[steps];
  }
  const isExponent = format === "DecimalExponent";
  const [digits, steps] = divided(amount, 1000n, isExponent ? Infinity : 9);
  if (!isExponent) return sign + digits + DECIMAL_SUFFIXES[steps];
  return steps === 3 ? sign + digits : `${sign}${digits}e${steps * 3 - 9}`;
}

/** Divides as often as nothing is left over, and as allowed; answers how often that was. */
function divided(amount: bigint, by: bigint, atMost: number): [rest: bigint, steps: number] {
  let rest = amount;
  let steps = 0;
  while (steps < atMost && rest % by === 0n) {
    rest /= by;
    steps++;
  }
  return [rest, steps];
}

function divideUp(dividend: bigint, divisor: bigint): bigint {
  return (dividend + divisor - 1n) / divisor;
}
