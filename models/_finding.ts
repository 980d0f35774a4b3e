import type { DescMessage } from "@bufbuild/protobuf";
import type { IssueCode, ValidationIssue } from "./issue.ts";

/** A step of a path: the proto name of a field, the key of a map, or an index. */
export type Segment = string | number;

/** An issue before it is shown: its path is still in pieces, so that it can be looked up. */
export interface Finding {
  readonly code: IssueCode;
  readonly segments: readonly Segment[];
  /** What is wrong, to be read after the path: `is empty: ...`. */
  readonly fault: string;
  /** The finding is about the key, not the value behind it. */
  readonly ofKey?: boolean;
  /** The field that was probably meant, where the finding is about an unknown key. */
  readonly meant?: string;
}

/**
 * No more issues than this are kept. It is past what anyone reads, and keeps a
 * few megabytes of hostile input from becoming gigabytes of issues.
 */
export const MAX_FINDINGS = 10_000;

/** Where something stands in a text, from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

const PLAIN = /^[A-Za-z_][A-Za-z0-9_]*$/;
const PATH_KEY_LENGTH = 64;

/** Writes a path: `classes[2].functions[0].function_key`, `metadata["a b"]`. */
export function formatPath(segments: readonly Segment[]): string {
  let path = "";
  for (const segment of segments) {
    if (typeof segment === "number") path += `[${segment}]`;
    else if (!PLAIN.test(segment) || segment.length > PATH_KEY_LENGTH) {
      const key = segment.length > PATH_KEY_LENGTH
        ? segment.slice(0, PATH_KEY_LENGTH) + "…"
        : segment;
      path += `[${JSON.stringify(key)}]`;
    } else path += path === "" ? segment : `.${segment}`;
  }
  return path;
}

/** Makes the public issue of a finding. */
export function toIssue(schema: DescMessage, finding: Finding, at?: Position): ValidationIssue {
  const path = formatPath(finding.segments);
  const message = `${path === "" ? schema.name : path} ${finding.fault}`;
  return { code: finding.code, path, message, ...at };
}

/** Tells whether `segments` is `root` or lies below it. */
export function isWithin(segments: readonly Segment[], root: readonly Segment[]): boolean {
  return segments.length >= root.length && root.every((segment, i) => segment === segments[i]);
}

/**
 * Sorts findings into document order: fields as the .proto file declares them,
 * elements by index, what the message doesn't know at its end.
 */
export function inOrder(schema: DescMessage, findings: Finding[]): Finding[] {
  const ranked = findings.map((finding) => ({ finding, rank: rank(schema, finding.segments) }));
  return ranked.sort((a, b) => compareRanks(a.rank, b.rank)).map((it) => it.finding);
}

function rank(schema: DescMessage, segments: readonly Segment[]): number[] {
  let message: DescMessage | undefined = schema;
  return segments.map((segment) => {
    if (typeof segment === "number") return segment;
    const index: number = message?.fields.findIndex((field) => field.name === segment) ?? -1;
    if (index < 0) return Number.MAX_SAFE_INTEGER;
    message = message?.fields[index]?.message;
    return index;
  });
}

function compareRanks(a: number[], b: number[]): number {
  for (let i = 0; i < a.length && i < b.length; i++) {
    const difference = a[i]! - b[i]!;
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
