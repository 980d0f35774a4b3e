import { type Finding, MAX_FINDINGS, type Segment } from "./_finding.ts";
import type { IssueCode } from "./issue.ts";
import type { ClassScope, PackageScope, Scope } from "./_scope.ts";

/** Where a walk through a message stands, and what it has found. */
export class Cursor implements Scope {
  package: PackageScope | undefined = undefined;
  class: ClassScope | undefined = undefined;
  /** Path of the message that is being looked at. */
  readonly segments: Segment[] = [];
  readonly findings: Finding[] = [];

  get index(): number {
    const last = this.segments.at(-1);
    return typeof last === "number" ? last : -1;
  }

  /** Nothing more is kept, so the walk may end. */
  get isFull(): boolean {
    return this.findings.length >= MAX_FINDINGS;
  }

  /** Notes a fault of the message that is being looked at, of a field, or of an element. */
  report(code: IssueCode, fault: string, name?: string, element?: Segment): void {
    if (this.isFull) return;
    const segments = this.segments.slice();
    if (name !== undefined) segments.push(name);
    if (element !== undefined) segments.push(element);
    this.findings.push({ code, fault, segments });
  }
}
