import { type Finding, MAX_FINDINGS, type Segment } from "./_finding.ts";
import type { IssueCode } from "./issue.ts";

/** How a document is to be read. */
export interface DecodingOptions {
  /** Keys that no field has are passed over. */
  readonly ignoresUnknown: boolean;
  /** The rules will be asked afterwards, so what they tell need not be told here. */
  readonly rulesFollow: boolean;
  /** How many values may be read. */
  readonly budget?: number;
  /** The text behind a value that was read as a number or a boolean, where it is known. */
  readonly textOfValue?: (segments: readonly Segment[]) => string | undefined;
}

/** Where the reading of a document stands, and what it has found. */
export class Decoding {
  readonly ignoresUnknown: boolean;
  readonly rulesFollow: boolean;
  readonly textOfValue: ((segments: readonly Segment[]) => string | undefined) | undefined;
  /** Path of the value that is being read. */
  readonly segments: Segment[] = [];
  readonly findings: Finding[] = [];
  readonly #budget: number;
  #spent = 0;

  constructor(options: DecodingOptions) {
    this.ignoresUnknown = options.ignoresUnknown;
    this.rulesFollow = options.rulesFollow;
    this.textOfValue = options.textOfValue;
    this.#budget = options.budget ?? Infinity;
  }

  /** Steps down to a field, a key or an element. */
  enter(segment: Segment): void {
    this.segments.push(segment);
  }

  /** Steps up again. */
  leave(): void {
    this.segments.pop();
  }

  /**
   * Counts a value; false once there have been too many, or too many faults, and
   * the reading may end. Too many values are reported once.
   */
  spend(): boolean {
    if (this.findings.length >= MAX_FINDINGS) return false;
    if (this.#spent++ < this.#budget) return true;
    if (this.#spent === this.#budget + 1) {
      const fault = `is too large: its aliases expand to more than ${this.#budget} values`;
      this.findings.push({ code: "InvalidType", segments: [], fault });
    }
    return false;
  }

  /** Notes a fault of the value that is being read, or of the key it stands behind. */
  report(code: IssueCode, fault: string, ofKey?: boolean): void {
    this.findings.push({ code, fault, ofKey, segments: this.segments.slice() });
  }

  /** Notes a fault of a field of the value that is being read. */
  reportAt(name: string, code: IssueCode, fault: string): void {
    this.findings.push({ code, fault, segments: [...this.segments, name] });
  }

  /** Notes a key that no field has. */
  reportUnknown(key: string, fault: string, meant: string | undefined): void {
    const segments = [...this.segments, key];
    this.findings.push({ code: "UnknownField", fault, segments, ofKey: true, meant });
  }
}
